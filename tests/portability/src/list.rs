//! Which crates are checked.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result, file};

/// A driver to check.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name on crates.io.
    pub name: String,
    /// Its version; the newest if there is none.
    pub version: Option<String>,
    /// Features that are turned on beside the default ones.
    #[serde(default)]
    pub features: Vec<String>,
    /// Whether the default features are on.
    #[serde(default = "yes", rename = "default-features")]
    pub default_features: bool,
}

fn yes() -> bool {
    true
}

impl Entry {
    /// From `name` or `name@version`.
    pub fn named(text: &str) -> Self {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (text, None),
        };
        Self { name: name.to_owned(), version, features: Vec::new(), default_features: true }
    }

    /// Name and version, and what else was chosen: `lm75@1.0.0`.
    pub fn shown(&self) -> String {
        let version = self.version.as_ref().map(|v| format!("@{v}")).unwrap_or_default();
        let plain = if self.default_features { "" } else { " without default features" };
        let with = match self.features.as_slice() {
            [] => String::new(),
            features => format!(" with {}", features.join(", ")),
        };
        format!("{}{version}{plain}{with}", self.name)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(rename = "crate")]
    crates: Vec<Entry>,
}

/// Reads the list at `path`, in its order.
///
/// # Errors
///
/// [`Error::File`] and [`Error::List`], the latter also when two entries are
/// the same or a name is no crate's.
pub fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path).map_err(file(path))?;
    let wrong = |found: String| Error::List { path: path.to_owned(), found };
    let list: List = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
    for (index, entry) in list.crates.iter().enumerate() {
        if !is_name(&entry.name) {
            return Err(wrong(format!("{:?} is no name of a crate", entry.name)));
        }
        if list.crates[..index].contains(entry) {
            return Err(wrong(format!("{} stands there twice", entry.shown())));
        }
    }
    Ok(list.crates)
}

/// Whether crates.io would take it as a crate's name.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 64
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_s_list_can_be_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates.toml");
        let list = read(&path).unwrap();
        assert!(list.iter().all(|e| e.version.is_some()), "versions are pinned");
    }

    #[test]
    fn a_list_with_a_mistake_is_refused() {
        let folder = std::env::temp_dir().join(format!("periplasm-list-{}", std::process::id()));
        for (text, why) in [
            ("[[crate]]\nname = \"../x\"", "no name"),
            ("[[crate]]\nname = \"a\"\n[[crate]]\nname = \"a\"", "twice"),
            ("[[crate]]\nname = \"a\"\nwhat = 1", "what"),
            ("[[crate]]", "name"),
        ] {
            std::fs::write(&folder, text).unwrap();
            let error = read(&folder).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        std::fs::remove_file(folder).unwrap();
    }
}
