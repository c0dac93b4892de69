//! Slots: what the component has against what the manifest fills.

use periplasm_request::{
    MAX_SECTION_BYTES, Request, Requests, SlotRequest, StageRequests, VERSION, list, nearest,
};

use super::Staged;
use crate::component::Shape;
use crate::kind::{SlotKind, Words as _};
use crate::manifest::{At, Manifest, Stage, Wants};
use crate::problem::{Problem, StageProblem, WiringProblem};
use crate::seal;

/// Packages that are the same for every stage, so that a driver may import
/// their interfaces without taking them from another stage.
pub(crate) const SHARED: [&str; 4] =
    ["wasi:i2c", "periplasm:hal", "periplasm:usb", "periplasm:usb-device"];

/// The namespace of what a host gives to an app, and to no driver.
pub(crate) const WASI: &str = "wasi:";

/// What can be said of one stage alone.
pub(crate) fn check(stage: &Stage, shape: &Shape) -> Vec<Problem> {
    let name = || stage.name.value.clone();
    let mut problems: Vec<Problem> = Vec::new();
    // Had all been known, they would have been sealed.
    let taken = seal::wasi_of(stage, shape).into_iter().filter(|wasi| !seal::knows(wasi));
    let taken: Vec<String> = taken.map(ToString::to_string).collect();
    if !taken.is_empty() {
        let interfaces = several(&taken);
        problems.push(
            StageProblem::SharedWasi { stage: name(), interfaces, at: stage.source.at }.into(),
        );
    }
    for (slot, actual) in shape.slots() {
        if actual.kind != SlotKind::Diag && stage.slot(slot).is_none() {
            let mut line = actual.kind.line(slot);
            if (actual.kind, slot) == (SlotKind::Usb, "usb") {
                line += ". The slot is of the stage's USB library, not of its own world";
            }
            let (slot, kind) = (slot.to_owned(), actual.kind.as_str());
            problems.push(
                StageProblem::SlotMissing { stage: name(), slot, kind, line, at: stage.slots_at }
                    .into(),
            );
        }
    }
    for entry in &stage.slots {
        let slot = entry.name.value.clone();
        let Some((_, actual)) = shape.slots().find(|(name, _)| *name == slot) else {
            problems.push(unknown(stage, shape, &entry.name).into());
            continue;
        };
        // A log is the host's to give, unless a stage stands for the host.
        if actual.kind == SlotKind::Diag && matches!(entry.wants, Wants::Board(_)) {
            problems.push(StageProblem::SlotGranted { stage: name(), slot, at: entry.at }.into());
            continue;
        }
        // What another stage gives is looked at when all are there.
        let Wants::Board(request) = &entry.wants else { continue };
        let (stated, actual) = (request.kind(), actual.kind.as_str());
        if stated != actual {
            let stage = name();
            problems
                .push(StageProblem::SlotKind { stage, slot, actual, stated, at: entry.at }.into());
        }
    }
    problems
}

/// The problem of a slot that a stage does not have.
pub(super) fn unknown(stage: &Stage, shape: &Shape, slot: &At<String>) -> StageProblem {
    let (stage, help) = (stage.name.value.clone(), unknown_help(shape, &slot.value));
    StageProblem::SlotUnknown { stage, slot: slot.value.clone(), help, at: slot.at }
}

fn several(names: &[String]) -> String {
    // A program on std imports a dozen; three are enough to recognise it.
    match names {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("`{first}`, `{second}`, `{third}` and {} more", rest.len())
        }
        _ => list(names, "nothing"),
    }
}

fn unknown_help(shape: &Shape, slot: &str) -> String {
    let has: Vec<&str> = shape
        .slots()
        .filter(|(_, shape)| shape.kind != SlotKind::Diag)
        .map(|(name, _)| name)
        .collect();
    match nearest(slot, has.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "it has {}. A slot that the code never opens is not in the component",
            list(has, "no slots")
        ),
    }
}

/// The contents of the custom section.
pub(super) fn requests(
    manifest: &Manifest,
    staged: &[Staged<'_>],
    problems: &mut Vec<Problem>,
) -> Requests {
    let stages = staged.iter().map(|Staged { stage, loaded }| {
        let mut slots: Vec<SlotRequest> = loaded
            .shape
            .slots()
            .filter_map(|(slot, shape)| {
                let request = match (shape.kind, stage.slot(slot).map(|entry| &entry.wants)) {
                    // No import of the pipeline.
                    (_, Some(Wants::Given { .. })) => return None,
                    (SlotKind::Diag, _) => Request::Diag,
                    (_, Some(Wants::Board(request))) => request.clone(),
                    (_, None) => return None,
                };
                Some(SlotRequest { slot: slot.to_owned(), request })
            })
            .collect();
        slots.sort_by(|a, b| a.slot.cmp(&b.slot));
        StageRequests { stage: stage.name.value.clone(), slots }
    });
    let pipeline = manifest.name.value.clone();
    let requests = Requests { version: VERSION, pipeline, stages: stages.collect() };
    let bytes = requests.to_bytes().len();
    if bytes > MAX_SECTION_BYTES {
        let (limit, at) = (MAX_SECTION_BYTES, manifest.name.at);
        problems.push(WiringProblem::RequestsTooLong { bytes, limit, at }.into());
    }
    requests
}
