//! Whether stages mean the same by the same interface.

use miette::SourceSpan;

use super::{Staged, Wire};
use crate::component::{Contract, ImportKind};
use crate::name::InterfaceName;
use crate::problem::{Difference, Problem, WiringProblem};

/// The most differences that one problem tells.
const MOST: usize = 3;

/// An interface as one stage sees it.
struct Side<'a> {
    name: &'a str,
    at: SourceSpan,
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
            let left = side(&staged[wire.provider], &export.contract);
            let right = side(&staged[user], import.contract());
            let differences = differences(&left, &right, true);
            note(problems, &both(&export.name, &import.name), &left, &right, differences);
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
            let right = side(stage, contract);
            // Each against all before: one may lack what the others disagree on.
            let track = seen.iter().filter(|(name, _)| name.same_track(interface));
            let other = track.into_iter().find_map(|(name, left)| {
                let found = differences(left, &right, false);
                (!found.is_empty()).then_some((name, left, found))
            });
            if let Some((name, left, found)) = other {
                note(problems, &both(&name.to_string(), &import.name), left, &right, found);
            }
            seen.push((interface, right));
        }
    }
}

/// What two stages call an interface: one name, or two versions of it.
fn both(left: &str, right: &str) -> String {
    if left == right { left.to_owned() } else { format!("{left} and {right}") }
}

fn side<'a>(staged: &Staged<'a>, contract: &'a Contract) -> Side<'a> {
    Side { name: &staged.stage.name.value, at: staged.stage.source.at, contract }
}

/// Functions and types of `right` that `left` defines otherwise, or not at all
/// if it `must` have them.
fn differences(left: &Side<'_>, right: &Side<'_>, must: bool) -> Vec<Difference> {
    let differing: Vec<_> = right
        .contract
        .items
        .iter()
        .filter_map(|(name, wanted)| match left.contract.items.get(name) {
            Some(given) if given.structure == wanted.structure => None,
            Some(given) => Some((name, given.words.as_str(), wanted.words.as_str())),
            None if must => Some((name, "does not have it", wanted.words.as_str())),
            None => None,
        })
        .collect();
    // A function whose words are the same differs through a type that it
    // names; that type is among the items and tells it better.
    let worded = |(_, given, wanted): &(&String, &str, &str)| given != wanted;
    let any = differing.iter().any(worded);
    let told = differing.iter().filter(|d| !any || worded(d));
    let total = told.clone().count();
    let mut differences: Vec<Difference> = told
        .take(MOST)
        .map(|(name, given, wanted)| Difference {
            item: plain(name),
            left: (left.name.to_owned(), (*given).to_owned()),
            right: (right.name.to_owned(), (*wanted).to_owned()),
        })
        .collect();
    if let Some(last) = differences.last_mut().filter(|_| total > MOST) {
        last.right.1.push_str(&format!("\n(and {} more)", total - MOST));
    }
    differences
}

/// `[method]i2c.read` as people write it.
fn plain(item: &str) -> String {
    for prefix in ["[method]", "[static]"] {
        if let Some(rest) = item.strip_prefix(prefix) {
            return rest.to_owned();
        }
    }
    match item.strip_prefix("[constructor]") {
        Some(resource) => format!("the constructor of {resource}"),
        None => item.to_owned(),
    }
}

fn note(
    problems: &mut Vec<Problem>,
    interface: &str,
    left: &Side<'_>,
    right: &Side<'_>,
    differences: Vec<Difference>,
) {
    if differences.is_empty() {
        return;
    }
    let problem = WiringProblem::Mismatch {
        left: left.name.to_owned(),
        right: right.name.to_owned(),
        interface: interface.to_owned(),
        differences,
        left_at: left.at,
        right_at: right.at,
    };
    problems.push(problem.into());
}
