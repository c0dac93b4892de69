//! Names of components that are elsewhere.

use std::fmt;

/// The most characters of a name that are taken.
const MAX: usize = 512;

/// The form that `oci` has, for messages.
pub(crate) const OCI_FORM: &str = "registry.example/drivers/bme280:1.2.0";
/// The form that `package` has, for messages.
pub(crate) const PACKAGE_FORM: &str = "acme:bme280@1.2.0";

/// A component that is not on this machine, as the manifest names it. Only its
/// form is checked here; whether there is such a thing the registry knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remote {
    /// A reference to an OCI registry, with a tag, a digest, or both.
    Oci(String),
    /// A package's name and version, `acme:bme280@1.2.0`; in which registry it
    /// is the configuration of who fetches it says.
    Package(String),
}

impl Remote {
    /// A reference to a registry, with or without `oci://`. The error says
    /// what is wrong with its form.
    pub fn oci(text: &str) -> Result<Self, &'static str> {
        let bare = text.strip_prefix("oci://").unwrap_or(text);
        if bare.len() > MAX {
            return Err("it is longer than any reference");
        }
        if !bare.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("it has a character that no reference has");
        }
        if bare.contains("://") {
            return Err("it names a protocol: leave that out, or write `oci://`");
        }
        let Some((registry, path)) = bare.split_once('/') else {
            return Err("it has no `/` between registry and repository");
        };
        if !(registry.contains(['.', ':']) || registry == "localhost") || path.is_empty() {
            return Err("what is before the first `/` is no registry");
        }
        match path.split_once('@') {
            Some((_, digest)) if !is_digest(digest) => {
                Err("what is after `@` is no digest: `sha256:` and 64 digits of 0 to 9 and a to f")
            }
            None if !has_tag(path) => Err("it has neither a tag nor a digest"),
            _ => Ok(Self::Oci(bare.to_owned())),
        }
    }

    /// A package's name and exact version. The error says what is wrong with
    /// its form.
    pub fn package(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAX {
            return Err("it is longer than any package's name");
        }
        let Some((name, version)) = text.split_once('@') else {
            return Err("it has no version after `@`");
        };
        if semver::Version::parse(version).is_err() {
            return Err("what is after `@` is no version of three numbers");
        }
        match name.split_once(':') {
            Some((namespace, name)) if is_label(namespace) && is_label(name) => {
                Ok(Self::Package(text.to_owned()))
            }
            Some(_) => Err("a name is words of small letters and digits, joined by hyphens"),
            None => Err("it has no `:` between namespace and name"),
        }
    }

    /// The digest that the name itself asks for, if it has one.
    pub fn digest(&self) -> Option<&str> {
        match self {
            Self::Oci(reference) => digest_of(reference),
            Self::Package(_) => None,
        }
    }

    /// The name, as the manifest has it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Oci(name) | Self::Package(name) => name,
        }
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oci(reference) => write!(f, "oci {reference}"),
            Self::Package(name) => write!(f, "package {name}"),
        }
    }
}

/// The digest in a reference, if it has one and it is whole.
pub(crate) fn digest_of(reference: &str) -> Option<&str> {
    reference.split_once('@').map(|(_, digest)| digest).filter(|digest| is_digest(digest))
}

/// `sha256:` and 64 digits.
pub(crate) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|digits| {
        digits.len() == 64 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn has_tag(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    last.split_once(':').is_some_and(|(name, tag)| !name.is_empty() && !tag.is_empty())
}

/// A label of a WIT package's name (component model, "Package names"), without
/// capitals, which no registry has.
fn is_label(label: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    label.starts_with(|c: char| c.is_ascii_lowercase()) && label.split('-').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_right_form_are_taken() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for text in [
            "registry.example/drivers/bme280:1.2.0".to_owned(),
            "127.0.0.1:5000/a:1".to_owned(),
            format!("registry.example/a@{digest}"),
            format!("registry.example/a:1@{digest}"),
        ] {
            assert_eq!(Remote::oci(&format!("oci://{text}")), Ok(Remote::Oci(text.clone())));
            let found = Remote::oci(&text).unwrap();
            assert_eq!(found.digest(), text.contains('@').then_some(digest.as_str()));
        }
        let package = "acme:bme-280@1.2.0-rc.1";
        assert_eq!(Remote::package(package), Ok(Remote::Package(package.to_owned())));
    }

    #[test]
    fn names_of_another_form_are_refused() {
        for text in [
            "",
            "bme280:1",
            "drivers/bme280:1",
            "registry.example/a",
            "registry.example:5000/a",
            "registry.example/a:",
            "registry.example/a b:1",
            "registry.example/a@sha256:00",
            "https://registry.example/a:1",
            &format!("registry.example/{}:1", "a".repeat(600)),
        ] {
            assert!(Remote::oci(text).is_err(), "{text}");
        }
        for text in
            ["", "acme:bme280", "acme:bme280@1", "bme280@1.0.0", "Acme:a@1.0.0", "a:-b@1.0.0"]
        {
            assert!(Remote::package(text).is_err(), "{text}");
        }
    }
}
