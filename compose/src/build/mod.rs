//! From a crate to a component.

mod artifact;
pub(crate) mod audit;
mod cargo;
mod error;
mod inputs;
mod package;
mod target;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use error::BuildError;
pub(crate) use inputs::of_folder;
pub use target::{MissingTarget, missing_targets};

use crate::component::{StageComponent, StageKind};
use crate::options::Options;

/// Builds the crate in `crate_dir` with cargo and makes a component of it.
///
/// A crate with a `cdylib` is a driver and is built for
/// `wasm32-unknown-unknown`; a crate with one binary is an app and is built for
/// `wasm32-wasip2`. `target` in `[package.metadata.periplasm]` chooses the
/// other of these two. The profile is `guest`: the workspace's own, or the same
/// settings if it has none.
///
/// Which crates it was built from is in the component: in the section
/// `.dep-v0`, in cargo-auditable's form.
///
/// The same source gives the same bytes, wherever the crate, cargo's downloads
/// and the toolchain lie, if rustc is the same one and Cargo.lock is, and no
/// build script or macro takes something else from the machine. `RUSTFLAGS` of
/// whoever builds is left out; `[profile.guest]` of the workspace counts.
///
/// Crates are to be built one after another, never two in one cargo command:
/// cargo would unify their features, and an app's `std` leak into a driver.
pub fn build_stage(crate_dir: &Path, options: &Options) -> Result<StageComponent, BuildError> {
    build_with_inputs(crate_dir, options).map(|(component, _)| component)
}

/// The same, with the files that it was built from.
pub(crate) fn build_with_inputs(
    crate_dir: &Path,
    options: &Options,
) -> Result<(StageComponent, BTreeSet<PathBuf>), BuildError> {
    let package = package::find(crate_dir, options)?;
    let toolchain = target::require(&package)?;
    let built = cargo::build(&package, &toolchain, options)?;
    let component = artifact::component(&built.file)?;
    let component = audit::put_in(component, &package, &built.artifacts);
    let kind = if package.is_app { StageKind::App } else { StageKind::Driver };
    Ok((StageComponent::new(component, kind), inputs::of(&built)))
}
