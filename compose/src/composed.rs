//! From a manifest to the composed component.

use std::collections::BTreeSet;
use std::path::Path;

use crate::encode;
use crate::lock::{Lock, Pins};
use crate::manifest::{Chain, Manifest, Text};
use crate::options::{Options, Phase, Progress};
use crate::output::{self, WriteError};
use crate::plan::{self, Plan};
use crate::problem::{Problem, WiringProblem};
use crate::report::{Facts, Report};
use crate::session::Kept;
use crate::source::{Loaded, Loader};
use crate::wac::{self, Script};

/// A pipeline: one component, and what is to be known of it.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The component.
    pub component: Vec<u8>,
    /// What it is made of, and what it may do.
    pub report: Report,
    /// What it was made of, byte for byte: to be written beside the manifest,
    /// at [`Lock::beside`].
    pub lock: Lock,
}

impl Composed {
    /// Writes the component to a file: all of it, or, on an error, nothing. The
    /// file never holds a part of it, whoever reads it when. What is at `path`
    /// and is no file, such as `/dev/null` or a pipe, is written to as it is.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        output::write(path, &self.component)
    }
}

/// Carries out a manifest.
pub(crate) fn compose(
    text: &Text,
    mut manifest: Manifest,
    script: Option<&Script>,
    options: &Options,
    kept: &mut Kept,
    progress: &mut dyn Progress,
) -> Result<Composed, Vec<Problem>> {
    progress.begin(manifest.stages.len());
    let pins = Pins::read(text, &manifest, options)?;
    let loaded = load(&mut manifest, Loader::new(text, options, &pins, kept), progress)?;
    let manifest = &manifest;
    progress.enter(Phase::Composing);
    let (plan, component) = match script {
        Some(script) => wac::compose(script, text, manifest, &loaded)?,
        None => by_plan(manifest, &loaded)?,
    };
    let report = Report::new(&Facts::of_plan(manifest, &loaded, &plan, &component));
    let lock = Lock::new(manifest, &loaded, &component);
    if options.keep_lock {
        let drift = pins.drift(manifest, &lock);
        if !drift.is_empty() {
            return Err(drift);
        }
    }
    Ok(Composed { component, report, lock })
}

/// Wires the stages as the manifest says.
fn by_plan(manifest: &Manifest, loaded: &[Loaded]) -> Result<(Plan, Vec<u8>), Vec<Problem>> {
    let plan = plan::plan(manifest, loaded)?;
    let component = encode::encode(manifest, loaded, &plan).map_err(|fault| {
        let at = match fault.stage {
            Some(stage) => manifest.stages[stage].source.at,
            None => manifest.name.at,
        };
        let sides = fault.name.and_then(|name| plan::sides(manifest, loaded, &name));
        let sides = sides.into_iter().flatten().collect();
        vec![WiringProblem::Rejected { message: fault.message, sides, at }.into()]
    })?;
    Ok((plan, component))
}

/// Gets every stage, and checks it against what the manifest says of it.
fn load(
    manifest: &mut Manifest,
    mut loader: Loader<'_>,
    progress: &mut dyn Progress,
) -> Result<Vec<Loaded>, Vec<Problem>> {
    let (mut loaded, mut places, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (place, stage) in manifest.stages.iter().enumerate() {
        match loader.load(stage, progress) {
            Ok(one) => {
                loaded.push(one);
                places.push(place);
            }
            Err(found) => problems.extend(found),
        }
    }
    // The slots of stages that stand between are known when all are there.
    let open: BTreeSet<usize> = manifest.chains.iter().flat_map(Chain::stages).collect();
    if problems.is_empty() {
        problems.extend(plan::settle(manifest, &loaded));
    }
    let settled = problems.is_empty();
    for (place, one) in places.into_iter().zip(&loaded) {
        // Which slots a script fills is known when it is resolved.
        if manifest.wac.is_some() {
            break;
        }
        if settled || !open.contains(&place) {
            problems.extend(plan::check_slots(&manifest.stages[place], &one.shape));
        }
    }
    if problems.is_empty() { Ok(loaded) } else { Err(problems) }
}
