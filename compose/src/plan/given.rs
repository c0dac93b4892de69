//! Slots that another stage fills.
//!
//! Such a slot is wired to what the other stage exports under a plain name,
//! and with it the interface that defines the handle: a component imports that
//! once, so all its slots of one kind come from the same place.

use periplasm_request::{list, nearest};

use super::{Staged, Wire};
use crate::component::{Shape, SlotShape, StageKind};
use crate::kind::SlotKind;
use crate::manifest::{SlotEntry, Wants};
use crate::problem::{GivenProblem, Problem};

/// The interface through which the host starts a transaction and goes on.
const START: &str = "periplasm:hal/start";

/// Where all slots of one kind of a stage come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Giver {
    /// The host.
    Host,
    /// A stage, by its index.
    Stage(usize),
}

/// The slots of a stage that others fill, wired as far as they fit.
pub(super) fn wires(staged: &[Staged<'_>], user: usize, problems: &mut Vec<Problem>) -> Vec<Wire> {
    let Staged { stage, loaded } = &staged[user];
    let mut wires = Vec::new();
    for entry in &stage.slots {
        let Wants::Given { provider, .. } = &entry.wants else { continue };
        if loaded.shape.kind() == StageKind::App {
            let problem = GivenProblem::App {
                stage: stage.name.value.clone(),
                slot: entry.name.value.clone(),
                provider: staged[provider.value].stage.name.value.clone(),
                at: entry.at,
            };
            problems.push(problem.into());
            continue;
        }
        wires.extend(wire(staged, user, entry, problems));
    }
    for kind in SlotKind::all() {
        if let Err(problem) = giver(&staged[user], kind) {
            problems.push(describe(staged, user, kind, problem).into());
        }
    }
    wires
}

/// `None` when that is a problem, noted here or elsewhere.
fn wire(
    staged: &[Staged<'_>],
    user: usize,
    entry: &SlotEntry,
    problems: &mut Vec<Problem>,
) -> Option<Wire> {
    let Wants::Given { provider, export } = &entry.wants else { return None };
    let shape = &staged[user].loaded.shape;
    let (_, wanted) = shape.slots().find(|(name, _)| *name == entry.name.value)?;
    let import = shape.imports.iter().position(|import| import.name == entry.name.value)?;

    let gives = &staged[provider.value].loaded.shape;
    let found = gives.hardware().find(|(_, name, _)| *name == export.value);
    let Some((index, _, given)) = found else {
        let provider = staged[provider.value].stage.name.value.clone();
        let help = unknown_help(gives, &provider, &export.value);
        let (export, at) = (export.value.clone(), export.at);
        problems.push(GivenProblem::Unknown { provider, export, help, at }.into());
        return None;
    };
    if let Some(problem) = unfit(staged, user, entry, wanted, given) {
        problems.push(problem.into());
        return None;
    }
    Some(Wire { import, provider: provider.value, export: index })
}

/// Why hardware does not fit a slot, if it does not.
fn unfit(
    staged: &[Staged<'_>],
    user: usize,
    entry: &SlotEntry,
    wanted: &SlotShape,
    given: &SlotShape,
) -> Option<GivenProblem> {
    let Wants::Given { provider, export } = &entry.wants else { return None };
    let stage = staged[user].stage.name.value.clone();
    let provider = staged[provider.value].stage.name.value.clone();
    let (slot, export, at) = (entry.name.value.clone(), export.value.clone(), entry.at);
    if wanted.kind != given.kind {
        let (wanted, given) = (wanted.kind.as_str(), given.kind.as_str());
        return Some(GivenProblem::Kind { stage, slot, wanted, provider, export, given, at });
    }
    if wanted.addresses && !given.addresses {
        return Some(GivenProblem::NoAddresses { stage, slot, provider, export, at });
    }
    // The host starts transactions on what it opened itself, and nothing else.
    let (_, handle) = given.kind.resource();
    let starts = staged[user].loaded.shape.interfaces().any(|(_, interface, contract)| {
        interface.path == START && contract.resources.contains_key(handle)
    });
    starts.then_some(GivenProblem::Started { stage, slot, provider, at })
}

fn unknown_help(gives: &Shape, stage: &str, export: &str) -> String {
    let names: Vec<&str> = gives.hardware().map(|(_, name, _)| name).collect();
    match nearest(export, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!(
            "it gives none: a stage gives hardware that its world exports under a plain name \
             (`export p0: interface {{ … }}`). To call `{stage}`, name it in `uses`"
        ),
        None => format!("it gives {}", list(names, "none")),
    }
}

/// Two slots of one kind that cannot come from where they shall.
pub(super) struct Mixed<'a>(&'a SlotEntry, &'a SlotEntry);

/// Where the slots of a kind come from; `None` if the stage has none that the
/// manifest fills.
pub(super) fn giver<'a>(staged: &Staged<'a>, kind: SlotKind) -> Result<Option<Giver>, Mixed<'a>> {
    let mut found: Option<(Giver, &SlotEntry)> = None;
    for entry in &staged.stage.slots {
        let mut slots = staged.loaded.shape.slots();
        if !slots.any(|(name, slot)| *name == entry.name.value && slot.kind == kind) {
            continue;
        }
        let giver = match &entry.wants {
            Wants::Board(_) => Giver::Host,
            Wants::Given { provider, .. } => Giver::Stage(provider.value),
        };
        match found {
            None => found = Some((giver, entry)),
            Some((first, earlier)) if first != giver => return Err(Mixed(earlier, entry)),
            Some(_) => {}
        }
    }
    Ok(found.map(|(giver, _)| giver))
}

fn describe(
    staged: &[Staged<'_>],
    user: usize,
    kind: SlotKind,
    Mixed(first, second): Mixed<'_>,
) -> GivenProblem {
    let place = |entry: &SlotEntry| match &entry.wants {
        Wants::Board(_) => "the board".to_owned(),
        Wants::Given { provider, .. } => {
            format!("stage `{}`", staged[provider.value].stage.name.value)
        }
    };
    GivenProblem::Mixed {
        stage: staged[user].stage.name.value.clone(),
        kind: kind.as_str(),
        interface: kind.resource().0,
        first: first.name.value.clone(),
        first_place: place(first),
        second: second.name.value.clone(),
        second_place: place(second),
        first_at: first.at,
        second_at: second.at,
    }
}
