//! cargo-component builds a driver crate of ours, as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::lab::{Lab, read, same, write};
use super::ledger::Ledger;
use super::wasm_tools::wit;
use crate::cargo::{quiet, root, target_dir};
use crate::error::Result;
use crate::installed::Program;
use crate::steps::Step;
use crate::toolchain;

pub(super) const CARGO_COMPONENT: Program =
    Program { name: "cargo-component", version: "0.21.1", args: &[] };

/// The driver that is built.
const DRIVER: &str = "lm75";

pub(super) fn trials(lab: &Lab, ledger: &mut Ledger, cargo_component: &Path, wasm_tools: &Path) {
    let by = format!("cargo-component {}", CARGO_COMPONENT.version);
    ledger.long(&by, "builds drivers/lm75 with the world that we give it", || {
        let theirs = build(lab, cargo_component)?;
        let ours = crate::commands::build::component(DRIVER)?;
        let theirs = wit(lab, wasm_tools, &theirs)?;
        same("world", theirs, wit(lab, wasm_tools, &ours)?)
    });
}

/// Builds it, and gives the component.
fn build(lab: &Lab, cargo_component: &Path) -> Result<PathBuf> {
    // It asks for this one, whatever it builds for.
    toolchain::ensure(&["wasm32-wasip1"])?;
    let target = target_dir()?.join("cargo-component");
    let mut build = Command::new(cargo_component);
    build.current_dir(root().join("drivers").join(DRIVER));
    build.args(["component", "build", "--target", "wasm32-unknown-unknown"]);
    // Its files are not cargo's own: it wraps each artifact.
    build.env("CARGO_TARGET_DIR", &target);
    let step = Step::start("cargo-component");
    quiet(build, &step)?;
    step.done(DRIVER);
    let built = target.join(format!("wasm32-unknown-unknown/debug/periplasm_{DRIVER}.wasm"));
    let kept = lab.path("cargo-component.wasm");
    write(&kept, &read(&built)?)?;
    Ok(kept)
}
