//! Cargo's names of packages (the Cargo Book, "Package ID Specifications").

use auditable_serde::Source;
use semver::Version;

/// A package, as `.dep-v0` names it. Sorted by name, then version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) name: String,
    pub(super) version: Version,
    pub(super) source: Source,
}

impl Id {
    /// Reads `registry+https://…#serde@1.0.0` or `path+file:///…/climate#0.1.0`.
    /// Nothing of the path remains but the crate's name.
    pub(super) fn parse(spec: &str) -> Option<Self> {
        let (url, fragment) = spec.rsplit_once('#')?;
        let (name, version) = match fragment.split_once('@') {
            Some((name, version)) => (name, version),
            None => {
                let path = url.split(['?', '#']).next()?.trim_end_matches('/');
                (path.rsplit('/').next()?, fragment)
            }
        };
        let source = source(url.split_once('+').map(|_| url));
        Some(Self { name: name.to_owned(), version: version.parse().ok()?, source })
    }
}

/// A source as in a package's name or in Cargo.lock; none is a path.
pub(super) fn source(url: Option<&str>) -> Source {
    const CRATES_IO: [&str; 2] =
        ["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io"];
    match url {
        None => Source::Local,
        Some(url) if CRATES_IO.contains(&url.trim_end_matches('/')) => Source::CratesIo,
        Some(url) => match url.split_once('+').map(|(kind, _)| kind) {
            Some("git") => Source::Git,
            Some("registry" | "sparse") => Source::Registry,
            Some("path") => Source::Local,
            // One day's new kind.
            other => Source::Other(other.unwrap_or("unknown").to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages_are_read() {
        let parse = |text: &str| {
            let id = Id::parse(text)?;
            Some((id.name, id.version.to_string(), String::from(id.source)))
        };
        let owned = |n: &str, v: &str, s: &str| Some((n.to_owned(), v.to_owned(), s.to_owned()));
        let crates = "registry+https://github.com/rust-lang/crates.io-index#serde@1.0.0";
        assert_eq!(parse(crates), owned("serde", "1.0.0", "crates.io"));
        let mirror = "sparse+https://registry.example/index/#serde@1.0.0";
        assert_eq!(parse(mirror), owned("serde", "1.0.0", "registry"));
        let path = "path+file:///home/somebody/climate#0.1.0";
        assert_eq!(parse(path), owned("climate", "0.1.0", "local"));
        let named = "path+file:///home/somebody/app#weather-app@0.1.0";
        assert_eq!(parse(named), owned("weather-app", "0.1.0", "local"));
        let git = "git+https://git.example/chip.git?rev=12ab#chip@0.3.0-rc.1+b";
        assert_eq!(parse(git), owned("chip", "0.3.0-rc.1+b", "git"));
        assert_eq!(parse("serde 1.0.0"), None);
        assert_eq!(parse(""), None);
    }
}
