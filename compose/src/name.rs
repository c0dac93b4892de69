//! Names of interfaces, and which version can stand for which.

use std::fmt;

use semver::Version;
use wasmparser::names::{ComponentName, ComponentNameKind};

/// `periplasm:device/thermometer@0.1.0`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InterfaceName {
    /// Without the version.
    pub(crate) path: String,
    pub(crate) version: Option<Version>,
}

impl InterfaceName {
    /// `None` when this is not the name of an interface.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let checked = ComponentName::new(name, 0).ok()?;
        let ComponentNameKind::Interface(_) = checked.kind() else { return None };
        match name.split_once('@') {
            None => Some(Self { path: name.to_owned(), version: None }),
            Some((path, version)) => {
                Some(Self { path: path.to_owned(), version: Some(Version::parse(version).ok()?) })
            }
        }
    }

    /// Whether this is an interface of the package, or of the whole namespace
    /// if `package` ends with a colon.
    pub(crate) fn is_of(&self, package: &str) -> bool {
        if package.ends_with(':') {
            self.path.starts_with(package)
        } else {
            self.path.split_once('/').is_some_and(|(of, _)| of == package)
        }
    }

    /// Whether an export of this name can stand for an import named `wanted`:
    /// the same version, or a later one that promises to be compatible.
    pub(crate) fn provides(&self, wanted: &Self) -> bool {
        self.same_track(wanted) && self.version >= wanted.version
    }

    /// Whether one of both can stand for the other.
    pub(crate) fn same_track(&self, other: &Self) -> bool {
        if self.path != other.path {
            return false;
        }
        let (Some(a), Some(b)) = (&self.version, &other.version) else {
            return self.version == other.version;
        };
        if !a.pre.is_empty() || !b.pre.is_empty() {
            return a == b;
        }
        match (a.major, a.minor) {
            (0, 0) => (a.major, a.minor, a.patch) == (b.major, b.minor, b.patch),
            (0, minor) => (b.major, b.minor) == (0, minor),
            (major, _) => b.major == major,
        }
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        self.version.iter().try_for_each(|version| write!(f, "@{version}"))
    }
}

/// Text from a component as messages show it: names may be as long as a file
/// and hold whatever a terminal obeys; messages may not.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let plain = |c: char| if c.is_control() && c != '\n' { '\u{fffd}' } else { c };
    let cut = text.chars().nth(most).map(|_| '…');
    text.chars().take(most).map(plain).chain(cut).collect()
}

#[cfg(test)]
mod tests {
    use periplasm_request::nearest;

    use super::*;

    #[test]
    fn text_from_a_component_is_cut_and_plain() {
        assert_eq!(shown("bus", 3), "bus");
        assert_eq!(shown("b\u{1b}[2Jus", 4), "b\u{fffd}[2…");
    }

    fn provides(provider: &str, wanted: &str) -> bool {
        let parse = |n: &str| InterfaceName::parse(&format!("a:b/c{n}")).unwrap();
        parse(provider).provides(&parse(wanted))
    }

    #[test]
    fn a_provider_is_compatible_and_not_older() {
        // Semantic Versioning 2.0.0, items 4, 8 and 9, as cargo reads them.
        let fits = [("", ""), ("@0.1.0", "@0.1.0"), ("@0.1.2", "@0.1.0"), ("@1.4.0", "@1.2.3")];
        let does_not = [
            ("@0.1.0", "@0.1.1"),
            ("@0.2.0", "@0.1.0"),
            ("@0.0.2", "@0.0.1"),
            ("@2.0.0", "@1.0.0"),
            ("@0.2.0", "@0.2.0-draft"),
            ("", "@0.1.0"),
            ("@0.1.0", ""),
        ];
        fits.iter().for_each(|(p, w)| assert!(provides(p, w), "{p} for {w}"));
        does_not.iter().for_each(|(p, w)| assert!(!provides(p, w), "{p} for {w}"));
    }

    #[test]
    fn a_typing_error_is_recognised_and_another_word_is_not() {
        assert_eq!(nearest("climtae", ["climate", "screen"]), Some("climate"));
        assert_eq!(nearest("heater", ["climate", "screen"]), None);
    }

    #[test]
    fn only_interface_names_are_parsed() {
        for name in ["", "bus", "a:b", "a:b/c@", "a:b/c@x", "[method]a.b", "a:b/c/d@1.0.0"] {
            assert_eq!(InterfaceName::parse(name), None, "{name}");
        }
    }
}
