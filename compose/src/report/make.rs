//! From facts to the report.

use periplasm_request::{Request, join};

use super::{
    ExportReport, Facts, GivenReport, REPORT_FORMAT, Report, SlotReport, StageFacts, StageReport,
    WireReport, permissions,
};
use crate::component::{Import, ImportKind, digest};
use crate::kind::{SlotKind, Words as _};

impl Report {
    pub(crate) fn new(facts: &Facts<'_>) -> Self {
        let exports = facts.exports.iter().map(|(stage, interface)| ExportReport {
            interface: (*interface).to_owned(),
            stage: facts.name(*stage),
        });
        Self {
            format: REPORT_FORMAT,
            pipeline: facts.pipeline.clone(),
            size: facts.component.len(),
            digest: digest(facts.component),
            stages: facts.stages.iter().map(|stage| one(facts, stage)).collect(),
            wiring: wiring(facts),
            exports: exports.collect(),
            permissions: permissions::all(facts),
        }
    }
}

fn one(facts: &Facts<'_>, stage: &StageFacts<'_>) -> StageReport {
    let slots = stage.board_slots().map(|(slot, shape)| SlotReport {
        name: slot.to_owned(),
        import: join(stage.name, slot),
        kind: shape.kind.as_str(),
        // Checked before: every slot of the board has one.
        request: facts.requests.slot(stage.name, slot).cloned().unwrap_or(Request::Diag),
    });
    let mut slots: Vec<SlotReport> = slots.collect();
    slots.sort_by(|a, b| a.name.cmp(&b.name));
    StageReport {
        name: stage.name.to_owned(),
        kind: stage.kind,
        source: stage.source.clone(),
        sealed: stage.sealed,
        adapters: stage.adapters.clone(),
        size: stage.bytes.len(),
        digest: digest(stage.bytes),
        settings: stage.settings.clone(),
        slots,
        given: given(facts, stage),
    }
}

/// The slots of a stage that others fill.
fn given(facts: &Facts<'_>, stage: &StageFacts<'_>) -> Vec<GivenReport> {
    let given = stage.wires.iter().filter_map(|wire| match &stage.shape.imports[wire.import] {
        Import { name, kind: ImportKind::Slot { slot, .. } } => Some(GivenReport {
            name: name.clone(),
            kind: slot.kind.as_str(),
            provider: facts.name(wire.provider),
            export: facts.export(wire).to_owned(),
        }),
        _ => None,
    });
    let mut given: Vec<GivenReport> = given.collect();
    given.sort_by(|a, b| a.name.cmp(&b.name));
    given
}

/// Interfaces that stages take from each other. Not those of hardware: they
/// come with the slots.
fn wiring(facts: &Facts<'_>) -> Vec<WireReport> {
    let mut wiring = Vec::new();
    for stage in &facts.stages {
        for wire in &stage.wires {
            let import = &stage.shape.imports[wire.import];
            let ImportKind::Interface { interface, labelled, .. } = &import.kind else { continue };
            let kind = SlotKind::of_interface(interface);
            if stage.shape.slots().any(|(_, slot)| Some(slot.kind) == kind) {
                continue;
            }
            wiring.push(WireReport {
                user: stage.name.to_owned(),
                interface: facts.export(wire).to_owned(),
                provider: facts.name(wire.provider),
                label: labelled.then(|| import.name.clone()),
            });
        }
    }
    wiring
}
