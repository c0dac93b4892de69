//! Checking what a script wires, as what a manifest wires is checked.

use periplasm_request::Requests;

use super::{Staged, Wire, exclusive, fit, given, identity, slots};
use crate::manifest::{Manifest, Stage};
use crate::problem::Problem;
use crate::source::Loaded;

/// What is wrong, and where its places are.
#[derive(Debug)]
pub(crate) enum Found {
    InManifest(Problem),
    InScript(Problem),
}

/// Checks wires that are known already. `placed` are the stages with the slots
/// and the places that the script gives them. Returns the requests of what the
/// board fills.
pub(crate) fn check_wired(
    manifest: &Manifest,
    placed: &[Stage],
    loaded: &[Loaded],
    wires: &[Vec<Wire>],
) -> Result<Requests, Vec<Found>> {
    let declared = staged(&manifest.stages, loaded);
    let mut problems = Vec::new();
    for ((stage, placed), loaded) in manifest.stages.iter().zip(placed).zip(loaded) {
        // A slot that the script fills is none that the manifest lacks.
        let told = |problem: &Problem| match problem {
            Problem::Stage(crate::problem::StageProblem::SlotMissing { slot, .. }) => {
                placed.slot(slot).is_none()
            }
            _ => true,
        };
        problems.extend(slots::check(stage, &loaded.shape).into_iter().filter(told));
    }
    exclusive::check(&declared, &mut problems);
    let requests = slots::requests(manifest, &declared, &mut problems);
    let mut found: Vec<Found> = problems.into_iter().map(Found::InManifest).collect();

    let staged = staged(placed, loaded);
    let mut problems = Vec::new();
    for user in 0..staged.len() {
        given::wires(&staged, user, &mut problems);
    }
    fit::check(&staged, wires, &mut problems);
    // Identities mean something only between interfaces that fit.
    if problems.is_empty() {
        identity::check(&staged, wires, &mut problems);
    }
    if found.is_empty() {
        exclusive::check(&staged, &mut problems);
    }
    found.extend(problems.into_iter().map(Found::InScript));
    if found.is_empty() { Ok(requests) } else { Err(found) }
}

fn staged<'a>(stages: &'a [Stage], loaded: &'a [Loaded]) -> Vec<Staged<'a>> {
    stages.iter().zip(loaded).map(|(stage, loaded)| Staged { stage, loaded }).collect()
}
