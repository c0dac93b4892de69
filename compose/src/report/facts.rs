//! What a report is made from: known from a manifest, or found in a component.

use std::collections::BTreeMap;
use std::path::Path;

use periplasm_request::Requests;

use super::SourceReport;
use crate::component::{Shape, SlotShape, StageKind};
use crate::fetch::Remote;
use crate::manifest::{Manifest, Source};
use crate::plan::{Plan, Wire};
use crate::source::Loaded;

/// A pipeline.
pub(crate) struct Facts<'a> {
    pub(crate) pipeline: String,
    pub(crate) component: &'a [u8],
    pub(crate) stages: Vec<StageFacts<'a>>,
    /// Which stage exports what.
    pub(crate) exports: Vec<(usize, &'a str)>,
    pub(crate) requests: &'a Requests,
}

/// One stage of it.
pub(crate) struct StageFacts<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: StageKind,
    pub(crate) source: Option<SourceReport>,
    pub(crate) sealed: bool,
    pub(crate) adapters: Vec<&'static str>,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) bytes: &'a [u8],
    pub(crate) shape: &'a Shape,
    /// What it takes from others.
    pub(crate) wires: Vec<Wire>,
}

impl<'a> Facts<'a> {
    /// What is known of a pipeline that was just composed.
    pub(crate) fn of_plan(
        manifest: &'a Manifest,
        loaded: &'a [Loaded],
        plan: &'a Plan,
        component: &'a [u8],
    ) -> Self {
        let stages = manifest.stages.iter().zip(loaded).zip(&plan.wires);
        let stages = stages.map(|((stage, one), wires)| StageFacts {
            name: &stage.name.value,
            kind: one.component.kind(),
            source: Some(source(&stage.source.value, one)),
            sealed: one.sealed,
            adapters: one.adapters.clone(),
            settings: stage.settings.clone().map(|settings| settings.value).unwrap_or_default(),
            bytes: one.component.bytes(),
            shape: &one.shape,
            wires: sorted(wires),
        });
        Self {
            pipeline: manifest.name.value.clone(),
            component,
            stages: stages.collect(),
            exports: plan.exports.iter().map(|e| (e.stage, e.name.as_str())).collect(),
            requests: &plan.requests,
        }
    }

    pub(super) fn name(&self, stage: usize) -> String {
        self.stages[stage].name.to_owned()
    }

    /// What the provider of a wire calls it.
    pub(super) fn export(&self, wire: &Wire) -> &str {
        &self.stages[wire.provider].shape.exports[wire.export].name
    }
}

impl StageFacts<'_> {
    /// Whether another stage satisfies this import.
    pub(super) fn is_wired(&self, import: &str) -> bool {
        self.wires.iter().any(|wire| self.shape.imports[wire.import].name == import)
    }

    /// The slots that the board fills.
    pub(crate) fn board_slots(&self) -> impl Iterator<Item = (&str, &SlotShape)> {
        self.shape.slots().filter(|(slot, _)| !self.is_wired(slot))
    }
}

/// In the order of the stage's imports, which is all that a component keeps.
fn sorted(wires: &[Wire]) -> Vec<Wire> {
    let mut wires = wires.to_vec();
    wires.sort_by_key(|wire| wire.import);
    wires
}

/// What a stage is made of, with what was fetched for it.
pub(crate) fn source(source: &Source, loaded: &Loaded) -> SourceReport {
    let shown = |path: &Path| path.display().to_string();
    let resolved = loaded.resolved.clone().unwrap_or_default();
    match source {
        Source::Crate(path) => SourceReport::Crate(shown(path)),
        Source::Wasm(path) => SourceReport::Wasm(shown(path)),
        Source::Remote(Remote::Oci(reference)) => {
            SourceReport::Oci { reference: reference.clone(), resolved }
        }
        Source::Remote(Remote::Package(name)) => {
            SourceReport::Package { name: name.clone(), resolved }
        }
    }
}
