//! What the tests share: stages from text, and goldens.
//!
//! A case is a folder with a `pipeline.toml` and the files of its stages:
//! - `<stage>.wit`: a world; a component with that world is made of it.
//! - `<stage>.wat`: WebAssembly as text.
//! - `<file>.hex`: the bytes of `<file>`, in hexadecimal.
//! - `<file>.size`: `<file>` is so many bytes of nothing.
//! - `<file>.folder`: a folder that is called `<file>`.
//! - `<file>.text`: a file that is called `<file>`.
//! - anything else is copied, folders too.
//!
//! Goldens are in the same folder. `UPDATE=1 cargo test -p periplasm-compose`
//! writes them anew; look at the difference before you commit it.
#![allow(dead_code)] // Not every test uses all of it.

use std::fs;
use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, WorldId};

/// A component with the world that `text` defines, all of whose functions trap.
/// The project's own WIT packages can be used in it.
pub(crate) fn component(name: &str, text: &str) -> Vec<u8> {
    let (resolve, world) = resolve(name, text);
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

/// The world that `text` defines, as bindings leave it in a module.
pub(crate) fn world(name: &str, text: &str) -> Vec<u8> {
    let (resolve, world) = resolve(name, text);
    wit_component::metadata::encode(&resolve, world, StringEncoding::UTF8, None, false).unwrap()
}

fn resolve(name: &str, text: &str) -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    for package in ["config", "i2c", "hal", "device", "usb", "usb-device"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit").join(package);
        resolve.push_dir(folder).unwrap_or_else(|error| panic!("wit/{package}: {error:#}"));
    }
    let package = resolve.push_str(name, text).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    let world = resolve.select_world(&[package], None).unwrap();
    (resolve, world)
}

/// Makes the files of a case in a folder.
pub(crate) fn prepare(case: &Path, into: &Path) {
    for entry in sorted(case) {
        let name = entry.file_name().unwrap().to_str().unwrap();
        if entry.is_dir() {
            let folder = into.join(name.strip_suffix(".folder").unwrap_or(name));
            fs::create_dir_all(&folder).unwrap();
            prepare(&entry, &folder);
            continue;
        }
        let text = || fs::read_to_string(&entry).unwrap();
        let wasm = |stem: &str| into.join(format!("{stem}.wasm"));
        match name.rsplit_once('.') {
            Some((stem, "wit")) => fs::write(wasm(stem), component(name, &text())).unwrap(),
            Some((stem, "wat")) => {
                let bytes = wat::parse_str(text()).unwrap_or_else(|e| panic!("{name}: {e}"));
                fs::write(wasm(stem), bytes).unwrap();
            }
            Some((file, "text")) => fs::write(into.join(file), text()).unwrap(),
            Some((file, "hex")) => fs::write(into.join(file), from_hex(&text())).unwrap(),
            Some((file, "size")) => {
                let size = text().trim().parse().unwrap();
                fs::File::create(into.join(file)).unwrap().set_len(size).unwrap();
            }
            _ => {
                fs::copy(&entry, into.join(name)).unwrap();
            }
        }
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The entries of a folder, by name.
pub(crate) fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

/// Compares with a golden, or writes it. Returns what is wrong.
pub(crate) fn golden(file: &Path, actual: &str) -> Option<String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, actual).unwrap();
        return None;
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    (expected != actual)
        .then(|| format!("== {}\n-- expected\n{expected}\n-- found\n{actual}", file.display()))
}

/// Runs `check` in a folder with the files of each case below `tests/<of>`,
/// and fails with all that it returns.
pub(crate) fn each_case(of: &str, check: impl Fn(&Path) -> Vec<String>) {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(of);
    let mut failures = Vec::new();
    let mut count = 0;
    for case in sorted(&cases).into_iter().filter(|case| case.is_dir()) {
        count += 1;
        let folder = tempfile::tempdir().unwrap();
        prepare(&case, folder.path());
        // Paths in messages are then relative. Each test program runs its
        // cases in one test, so nobody else is surprised.
        std::env::set_current_dir(folder.path()).unwrap();
        failures.extend(check(&case));
        std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    }
    assert!(count > 0, "no cases below {}", cases.display());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
