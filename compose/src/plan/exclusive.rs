//! Hardware that one slot has for itself.

use super::Staged;
use super::through::same;
use crate::component::SlotShape;
use crate::manifest::{SlotEntry, Wants};
use crate::problem::{Problem, WiringProblem};

/// A slot that the manifest fills.
struct Filled<'a> {
    stage: &'a str,
    shape: &'a SlotShape,
    entry: &'a SlotEntry,
}

/// Notes every slot that takes what an earlier one has for itself. A host
/// refuses it too, where the board gives the hardware; here is the place in
/// the manifest.
pub(super) fn check(staged: &[Staged<'_>], problems: &mut Vec<Problem>) {
    let mut taken: Vec<Filled<'_>> = Vec::new();
    for Staged { stage, loaded } in staged {
        for (name, shape) in loaded.shape.slots().filter(|(_, shape)| shape.kind.is_exclusive()) {
            let Some(entry) = stage.slot(name) else { continue };
            let second = Filled { stage: &stage.name.value, shape, entry };
            match taken.iter().find(|first| same(&first.entry.wants, &second.entry.wants)) {
                Some(first) => problems.push(describe(staged, first, &second).into()),
                None => taken.push(second),
            }
        }
    }
}

fn describe(staged: &[Staged<'_>], first: &Filled<'_>, second: &Filled<'_>) -> WiringProblem {
    let slot =
        |filled: &Filled<'_>| format!("`{}` of stage `{}`", filled.entry.name.value, filled.stage);
    let kind = second.shape.kind.as_str();
    let what = match &second.entry.wants {
        Wants::Board(request) => format!("{kind} {:?}", request.name().unwrap_or_default()),
        Wants::Given { provider, export } => {
            let giver = &staged[provider.value].stage.name.value;
            format!("{kind} `{}` of stage `{giver}`", export.value)
        }
    };
    WiringProblem::TakenTwice {
        first: slot(first),
        second: slot(second),
        what,
        kind,
        first_at: first.entry.at,
        second_at: second.entry.at,
    }
}
