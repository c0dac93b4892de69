//! Names of artifacts.

use std::fmt;
use std::str::FromStr;

use miette::Diagnostic;

use crate::Digest;

/// A repository of a registry: `registry.example/drivers/bme280`.
///
/// The registry is always named: there is no default one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository {
    host: String,
    path: String,
}

/// An artifact of a repository: `registry.example/drivers/bme280:1.2.0`, by a
/// tag, a digest, or both; then the digest decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Where it is.
    pub repository: Repository,
    /// The tag it was named by.
    pub tag: Option<String>,
    /// The digest of its manifest.
    pub digest: Option<Digest>,
}

/// How a manifest is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At<'a> {
    /// By its tag.
    Tag(&'a str),
    /// By its digest.
    Digest(&'a Digest),
}

/// A text that is no reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("{found:?} names no artifact: {why}")]
#[diagnostic(help(
    "write it as registry/repository:tag or registry/repository@sha256:…, for example \
     registry.example/drivers/bme280:1.2.0"
))]
pub struct ReferenceError {
    /// The text, shortened.
    pub found: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// The most characters of a repository's path (OCI distribution spec 1.1,
/// "Pulling manifests": clients should stay below 255 with the registry).
const MAX_PATH: usize = 200;
/// The most characters of a tag (the same section).
const MAX_TAG: usize = 128;

impl Repository {
    /// The registry, with its port if it has one.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The repository below it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// An artifact in it, by digest.
    pub fn at(&self, digest: Digest) -> Reference {
        Reference { repository: self.clone(), tag: None, digest: Some(digest) }
    }

    /// An artifact in it, by tag.
    pub fn tagged(&self, tag: &str) -> Result<Reference, ReferenceError> {
        match is_tag(tag) {
            true => {
                let tag = Some(tag.to_owned());
                Ok(Reference { repository: self.clone(), tag, digest: None })
            }
            false => Err(ReferenceError { found: short(tag), why: TAG }),
        }
    }
}

impl Reference {
    /// How its manifest is asked for: by the digest if it has one, by the tag
    /// otherwise.
    pub fn at(&self) -> At<'_> {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => At::Digest(digest),
            (None, Some(tag)) => At::Tag(tag),
            // Not made by anybody: see `from_str` and `Repository`.
            (None, None) => At::Tag("latest"),
        }
    }
}

const TAG: &str = "a tag has letters, digits, `_`, `.` and `-`, at most 128";

/// Whether a registry may have a tag of this name.
pub(crate) fn is_tag(tag: &str) -> bool {
    let first = tag.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    first
        && tag.len() <= MAX_TAG
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// Words of small letters and digits, joined by `.`, `_`, `__` or hyphens.
fn is_component(component: &str) -> bool {
    let alphanumeric = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = component.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    let inner = bytes.iter().all(|b| alphanumeric(b) || matches!(b, b'.' | b'_' | b'-'));
    // A `.` beside a `.`, as in a path, is never right.
    ends.into_iter().all(|end| end.is_some_and(alphanumeric))
        && inner
        && !["..", "._", "_.", "___", ".-", "-.", "-_", "_-"].iter().any(|p| component.contains(p))
}

pub(crate) fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let six = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let name = match six {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => name.split('.').all(|label| {
            let ends = [label.bytes().next(), label.bytes().last()];
            ends.into_iter().all(|end| end.is_some_and(|b| b.is_ascii_alphanumeric()))
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        }),
    };
    name && port && host.len() <= 255
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

impl FromStr for Repository {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let fail = |why| ReferenceError { found: short(text), why };
        let Some((host, path)) = text.split_once('/') else {
            return Err(fail("it has no `/` between registry and repository"));
        };
        // A word without a dot or a port would be a folder of a default registry
        // elsewhere: nobody is to be surprised.
        if !is_host(host) || !(host.contains(['.', ':']) || host == "localhost") {
            return Err(fail("what is before the first `/` is no registry"));
        }
        if path.len() > MAX_PATH || !path.split('/').all(is_component) {
            return Err(fail(
                "a repository has small letters and digits, joined by `/`, `.`, `_` or `-`",
            ));
        }
        Ok(Self { host: host.to_owned(), path: path.to_owned() })
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads it with or without `oci://` before it.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let fail = |why| ReferenceError { found: short(text), why };
        let bare = text.strip_prefix("oci://").unwrap_or(text);
        let (name, digest) = match bare.split_once('@') {
            Some((name, digest)) => {
                let digest = digest.parse();
                (name, Some(digest.map_err(|_| fail("what is after `@` is no sha256 digest"))?))
            }
            None => (bare, None),
        };
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if name.contains('/') && !tag.contains('/') => (name, Some(tag)),
            _ => (name, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(fail(TAG));
        }
        if tag.is_none() && digest.is_none() {
            return Err(fail("it has neither a tag nor a digest"));
        }
        let repository = name.parse().map_err(|e: ReferenceError| fail(e.why))?;
        Ok(Self { repository, tag: tag.map(str::to_owned), digest })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.path)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.repository.fmt(f)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_and_shown_alike() {
        let digest = Digest::of(b"");
        for text in [
            "registry.example/drivers/bme280:1.2.0".to_owned(),
            "localhost/a:latest".to_owned(),
            "127.0.0.1:5000/a/b-c/d.e_f:v1".to_owned(),
            "[::1]:5000/a:1".to_owned(),
            format!("registry.example/drivers/bme280@{digest}"),
            format!("registry.example:443/drivers/bme280:1.2.0@{digest}"),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.to_string(), text);
            assert_eq!(format!("oci://{text}").parse(), Ok(reference));
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            "bme280",
            "bme280:1.0",
            "drivers/bme280:1.0",
            "registry.example/bme280",
            "registry.example/Drivers:1",
            "registry.example/../etc:1",
            "registry.example//a:1",
            "registry.example/a:",
            "registry.example/a:1@sha256:1",
            "registry.example:99999/a:1",
            "user@registry.example/a:1",
            "https://registry.example/a:1",
            "registry.example/a:1?b",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
