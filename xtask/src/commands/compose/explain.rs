//! `cargo xtask compose explain`

use std::path::PathBuf;

use super::{BuildOptions, diff, show};
use crate::error::Result;
use crate::remote::StageOptions;

/// Say what a composed component may do, from its bytes alone.
///
/// Stages, wiring and slots are read from its structure. Its name, the names of
/// stages without slots, and which hardware a slot asks for are claims: a host
/// grants no more than its board allows.
#[derive(clap::Args)]
pub(super) struct ExplainArgs {
    /// A .wasm file that was composed, or `oci://…`.
    component: String,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Draw the pipeline to this file, as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    stages: StageOptions,
    /// Do not use the network.
    #[arg(long)]
    offline: bool,
}

impl ExplainArgs {
    pub(super) fn run(self) -> Result<u8> {
        let build =
            BuildOptions { stages: self.stages, offline: self.offline, ..BuildOptions::default() };
        let report = diff::report(&self.component, &build)?;
        show(&report, self.json, self.svg.as_deref())
    }
}
