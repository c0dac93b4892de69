//! `cargo xtask compose diff`

use std::path::Path;

use periplasm_compose::{Diff, Report};

use super::{BuildOptions, compose_report};
use crate::error::{Error, Result};
use crate::steps::print;

/// Say what a new version of a pipeline may do that the old one could not.
///
/// Each is a manifest or its folder, which is composed first, or a composed
/// component, which is read. Of a component alone it is not known where its
/// stages come from.
#[derive(clap::Args)]
pub(super) struct CompareArgs {
    /// A `pipeline.toml`, the folder it is in, or a .wasm file.
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
    build: BuildOptions,
}

impl CompareArgs {
    pub(super) fn run(self) -> Result<u8> {
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
    if path.is_dir() || path.extension().is_some_and(|extension| extension == "toml") {
        return compose_report(path, build);
    }
    let explain = |source| Error::Explain { path: path.to_owned(), source };
    Report::of_file(path).map_err(explain)
}
