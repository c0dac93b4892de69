//! From `pipeline.toml` to one component, and what it may do in plain words.
//!
//! ```no_run
//! # fn main() -> miette::Result<()> {
//! use std::path::Path;
//! let options = periplasm_compose::Options::default();
//! let composed = periplasm_compose::compose(Path::new("pipeline.toml"), &options, &mut ())?;
//! println!("{}", composed.report);
//! composed.write(Path::new("weather.wasm"))?;
//! # Ok(())
//! # }
//! ```
//!
//! # How it works
//!
//! [`compose`] reads the manifest, gets a component for every stage (from a
//! crate, with cargo, or from a file), and makes a *plan*: which stage takes
//! which interface from which other stage, and what each slot requests. All
//! that a user can get wrong is found before the plan is carried out, and told
//! with its place in the manifest. Only then are the stages put together, every
//! slot under the name of its stage, with the requests in a custom section.
//!
//! # Invariants
//!
//! - The composed component's import list is its permission list: the slots
//!   that the board fills, named `<stage>-<slot>`, and interfaces that are the
//!   same for every stage. A slot that another stage fills is wired inside.
//! - The same manifest and the same stages give the same bytes.
//! - Nothing is written when anything is wrong.
//! - What a lock pins stays, until it is asked to be updated.
//! - This crate knows nothing of the host that runs the result.
#![forbid(unsafe_code)]

mod adapt;
mod build;
mod component;
mod composed;
mod diff;
mod encode;
mod explain;
mod fetch;
mod inside;
mod kind;
mod lock;
mod manifest;
mod name;
mod options;
mod output;
mod plan;
mod problem;
mod report;
mod seal;
mod session;
mod settings;
mod source;
mod wac;

use std::path::Path;

pub use build::{BuildError, MissingTarget, build_stage, missing_targets};
pub use component::{StageComponent, StageKind};
pub use composed::Composed;
pub use diff::{Change, DIFF_FORMAT, Diff, Permission, Side};
pub use explain::ExplainError;
pub use fetch::{Fetch, FetchError, Fetched, Remote};
pub use lock::{Lock, LockChange, LockError, LockedPackage, LockedStage};
pub use options::{Options, Phase, Progress, Update};
pub use output::{WriteError, write};
pub use problem::{
    ComposeError, GivenProblem, LockProblem, ManifestProblem, Problem, StageProblem,
    ThroughProblem, UsbProblem, View, WacFault, WacInFile, WacProblem, WiringProblem,
};
pub use report::{
    ExportReport, GivenReport, HostReport, Permissions, REPORT_FORMAT, Report, SlotReport,
    SourceReport, StageReport, WireReport,
};

pub use session::Session;
pub use wac::manifest_of;

/// Reads the manifest at `manifest`, builds and checks its stages, and puts
/// them together. A `.wac` file may stand for the manifest: the one beside it
/// that names it, or none, if all its stages are files. Writes nothing but
/// cargo's target folder.
pub fn compose(
    manifest: &Path,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Composed, ComposeError> {
    Session::new(manifest, options.clone()).compose(progress)
}
