//! What a new version of a pipeline may do that the old one could not.

mod ability;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::{Report, SourceReport, StageReport, json};
use ability::{Ability, abilities};

/// The format of a difference's JSON: the number changes when a key changes its
/// meaning or goes. New keys may come at any time.
pub const DIFF_FORMAT: u32 = 1;

/// The difference between two reports, for people (`Display`) and for programs
/// (`Serialize`).
///
/// Stages are the same when their names are: one that gets another name goes,
/// and its permissions are new under the new name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// [`DIFF_FORMAT`].
    pub format: u32,
    /// The old pipeline.
    pub old: Side,
    /// The new pipeline.
    pub new: Side,
    /// What the new one may do and the old one could not, by stage.
    pub gained: Vec<Permission>,
    /// What the old one could do and the new one may not, by stage.
    pub lost: Vec<Permission>,
    /// What else is not as it was.
    pub changes: Vec<Change>,
}

/// One of the two pipelines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its name.
    pub pipeline: String,
    /// `sha256:` and the digest of its component.
    pub digest: String,
}

/// One thing that a stage may do, or could do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// The stage.
    pub stage: String,
    /// Goes on from "may": `talk to address 0x77 on I2C bus "environment"`.
    pub may: String,
}

/// A change that is no permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// The pipeline has another name.
    Renamed,
    /// A stage is new.
    StageAdded {
        /// Its name.
        stage: String,
        /// The digest of its component.
        digest: String,
    },
    /// A stage is gone.
    StageRemoved {
        /// Its name.
        stage: String,
        /// The digest of its component.
        digest: String,
    },
    /// A stage is another component.
    Component {
        /// Its name.
        stage: String,
        /// The digest before.
        old: String,
        /// The digest now.
        new: String,
        /// Whether it may do the same as before.
        same_permissions: bool,
    },
    /// A stage comes from elsewhere.
    Source {
        /// Its name.
        stage: String,
        /// Where it came from.
        old: SourceReport,
        /// Where it comes from.
        new: SourceReport,
    },
    /// A stage is told something else.
    Settings {
        /// Its name.
        stage: String,
        /// What it was told.
        old: BTreeMap<String, String>,
        /// What it is told now.
        new: BTreeMap<String, String>,
    },
    /// The pipeline exports something more.
    ExportAdded {
        /// The stage.
        stage: String,
        /// The interface.
        interface: String,
    },
    /// The pipeline exports something no longer.
    ExportRemoved {
        /// The stage.
        stage: String,
        /// The interface.
        interface: String,
    },
}

impl Diff {
    /// Compares two reports.
    pub fn new(old: &Report, new: &Report) -> Self {
        let gained = beyond(new, old);
        let lost = beyond(old, new);
        let changes = changes(old, new, &gained, &lost);
        Self {
            format: DIFF_FORMAT,
            old: side(old),
            new: side(new),
            gained: told(&gained),
            lost: told(&lost),
            changes,
        }
    }

    /// Whether both are the same in all that is compared. Their digests may
    /// differ.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.changes.is_empty()
    }

    /// The difference as JSON, of printable ASCII alone.
    pub fn to_json(&self) -> String {
        json(self)
    }
}

fn side(report: &Report) -> Side {
    Side { pipeline: report.pipeline.clone(), digest: report.digest.clone() }
}

/// What stages of `one` may do that the stage of the same name in `other` may
/// not, in the order of `one`.
fn beyond<'a>(one: &'a Report, other: &Report) -> Vec<(&'a str, Vec<Ability>)> {
    let stages = one.stages.iter().map(|stage| {
        let covering = abilities(other, &stage.name);
        let mut all = abilities(one, &stage.name);
        all.retain(|ability| !covering.iter().any(|covers| covers.covers(ability)));
        (stage.name.as_str(), all)
    });
    stages.filter(|(_, abilities)| !abilities.is_empty()).collect()
}

fn told(beyond: &[(&str, Vec<Ability>)]) -> Vec<Permission> {
    let words = beyond.iter().flat_map(|(stage, abilities)| {
        let permission = move |may| Permission { stage: (*stage).to_owned(), may };
        ability::words(abilities).into_iter().map(permission)
    });
    words.collect()
}

type Beyond<'a> = [(&'a str, Vec<Ability>)];

fn changes(old: &Report, new: &Report, gained: &Beyond<'_>, lost: &Beyond<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.pipeline != new.pipeline {
        changes.push(Change::Renamed);
    }
    for stage in &new.stages {
        let (name, digest) = (stage.name.clone(), stage.digest.clone());
        let Some(before) = find(old, &name) else {
            changes.push(Change::StageAdded { stage: name, digest });
            continue;
        };
        if let (Some(source), Some(now)) = (&before.source, &stage.source) {
            if source != now {
                let (stage, old, new) = (name.clone(), source.clone(), now.clone());
                changes.push(Change::Source { stage, old, new });
            }
            if before.settings != stage.settings {
                let (old, new) = (before.settings.clone(), stage.settings.clone());
                changes.push(Change::Settings { stage: name.clone(), old, new });
            }
        }
        if before.digest != digest {
            let differs = |side: &Beyond<'_>| side.iter().any(|(stage, _)| *stage == name);
            changes.push(Change::Component {
                same_permissions: !differs(gained) && !differs(lost),
                stage: name,
                old: before.digest.clone(),
                new: digest,
            });
        }
    }
    for stage in old.stages.iter().filter(|stage| find(new, &stage.name).is_none()) {
        let (stage, digest) = (stage.name.clone(), stage.digest.clone());
        changes.push(Change::StageRemoved { stage, digest });
    }
    for export in new.exports.iter().filter(|export| !old.exports.contains(export)) {
        let (stage, interface) = (export.stage.clone(), export.interface.clone());
        changes.push(Change::ExportAdded { stage, interface });
    }
    for export in old.exports.iter().filter(|export| !new.exports.contains(export)) {
        let (stage, interface) = (export.stage.clone(), export.interface.clone());
        changes.push(Change::ExportRemoved { stage, interface });
    }
    changes
}

fn find<'a>(report: &'a Report, name: &str) -> Option<&'a StageReport> {
    report.stages.iter().find(|stage| stage.name == name)
}
