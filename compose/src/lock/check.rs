//! Keeping to a lock: where tags stay, and what must not differ.

use miette::SourceSpan;
use periplasm_request::list;

use super::{Lock, LockChange, LockError, diff};
use crate::fetch::Remote;
use crate::manifest::{Manifest, Source, Text};
use crate::options::{Options, Update};
use crate::problem::{LockProblem, Problem};
use crate::report::SourceReport;

/// What the lock that was there says, as far as it holds.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    lock: Option<Lock>,
    update: Update,
}

impl Pins {
    /// Reads the lock of this manifest. If everything shall be as it says, the
    /// stages and their sources must be, before anything is built.
    pub(crate) fn read(
        text: &Text,
        manifest: &Manifest,
        options: &Options,
    ) -> Result<Self, Vec<Problem>> {
        let unusable = |source| vec![LockProblem::Unusable { source }.into()];
        let path = text.lock();
        let lock = Lock::read(&path).map_err(unusable)?;
        let name = &manifest.name.value;
        if let Some(lock) = lock.as_ref().filter(|lock| lock.pipeline != *name) {
            let (found, expected) = (crate::name::shown(&lock.pipeline, 100), name.clone());
            return Err(unusable(LockError::OtherPipeline { path, found, expected }));
        }
        let unknown = unknown_stages(manifest, &options.update);
        if !unknown.is_empty() {
            return Err(unknown);
        }
        match &lock {
            None if options.keep_lock => return Err(unusable(LockError::Missing { path })),
            Some(lock) if options.keep_lock => {
                let drift = written_drift(manifest, lock);
                if !drift.is_empty() {
                    return Err(drift);
                }
            }
            _ => {}
        }
        let update = if options.keep_lock { Update::Nothing } else { options.update.clone() };
        Ok(Self { lock, update })
    }

    /// The reference that a stage is to be fetched by: none if it is not in the
    /// lock, if the lock has it from elsewhere, or if it is to be updated.
    pub(crate) fn of(&self, stage: &str, remote: &Remote) -> Option<&str> {
        let updated = match &self.update {
            Update::Nothing => false,
            Update::Everything => true,
            Update::Stages(stages) => stages.iter().any(|name| name == stage),
        };
        let locked = self.lock.as_ref().filter(|_| !updated)?.stage(stage)?;
        match (&locked.source, remote) {
            (SourceReport::Oci { reference, resolved }, Remote::Oci(name)) if reference == name => {
                Some(resolved)
            }
            (SourceReport::Package { name, resolved }, Remote::Package(wanted))
                if name == wanted =>
            {
                Some(resolved)
            }
            _ => None,
        }
    }

    /// What was composed otherwise than the lock says.
    pub(crate) fn drift(&self, manifest: &Manifest, found: &Lock) -> Vec<Problem> {
        let Some(lock) = &self.lock else { return Vec::new() };
        let changes = lock.diff(found);
        // What follows from the others tells nothing new.
        let alone = changes.len() == 1;
        let is_composed = |change: &LockChange| matches!(change, LockChange::Composed { .. });
        let told = changes.into_iter().filter(|change| alone || !is_composed(change));
        told.map(|change| drifted(manifest, change)).collect()
    }
}

/// Stages that are not there, or are made of something else, as written.
fn written_drift(manifest: &Manifest, lock: &Lock) -> Vec<Problem> {
    let mut changes = Vec::new();
    for stage in &manifest.stages {
        let name = stage.name.value.clone();
        match lock.stage(&name) {
            None => changes.push(LockChange::Added { stage: name }),
            Some(locked) if !is_same(&stage.source.value, &locked.source) => {
                let (locked, found) =
                    (diff::words(&locked.source), as_written(&stage.source.value));
                changes.push(LockChange::Source { stage: name, locked, found });
            }
            Some(_) => {}
        }
    }
    for stage in &lock.stages {
        if !manifest.stages.iter().any(|there| there.name.value == stage.name) {
            changes.push(LockChange::Removed { stage: stage.name.clone() });
        }
    }
    changes.into_iter().map(|change| drifted(manifest, change)).collect()
}

fn is_same(written: &Source, locked: &SourceReport) -> bool {
    match (written, locked) {
        (Source::Crate(path), SourceReport::Crate(locked))
        | (Source::Wasm(path), SourceReport::Wasm(locked)) => path.display().to_string() == *locked,
        (Source::Remote(Remote::Oci(name)), SourceReport::Oci { reference: locked, .. })
        | (Source::Remote(Remote::Package(name)), SourceReport::Package { name: locked, .. }) => {
            name == locked
        }
        _ => false,
    }
}

fn as_written(source: &Source) -> String {
    match source {
        Source::Crate(path) => format!("crate {}", path.display()),
        Source::Wasm(path) => format!("file {}", path.display()),
        Source::Remote(remote) => remote.to_string(),
    }
}

fn drifted(manifest: &Manifest, change: LockChange) -> Problem {
    let stage = match &change {
        LockChange::Added { stage }
        | LockChange::Removed { stage }
        | LockChange::Source { stage, .. }
        | LockChange::Component { stage, .. }
        | LockChange::Part { stage, .. } => Some(stage),
        LockChange::Package { .. } | LockChange::Composed { .. } => None,
    };
    let found = manifest.stages.iter().find(|one| Some(&one.name.value) == stage);
    let at: SourceSpan = found.map_or(manifest.name.at, |stage| stage.source.at);
    let help = help(&change);
    LockProblem::Drift { change, help, at }.into()
}

fn help(change: &LockChange) -> &'static str {
    match change {
        LockChange::Component { .. } => {
            "the crate or the file, something that the crate depends on, or the compiler changed. \
             If that is meant, compose without `--locked` and keep the lock that is written"
        }
        LockChange::Composed { .. } => {
            "the stages are the same: their wiring, settings or requests changed, or the version \
             of `compose`. If that is meant, compose without `--locked`"
        }
        _ => "if that is meant, compose without `--locked` and keep the lock that is written",
    }
}

fn unknown_stages(manifest: &Manifest, update: &Update) -> Vec<Problem> {
    let Update::Stages(stages) = update else { return Vec::new() };
    let names: Vec<&str> = manifest.stages.iter().map(|stage| stage.name.value.as_str()).collect();
    let unknown = stages.iter().filter(|stage| !names.contains(&stage.as_str()));
    unknown
        .map(|stage| {
            let stage = crate::name::shown(stage, 100);
            let help = format!("the pipeline has {}", list(&names, "no stages"));
            LockProblem::UnknownStage { stage, help }.into()
        })
        .collect()
}
