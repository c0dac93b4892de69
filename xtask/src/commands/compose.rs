//! `cargo xtask compose`

use std::path::{Path, PathBuf};

use periplasm_compose::{Composed, Options, Phase, Progress};

use crate::cargo::{root, shown, target_dir};
use crate::error::{Error, Result};
use crate::steps::{Step, print, size};
use crate::toolchain;

/// Compose a pipeline into one component, and say what it may do.
#[derive(clap::Args)]
pub(crate) struct Compose {
    /// The `pipeline.toml`, or the folder it is in.
    manifest: PathBuf,
    /// Where the component goes [default: `target/pipelines/NAME.wasm`].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    build: BuildOptions,
}

/// How stages are built.
#[derive(clap::Args, Default)]
pub(crate) struct BuildOptions {
    /// Do not let cargo change Cargo.lock.
    #[arg(long)]
    pub(crate) locked: bool,
    /// Do not let cargo use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

impl From<&BuildOptions> for Options {
    fn from(options: &BuildOptions) -> Self {
        Self {
            locked: options.locked,
            offline: options.offline,
            seal: Some(root().join("compose/seal")),
            ..Self::default()
        }
    }
}

impl Compose {
    pub(crate) fn run(self) -> Result<u8> {
        let manifest = manifest(&self.manifest)?;
        let (composed, _) = compose(&manifest, self.output, &self.build)?;
        if self.json {
            // Strings, numbers and lists of them: nothing that JSON cannot say.
            print(&serde_json::to_string_pretty(&composed.report).unwrap_or_default())?;
        } else {
            print(&composed.report.to_string())?;
        }
        Ok(0)
    }
}

/// The manifest that `path` means: itself, or the one in that folder.
pub(crate) fn manifest(path: &Path) -> Result<PathBuf> {
    let manifest = if path.is_dir() { path.join("pipeline.toml") } else { path.to_owned() };
    if manifest.is_file() {
        return Ok(manifest);
    }
    Err(Error::Input {
        path: manifest,
        found: "no such file".into(),
        help: "name a pipeline.toml or the folder that has one; compose/pipelines holds examples"
            .into(),
    })
}

/// Composes `manifest`, with progress, and writes the component.
pub(crate) fn compose(
    manifest: &Path,
    output: Option<PathBuf>,
    options: &BuildOptions,
) -> Result<(Composed, PathBuf)> {
    toolchain::ensure_targets()?;
    let mut shown_phases = Phases(Some(Step::start("compose")));
    let composed = periplasm_compose::compose(manifest, &options.into(), &mut shown_phases)?;
    let output = match output {
        Some(output) => output,
        None => {
            let folder = target_dir()?.join("pipelines");
            std::fs::create_dir_all(&folder)
                .map_err(|source| Error::Write { path: folder.clone(), source })?;
            folder.join(format!("{}.wasm", composed.report.pipeline))
        }
    };
    composed.write(&output)?;
    if let Some(step) = shown_phases.0.take() {
        step.done(format!("{}  {}", shown(&output), size(composed.component.len())));
    }
    Ok((composed, output))
}

/// Shows the phases of a composition as details of one step.
struct Phases(Option<Step>);

impl Progress for Phases {
    fn enter(&mut self, phase: Phase<'_>) {
        let Some(step) = &self.0 else { return };
        step.detail(match phase {
            Phase::Building { stage } => format!("building stage {stage}"),
            Phase::Fetching { stage } => format!("fetching stage {stage}"),
            Phase::Checking { stage } => format!("checking stage {stage}"),
            _ => "putting the stages together".to_owned(),
        });
    }
}
