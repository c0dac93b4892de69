//! Composed pipelines, each built once a process.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use periplasm_compose::{Composed, Options, compose};

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A program of the project, built by cargo beside the test that asks.
pub fn binary(program: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test is a file");
    // <target>/<profile>/deps/<test>
    let folder = test.ancestors().nth(2).expect("a test stands below its target folder");
    let binary = folder.join(program);
    let shown = binary.display();
    assert!(binary.is_file(), "{shown} is missing: `cargo xtask test` builds it");
    binary
}

/// The component of the manifest at `path`, from the root.
pub fn pipeline(path: &str) -> Vec<u8> {
    composed(path).component
}

/// What compose makes of the manifest at `path`, from the root.
pub fn composed(path: &str) -> Composed {
    once(path, || root().join(path))
}

/// A pipeline of nothing but the driver in the folder `driver` (from the
/// root), whose device interfaces it exports. `slots` is the manifest's table
/// of the stage's slots.
pub fn driver(driver: &str, slots: &str) -> Vec<u8> {
    once(&format!("{driver} {slots}"), || {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Kept, because compose reads it after this returns; the system clears it.
        let manifest = folder.keep().join("pipeline.toml");
        let text = format!(
            "[pipeline]\nname = \"rig\"\nexports = [\"device\"]\n\n\
             [stages.device]\ncrate = {:?}\n\n[stages.device.slots]\n{slots}\n",
            root().join(driver)
        );
        std::fs::write(&manifest, text).expect("a manifest in a temporary folder");
        manifest
    })
    .component
}

fn once(key: &str, manifest: impl FnOnce() -> PathBuf) -> Composed {
    static BUILT: LazyLock<Mutex<HashMap<String, Composed>>> = LazyLock::new(Mutex::default);
    // Held while composing: cargo would make the second wait anyway.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(composed) = built.get(key) {
        return composed.clone();
    }
    let composed = crate::ok(compose(&manifest(), &Options::default(), &mut ()));
    built.insert(key.to_owned(), composed.clone());
    composed
}
