//! The targets that are built for, added when they are missing.

use std::process::Command;

use periplasm_compose::missing_targets;

use crate::cargo;
use crate::error::{Error, Result};
use crate::steps::Step;

/// What drivers and apps are built for.
const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip2"];

/// Makes sure that components can be built.
pub(crate) fn ensure_targets() -> Result<()> {
    ensure(&TARGETS)
}

/// Makes sure that the toolchain has these.
pub(crate) fn ensure(targets: &[&'static str]) -> Result<()> {
    let missing = missing_targets(cargo::root(), targets)?;
    targets.iter().copied().filter(|t| missing.iter().any(|m| m.target == *t)).try_for_each(add)
}

fn add(target: &'static str) -> Result<()> {
    let step = Step::start("target");
    step.detail(format!("rustup target add {target}"));
    // In the root, so that rustup reads rust-toolchain.toml.
    let output = Command::new("rustup")
        .current_dir(cargo::root())
        .args(["target", "add", target])
        .output()
        .map_err(|e| Error::Target { target, reason: format!("rustup cannot be started: {e}") })?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Target { target, reason });
    }
    step.done(target);
    Ok(())
}
