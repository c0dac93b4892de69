//! What differs between two locks.

use std::collections::BTreeSet;
use std::fmt;

use super::{Lock, LockedStage};
use crate::report::SourceReport;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockChange {
    /// A stage that was not there.
    Added {
        /// The stage.
        stage: String,
    },
    /// A stage that is not there any more.
    Removed {
        /// The stage.
        stage: String,
    },
    /// A stage comes from elsewhere, or its tag is at another digest.
    Source {
        /// The stage.
        stage: String,
        /// Where it came from.
        locked: String,
        /// Where it comes from.
        found: String,
    },
    /// A stage's component has other bytes.
    Component {
        /// The stage.
        stage: String,
        /// The digest that it had.
        locked: String,
        /// The digest that it has.
        found: String,
    },
    /// Something else is composed into a stage.
    Part {
        /// The stage.
        stage: String,
        /// What it is: `seal`.
        part: String,
        /// The digest that it had; none if it was not there.
        locked: Option<String>,
        /// The digest that it has; none if it is not there.
        found: Option<String>,
    },
    /// A WIT package changed.
    Package {
        /// Its name and version.
        name: String,
        /// The digest that it had; none if no stage used it.
        locked: Option<String>,
        /// The digest that it has; none if no stage uses it.
        found: Option<String>,
    },
    /// The composed component has other bytes.
    Composed {
        /// The digest that it had.
        locked: String,
        /// The digest that it has.
        found: String,
    },
}

pub(super) fn diff(old: &Lock, new: &Lock) -> Vec<LockChange> {
    let mut changes = Vec::new();
    let names: BTreeSet<&str> =
        old.stages.iter().chain(&new.stages).map(|stage| stage.name.as_str()).collect();
    for name in names {
        match (old.stage(name), new.stage(name)) {
            (Some(old), Some(new)) => stage(old, new, &mut changes),
            (None, _) => changes.push(LockChange::Added { stage: name.to_owned() }),
            (_, None) => changes.push(LockChange::Removed { stage: name.to_owned() }),
        }
    }
    let digest = |lock: &Lock, name: &str| {
        lock.packages.iter().find(|package| package.name == name).map(|p| p.digest.clone())
    };
    let packages: BTreeSet<&str> =
        old.packages.iter().chain(&new.packages).map(|package| package.name.as_str()).collect();
    for name in packages {
        let (locked, found) = (digest(old, name), digest(new, name));
        if locked != found {
            changes.push(LockChange::Package { name: name.to_owned(), locked, found });
        }
    }
    if old.digest != new.digest {
        let (locked, found) = (old.digest.clone(), new.digest.clone());
        changes.push(LockChange::Composed { locked, found });
    }
    changes
}

fn stage(old: &LockedStage, new: &LockedStage, changes: &mut Vec<LockChange>) {
    let stage = || new.name.clone();
    if old.source != new.source {
        let (locked, found) = (words(&old.source), words(&new.source));
        changes.push(LockChange::Source { stage: stage(), locked, found });
    }
    if old.digest != new.digest {
        let (locked, found) = (old.digest.clone(), new.digest.clone());
        changes.push(LockChange::Component { stage: stage(), locked, found });
    }
    let parts: BTreeSet<&String> = old.with.keys().chain(new.with.keys()).collect();
    for part in parts {
        let (locked, found) = (old.with.get(part).cloned(), new.with.get(part).cloned());
        if locked != found {
            let part = part.clone();
            changes.push(LockChange::Part { stage: stage(), part, locked, found });
        }
    }
}

/// A source, with the reference that it was resolved to.
pub(super) fn words(source: &SourceReport) -> String {
    match source {
        SourceReport::Crate(path) => format!("crate {path}"),
        SourceReport::Wasm(path) => format!("file {path}"),
        SourceReport::Oci { reference, resolved } => format!("oci {reference}, at {resolved}"),
        SourceReport::Package { name, resolved } => format!("package {name}, at {resolved}"),
    }
}

impl fmt::Display for LockChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none = |digest: &Option<String>| digest.clone().unwrap_or_else(|| "nothing".into());
        match self {
            Self::Added { stage } => write!(f, "stage {stage} is new"),
            Self::Removed { stage } => write!(f, "stage {stage} is gone"),
            Self::Source { stage, locked, found } => {
                write!(f, "stage {stage} came from {locked}, and comes from {found}")
            }
            Self::Component { stage, locked, found } => {
                write!(f, "stage {stage} was {locked}, and is {found}")
            }
            Self::Part { stage, part, locked, found } => {
                let (locked, found) = (or_none(locked), or_none(found));
                write!(f, "{part} in stage {stage} was {locked}, and is {found}")
            }
            Self::Package { name, locked, found } => {
                let (locked, found) = (or_none(locked), or_none(found));
                write!(f, "WIT package {name} was {locked}, and is {found}")
            }
            Self::Composed { locked, found } => {
                write!(f, "the composed component was {locked}, and is {found}")
            }
        }
    }
}
