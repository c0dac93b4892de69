//! Pipelines that are wired in wac's own language.
//!
//! A manifest with `wac = "weather.wac"` says what stages are made of and what
//! their slots ask of the board; how they are wired is in that file. There,
//! `stage:<name>` is the package of a stage of the manifest. Any other package
//! is a file beside the `.wac`, where wac itself looks for it:
//! `deps/<namespace>/<name>.wasm`. If it is instantiated, it becomes a stage
//! called by its name.
//!
//! What the file says is carried out by wac's own resolver. All that makes a
//! pipeline trustworthy is then checked on the graph that comes out of it: a
//! slot is filled by a stage, or imported as `<stage>-<slot>`; everything else
//! that is imported is an interface under its own name.
#![allow(clippy::result_large_err, reason = "an error ends the composition")]

mod carry;
mod exports;
mod files;
mod language;
mod names;
mod open;
mod packages;
mod script;
mod sizes;
mod target;
mod wiring;

pub(crate) use carry::compose;
pub use open::manifest_of;
pub(crate) use open::open;
pub(crate) use script::Script;
