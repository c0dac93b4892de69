//! Whether stages mean the same by the same interface.

mod view;

use miette::SourceSpan;

use super::{Staged, Wire};
use crate::component::{Contract, ImportKind, Shape};
use crate::manifest::Manifest;
use crate::name::InterfaceName;
use crate::problem::{Problem, View, WiringProblem};
use crate::source::Loaded;

/// An interface as one stage sees it.
struct Side<'a> {
    name: &'a str,
    at: SourceSpan,
    /// What it does with it: exports or imports.
    does: &'static str,
    /// As it calls it.
    interface: String,
    shape: &'a Shape,
    contract: &'a Contract,
}

pub(super) fn check(staged: &[Staged<'_>], wires: &[Vec<Wire>], problems: &mut Vec<Problem>) {
    check_wires(staged, wires, problems);
    check_shared(staged, wires, problems);
}

/// What a stage takes must be what the other gives.
fn check_wires(staged: &[Staged<'_>], wires: &[Vec<Wire>], problems: &mut Vec<Problem>) {
    for (user, wires) in wires.iter().enumerate() {
        for wire in wires {
            let import = &staged[user].loaded.shape.imports[wire.import];
            let export = &staged[wire.provider].loaded.shape.exports[wire.export];
            let left = side(&staged[wire.provider], "exports", &export.name, &export.contract);
            let right = side(&staged[user], "imports", &import.name, import.contract());
            note(problems, &left, &right, &differences(&left, &right, true));
        }
    }
}

/// What stays an import of the pipeline must be the same to all who import it.
fn check_shared(staged: &[Staged<'_>], wires: &[Vec<Wire>], problems: &mut Vec<Problem>) {
    let mut seen: Vec<(&InterfaceName, Side<'_>)> = Vec::new();
    for (user, stage) in staged.iter().enumerate() {
        for (index, import) in stage.loaded.shape.imports.iter().enumerate() {
            let ImportKind::Interface { interface, contract, .. } = &import.kind else { continue };
            if wires[user].iter().any(|wire| wire.import == index) {
                continue;
            }
            let right = side(stage, "imports", &interface.to_string(), contract);
            // Each against all before: one may lack what the others disagree on.
            let track = seen.iter().filter(|(name, _)| name.same_track(interface));
            let other = track.into_iter().find_map(|(_, left)| {
                let found = differences(left, &right, false);
                (!found.is_empty()).then_some((left, found))
            });
            if let Some((left, found)) = other {
                note(problems, left, &right, &found);
            }
            seen.push((interface, right));
        }
    }
}

/// What two stages call an interface: one name, or two versions of it.
fn both(left: &str, right: &str) -> String {
    if left == right { left.to_owned() } else { format!("{left} and {right}") }
}

fn side<'a>(
    staged: &Staged<'a>,
    does: &'static str,
    interface: &str,
    contract: &'a Contract,
) -> Side<'a> {
    Side {
        name: &staged.stage.name.value,
        at: staged.stage.source.at,
        does,
        interface: interface.to_owned(),
        shape: &staged.loaded.shape,
        contract,
    }
}

/// Functions and types of `right` that `left` defines otherwise, or not at all
/// if it `must` have them.
fn differences<'a>(left: &Side<'_>, right: &Side<'a>, must: bool) -> Vec<&'a str> {
    let differing: Vec<_> = right
        .contract
        .items
        .iter()
        .filter_map(|(name, wanted)| match left.contract.items.get(name) {
            Some(given) if given.structure == wanted.structure => None,
            Some(given) => Some((name.as_str(), given.words != wanted.words)),
            None if must => Some((name.as_str(), true)),
            None => None,
        })
        .collect();
    // A function whose words are the same differs through a type that it
    // names; that type is among the items and tells it better.
    let any = differing.iter().any(|(_, worded)| *worded);
    let told = differing.iter().filter(|(_, worded)| !any || *worded);
    told.map(|(name, _)| *name).collect()
}

fn note(problems: &mut Vec<Problem>, left: &Side<'_>, right: &Side<'_>, differences: &[&str]) {
    if differences.is_empty() {
        return;
    }
    let (one, other) = view::pair(left, right, differences);
    let problem = WiringProblem::Mismatch {
        left: left.name.to_owned(),
        right: right.name.to_owned(),
        interface: both(&left.interface, &right.interface),
        sides: vec![one, other],
        left_at: left.at,
        right_at: right.at,
    };
    problems.push(problem.into());
}

/// Both sides of what a library refuses under this name: a stage's import, and
/// another's export of it or import of the same. `None` if no two differ.
pub(crate) fn sides(manifest: &Manifest, loaded: &[Loaded], name: &str) -> Option<[View; 2]> {
    let wanted = InterfaceName::parse(name)?;
    let staged: Vec<Staged<'_>> = manifest
        .stages
        .iter()
        .zip(loaded)
        .map(|(stage, loaded)| Staged { stage, loaded })
        .collect();
    let same = |interface: &InterfaceName| interface.path == wanted.path;
    let (mut exports, mut imports) = (Vec::new(), Vec::new());
    for one in &staged {
        for export in &one.loaded.shape.exports {
            if export.interface().is_some_and(same) {
                exports.push(side(one, "exports", &export.name, &export.contract));
            }
        }
        for (import, interface, contract) in one.loaded.shape.interfaces() {
            if same(interface) {
                imports.push(side(one, "imports", &import.name, contract));
            }
        }
    }
    let differ = |left: &Side<'_>, right: &Side<'_>, must: bool| {
        let found = differences(left, right, must);
        (!found.is_empty()).then(|| view::pair(left, right, &found).into())
    };
    let given = exports.iter().flat_map(|left| imports.iter().map(move |right| (left, right)));
    let shared = imports
        .iter()
        .enumerate()
        .flat_map(|(place, left)| imports[place + 1..].iter().map(move |right| (left, right)));
    given
        .filter(|(left, right)| left.name != right.name)
        .find_map(|(left, right)| differ(left, right, true))
        .or_else(|| shared.into_iter().find_map(|(left, right)| differ(left, right, false)))
}
