//! The plan: what is wired to what, checked before anything is put together.

mod exclusive;
mod exports;
mod fit;
mod given;
mod identity;
mod script;
mod slots;
mod through;
mod wiring;

use periplasm_request::Requests;

use crate::component::{Shape, SlotShape};
use crate::manifest::Manifest;
use crate::problem::Problem;
use crate::source::Loaded;

pub(crate) use fit::sides;
pub(crate) use script::{Found, check_wired};
pub(crate) use slots::{SHARED, WASI, check as check_slots};
pub(crate) use through::settle;
pub(crate) use wiring::is_shared;

/// A stage of the manifest with its component.
pub(crate) struct Staged<'a> {
    pub(crate) stage: &'a crate::manifest::Stage,
    pub(crate) loaded: &'a Loaded,
}

/// All that is needed to put stages together.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Stages in the order in which they are instantiated: every one after
    /// those that it uses, otherwise in the order of the manifest.
    pub(crate) order: Vec<usize>,
    /// For each stage, what it takes from others: interfaces, and hardware for
    /// its slots.
    pub(crate) wires: Vec<Vec<Wire>>,
    pub(crate) exports: Vec<PlannedExport>,
    pub(crate) requests: Requests,
}

impl Plan {
    /// What a stage takes for this import from another, if it does.
    pub(crate) fn wire(&self, stage: usize, import: &str, shape: &Shape) -> Option<&Wire> {
        self.wires[stage].iter().find(|wire| shape.imports[wire.import].name == import)
    }

    /// The slots of a stage that the board fills: imports of the pipeline.
    pub(crate) fn board_slots<'a>(
        &'a self,
        stage: usize,
        shape: &'a Shape,
    ) -> impl Iterator<Item = (&'a str, &'a SlotShape)> {
        shape.slots().filter(move |(slot, _)| self.wire(stage, slot, shape).is_none())
    }
}

/// An import of a stage that another stage satisfies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    /// The index of the import.
    pub(crate) import: usize,
    pub(crate) provider: usize,
    /// The index of the provider's export.
    pub(crate) export: usize,
}

/// An export of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedExport {
    pub(crate) stage: usize,
    /// Under which the stage and the pipeline export it.
    pub(crate) name: String,
}

/// Makes the plan, or says what is wrong with the wiring.
pub(crate) fn plan(manifest: &Manifest, loaded: &[Loaded]) -> Result<Plan, Vec<Problem>> {
    let staged: Vec<Staged<'_>> = manifest
        .stages
        .iter()
        .zip(loaded)
        .map(|(stage, loaded)| Staged { stage, loaded })
        .collect();
    let mut problems = Vec::new();
    let exports = exports::plan(manifest, &staged, &mut problems);
    let wires = wiring::wires(&staged, &mut problems);
    fit::check(&staged, &wires, &mut problems);
    // Identities mean something only between interfaces that fit.
    if problems.is_empty() {
        identity::check(&staged, &wires, &mut problems);
    }
    exclusive::check(&staged, &mut problems);
    let requests = slots::requests(manifest, &staged, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Plan { order: order(manifest), wires, exports, requests })
}

/// The manifest has no circles, so every round places at least one stage.
fn order(manifest: &Manifest) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(manifest.stages.len());
    let mut placed = vec![false; manifest.stages.len()];
    loop {
        let ready = manifest.stages.iter().enumerate().position(|(index, stage)| {
            !placed[index] && stage.providers().all(|provider| placed[provider.value])
        });
        let Some(ready) = ready else { return order };
        placed[ready] = true;
        order.push(ready);
    }
}
