//! Programs from crates.io, built into the target folder the first time.

use std::path::PathBuf;

use crate::cargo::{cargo, quiet, target_dir};
use crate::error::Result;
use crate::steps::Step;

/// A program of crates.io, of one version.
pub(crate) struct Program {
    /// The package, and the program that it has.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// What else `cargo install` is told, such as features.
    pub(crate) args: &'static [&'static str],
}

impl Program {
    /// Where it is. Builds it, which takes the network and minutes, if it is
    /// not there yet.
    pub(crate) fn path(&self) -> Result<PathBuf> {
        let Self { name, version, .. } = self;
        let tools = target_dir()?.join("tools").join(format!("{name}-{version}"));
        let binary = tools.join("bin").join(name);
        if !binary.is_file() {
            let step = Step::start(*name);
            let mut install = cargo(["install", name, "--locked", "--debug"]);
            install.args(self.args).args(["--version", version, "--root"]).arg(&tools);
            // Its own folder: its features must not unify with ours.
            install.env("CARGO_TARGET_DIR", tools.join("target"));
            // Nobody debugs it from here.
            install.env("CARGO_PROFILE_DEV_DEBUG", "0");
            quiet(install, &step)?;
            // The intermediate files are of no use to anybody; leaving them is no error.
            let _ = std::fs::remove_dir_all(tools.join("target"));
            step.done(*version);
        }
        Ok(binary)
    }
}
