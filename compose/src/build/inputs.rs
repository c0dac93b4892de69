//! The files that a crate was built from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::cargo::Built;

/// The most files that are looked for in a crate that did not build.
const MOST: usize = 4096;

/// The source files that were compiled, of the crate and of those that it finds
/// by their paths, and the manifests of all of these.
pub(super) fn of(built: &Built) -> BTreeSet<PathBuf> {
    // Cargo writes it beside what it built: the Cargo Book, "Build cache".
    let listed = std::fs::read_to_string(built.file.with_extension("d")).unwrap_or_default();
    let mut inputs = parse(&listed);
    let local = built.artifacts.iter().filter(|one| one.package_id.repr.starts_with("path+"));
    inputs.extend(local.map(|artifact| artifact.manifest_path.clone().into_std_path_buf()));
    inputs
}

/// What could be wrong with a crate that did not build: all files in its folder.
pub(crate) fn of_folder(folder: &Path) -> BTreeSet<PathBuf> {
    let (mut inputs, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Ok(kind) = entry.file_type() else { continue };
            if inputs.len() >= MOST {
                return inputs;
            }
            if kind.is_file() {
                inputs.insert(entry.path());
            } else if kind.is_dir()
                && name != "target"
                && !name.as_encoded_bytes().starts_with(b".")
            {
                folders.push(entry.path());
            }
        }
    }
    inputs
}

/// The files after the colon of a rule of make's. A space in a name has a
/// backslash before it.
fn parse(text: &str) -> BTreeSet<PathBuf> {
    let mut inputs = BTreeSet::new();
    for line in text.lines() {
        let Some((_, files)) = line.split_once(": ") else { continue };
        let mut name = String::new();
        let mut characters = files.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '\\' if characters.peek() == Some(&' ') => name.extend(characters.next()),
                ' ' => _ = inputs.insert(PathBuf::from(std::mem::take(&mut name))),
                c => name.push(c),
            }
        }
        inputs.insert(PathBuf::from(name));
    }
    inputs.retain(|path| !path.as_os_str().is_empty());
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_spaces_are_one_name() {
        let inputs = parse("/t/a.wasm: /a/src/lib.rs /my\\ crate/src/lib.rs\n\n");
        let expected = ["/a/src/lib.rs", "/my crate/src/lib.rs"];
        assert_eq!(inputs, expected.iter().map(PathBuf::from).collect());
        assert!(parse("").is_empty());
    }
}
