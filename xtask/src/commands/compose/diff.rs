//! `cargo xtask compose diff`

use std::path::Path;

use periplasm_compose::{Diff, Remote, Report};

use super::{BuildOptions, compose_report};
use crate::error::{Error, Result};
use crate::remote::{StageOptions, Stages};
use crate::steps::print;

/// Say what a new version of a pipeline may do that the old one could not.
///
/// Each is a manifest or its folder, which is composed first, or a composed
/// component, which is read: a file, or `oci://` and a reference. Of a component
/// alone it is not known where its stages come from.
#[derive(clap::Args)]
pub(super) struct CompareArgs {
    /// A `pipeline.toml`, the folder it is in, a .wasm file, or `oci://…`.
    old: String,
    /// Another one.
    new: String,
    /// Fail when the new one may do anything that the old one could not.
    #[arg(long)]
    deny_new: bool,
    /// Print the difference as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stages: StageOptions,
    #[command(flatten)]
    build: BuildOptions,
}

impl CompareArgs {
    pub(super) fn run(mut self) -> Result<u8> {
        self.build.stages = self.stages.clone();
        let (old, new) = (report(&self.old, &self.build)?, report(&self.new, &self.build)?);
        let diff = Diff::new(&old, &new);
        print(&if self.json { diff.to_json() } else { diff.to_string() })?;
        match self.deny_new && !diff.gained.is_empty() {
            true => Err(Error::NewPermissions),
            false => Ok(0),
        }
    }
}

/// The report of what an argument names.
pub(super) fn report(named: &str, build: &BuildOptions) -> Result<Report> {
    let path = Path::new(named);
    if let Some(reference) = named.strip_prefix("oci://") {
        let remote = Remote::Oci(reference.to_owned());
        let fetched = Stages::new(&build.stages, build.offline).get(&remote, None)?;
        let explain = |problem| Error::Explain { path: named.into(), problem };
        return Report::of_component(&fetched.component).map_err(explain);
    }
    let is = |wanted: &str| path.extension().is_some_and(|extension| extension == wanted);
    if path.is_dir() || is("toml") || is("wac") {
        return compose_report(path, build);
    }
    let explain = |problem| Error::Explain { path: path.to_owned(), problem };
    Report::of_file(path).map_err(explain)
}
