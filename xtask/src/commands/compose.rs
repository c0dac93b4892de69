//! `cargo xtask compose`

mod diff;
mod explain;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use periplasm_compose::{Composed, Lock, Options, Phase, Progress, Report, Session, Update};

use crate::cargo::{root, shown, target_dir};
use crate::error::{Error, Result};
use crate::remote::{StageOptions, Stages};
use crate::steps::{Step, print, size};
use crate::toolchain;

/// Compose a pipeline into one component, and say what it may do.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Compose {
    #[command(subcommand)]
    command: Option<Without>,
    /// The `pipeline.toml`, the folder it is in, or a `.wac` file.
    #[arg(required = true)]
    manifest: Option<PathBuf>,
    /// Where the component goes [default: `target/pipelines/NAME.wasm`].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Look up the tags of stages in registries anew, although `pipeline.lock`
    /// has them: all, or one stage's. May be given several times.
    #[arg(long, value_name = "STAGE", num_args = 0..=1, require_equals = true,
        default_missing_value = "", conflicts_with = "locked")]
    update: Vec<String>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Draw the pipeline to this file, as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Go on: compose again whenever the manifest or the sources of a stage
    /// change, and say what is new.
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    stages: StageOptions,
    #[command(flatten)]
    build: BuildOptions,
}

/// What is done without writing a component.
#[derive(clap::Subcommand)]
enum Without {
    Diff(diff::CompareArgs),
    Explain(explain::ExplainArgs),
}

/// How stages are built.
#[derive(clap::Args, Default)]
pub(crate) struct BuildOptions {
    /// Do not let cargo change Cargo.lock, and refuse to compose anything but
    /// what `pipeline.lock` says.
    #[arg(long)]
    pub(crate) locked: bool,
    /// Do not use the network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// How stages in registries are fetched.
    #[arg(skip)]
    pub(crate) stages: StageOptions,
}

impl From<&BuildOptions> for Options {
    fn from(options: &BuildOptions) -> Self {
        Self {
            locked: options.locked,
            offline: options.offline,
            seal: Some(root().join("compose/seal")),
            adapters: Some(root().join("compose/adapters")),
            fetch: Some(Arc::new(Stages::new(&options.stages, options.offline))),
            ..Self::default()
        }
    }
}

impl Compose {
    pub(crate) fn run(mut self) -> Result<u8> {
        self.build.stages = self.stages.clone();
        let options = self.options();
        match (self.command, self.manifest) {
            (Some(Without::Diff(diff)), _) => diff.run(),
            (Some(Without::Explain(explain)), _) => explain.run(),
            (None, named) => {
                // clap wants it where there is no subcommand.
                let manifest = manifest(&named.unwrap_or_default())?;
                if self.watch {
                    let (output, json, svg) = (self.output, self.json, self.svg.as_deref());
                    let watch = watch::Watch { manifest: &manifest, output, json, svg };
                    return watch.run(options);
                }
                let (composed, _) = compose_with(&manifest, self.output, &options)?;
                composed.lock.write(&Lock::beside(&manifest))?;
                show(&composed.report, self.json, self.svg.as_deref())
            }
        }
    }

    fn options(&self) -> Options {
        let update = match self.update.as_slice() {
            [] => Update::Nothing,
            stages if stages.iter().any(String::is_empty) => Update::Everything,
            stages => Update::Stages(stages.to_vec()),
        };
        Options { update, keep_lock: self.build.locked, ..(&self.build).into() }
    }
}

/// Prints a report, and draws it.
fn show(report: &Report, json: bool, svg: Option<&Path>) -> Result<u8> {
    if let Some(path) = svg {
        periplasm_compose::write(path, report.to_svg().as_bytes())?;
    }
    print(&if json { report.to_json() } else { report.to_string() })?;
    Ok(0)
}

/// The manifest that `path` means: itself, or the one in that folder.
pub(crate) fn manifest(path: &Path) -> Result<PathBuf> {
    let manifest = if path.is_dir() { path.join("pipeline.toml") } else { path.to_owned() };
    if manifest.is_file() {
        return Ok(periplasm_compose::manifest_of(&manifest));
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
    // What is composed to be run needs no lock, and keeps to one that is there.
    let keep_lock = options.locked && Lock::beside(manifest).is_file();
    compose_with(manifest, output, &Options { keep_lock, ..options.into() })
}

/// The same with the folders in which a change matters.
pub(crate) fn compose_from(
    manifest: &Path,
    output: PathBuf,
    options: &BuildOptions,
) -> Result<Vec<PathBuf>> {
    let keep_lock = options.locked && Lock::beside(manifest).is_file();
    let mut session = Session::new(manifest, Options { keep_lock, ..options.into() });
    compose_in(&mut session, Some(output))?;
    Ok(session.folders().into_iter().collect())
}

/// Composes to find out what a pipeline may do, and writes nothing.
fn compose_report(path: &Path, build: &BuildOptions) -> Result<Report> {
    let manifest = manifest(path)?;
    let keep_lock = build.locked && Lock::beside(&manifest).is_file();
    toolchain::ensure_targets()?;
    let mut phases = Phases(Some(Step::start("compose")));
    let options = Options { keep_lock, ..build.into() };
    let composed = periplasm_compose::compose(&manifest, &options, &mut phases)?;
    if let Some(step) = phases.0.take() {
        step.done(format!("{}  {}", shown(&manifest), size(composed.component.len())));
    }
    Ok(composed.report)
}

fn compose_with(
    manifest: &Path,
    output: Option<PathBuf>,
    options: &Options,
) -> Result<(Composed, PathBuf)> {
    compose_in(&mut Session::new(manifest, options.clone()), output)
}

fn compose_in(session: &mut Session, output: Option<PathBuf>) -> Result<(Composed, PathBuf)> {
    toolchain::ensure_targets()?;
    let mut shown_phases = Phases(Some(Step::start("compose")));
    let composed = session.compose(&mut shown_phases)?;
    let output = output_of(&composed, output)?;
    composed.write(&output)?;
    if let Some(step) = shown_phases.0.take() {
        step.done(format!("{}  {}", shown(&output), size(composed.component.len())));
    }
    Ok((composed, output))
}

/// Where a component goes.
fn output_of(composed: &Composed, chosen: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(output) = chosen {
        return Ok(output);
    }
    let folder = target_dir()?.join("pipelines");
    std::fs::create_dir_all(&folder)
        .map_err(|source| Error::Write { path: folder.clone(), source })?;
    Ok(folder.join(format!("{}.wasm", composed.report.pipeline)))
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
