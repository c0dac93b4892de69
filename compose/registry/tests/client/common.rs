//! What the tests share.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use miette::Diagnostic;
use periplasm_registry::{Client, Descriptor, Manifest, RegistryError, Settings, media_type};

use crate::server::{Answer, Server, answer};

/// Settings that give up soon.
pub(crate) fn settings(server: &Server) -> Settings {
    Settings::bare()
        .patience(&server.host, Duration::from_secs(20), 0)
        .first_wait(Duration::from_millis(1))
}

pub(crate) fn client(settings: Settings) -> Client {
    Client::new(settings, Arc::new(())).unwrap()
}

/// A manifest of nothing.
pub(crate) fn manifest() -> Vec<u8> {
    Manifest::new(Descriptor::of(media_type::EMPTY, b"{}"), Vec::new()).to_bytes()
}

pub(crate) fn manifest_answer() -> Answer {
    answer(200).kind(media_type::MANIFEST).body(manifest())
}

/// Bytes that are not all the same.
pub(crate) fn bytes(many: usize) -> Vec<u8> {
    (0..many).map(|at| (at as u32).wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect()
}

/// Every file below a folder, by its path in it.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

/// An error as a person reads it, without the server's port.
pub(crate) fn text(server: &Server, error: &RegistryError) -> String {
    let mut text = format!("{error}\n");
    let help = error.help().unwrap_or_else(|| panic!("nothing to do about it: {error}"));
    writeln!(text, "help: {help}").unwrap();
    text.replace(&server.host, "127.0.0.1:5000")
}

/// Compares with a golden, or writes it.
pub(crate) fn golden(name: &str, actual: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(expected, actual, "{}", file.display());
}
