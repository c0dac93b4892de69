//! `namespace:name@version`

use std::fmt;
use std::str::FromStr;

use miette::Diagnostic;
use semver::Version;

/// The name of a package, with or without a version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PackageName {
    /// Before the colon: who keeps it.
    pub namespace: String,
    /// After the colon.
    pub name: String,
    /// After the `@`.
    pub version: Option<Version>,
}

/// A text that names no package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("{found:?} names no package: {why}")]
#[diagnostic(help("write it as namespace:name@version, for example acme:bme280@1.2.0"))]
pub struct NameError {
    /// The text, shortened.
    pub found: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// The most characters of a label: two of them and a prefix are to fit a
/// repository's name.
const MAX_LABEL: usize = 64;

/// Words of small letters and digits, joined by hyphens (component model,
/// "label").
pub(super) fn is_label(text: &str) -> bool {
    text.len() <= MAX_LABEL
        && text.split('-').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

impl FromStr for PackageName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fail = |why| NameError { found: text.chars().take(80).collect(), why };
        let (full, version) = match text.split_once('@') {
            Some((full, version)) => (full, Some(version)),
            None => (text, None),
        };
        let Some((namespace, name)) = full.split_once(':') else {
            return Err(fail("it has no `:` between namespace and name"));
        };
        if !is_label(namespace) || !is_label(name) {
            return Err(fail("namespace and name have small letters, digits and hyphens"));
        }
        let version = match version.map(Version::parse) {
            Some(Ok(version)) if version.build.is_empty() => Some(version),
            Some(Ok(_)) => return Err(fail("a version in a registry has no `+`")),
            Some(Err(_)) => return Err(fail("what is after `@` is no semantic version")),
            None => None,
        };
        Ok(Self { namespace: namespace.to_owned(), name: name.to_owned(), version })
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.name)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_shown_alike() {
        for text in ["acme:bme280@1.2.0", "acme:bme280", "a-b2:c-d@1.0.0-rc.1"] {
            assert_eq!(text.parse::<PackageName>().unwrap().to_string(), text);
        }
        for text in ["", "acme", "acme:", ":a", "Acme:a", "a:b:c", "a:b@1", "a:b@", "a:2b", "a:b/c"]
        {
            assert!(text.parse::<PackageName>().is_err(), "{text}");
        }
    }
}
