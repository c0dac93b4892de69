//! Stages between slots and their hardware: which of what they give is wired,
//! and which slot of theirs gets what was asked for.
//!
//! The manifest names such a stage, not its exports and slots, which are known
//! when its component is there. What it gives and what it has is taken by the
//! name of the slot in front, or because there is only one of the kind.

use miette::SourceSpan;
use periplasm_request::list;

use super::slots::unknown;
use crate::component::Shape;
use crate::kind::SlotKind;
use crate::manifest::{At, Chain, Manifest, SlotEntry, Wants};
use crate::problem::{Problem, ThroughProblem};
use crate::source::Loaded;

/// Makes entries of slots out of all chains of the manifest. Returns what is
/// wrong.
pub(crate) fn settle(manifest: &mut Manifest, loaded: &[Loaded]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for chain in std::mem::take(&mut manifest.chains) {
        let shape = &loaded[chain.user].shape;
        let Some((_, slot)) = shape.slots().find(|(name, _)| *name == chain.slot.value) else {
            let user = &manifest.stages[chain.user];
            problems.push(unknown(user, shape, &chain.slot).into());
            continue;
        };
        let settled = settle_one(manifest, loaded, &chain, slot.kind);
        problems.extend(settled.err().map(Problem::from));
    }
    for stage in &mut manifest.stages {
        stage.behind.clear();
        stage.slots.sort_by_key(|entry| entry.at.offset());
    }
    problems
}

fn settle_one(
    manifest: &mut Manifest,
    loaded: &[Loaded],
    chain: &Chain,
    kind: SlotKind,
) -> Result<(), ThroughProblem> {
    let (mut front, mut slot) = (chain.user, chain.slot.clone());
    for next in &chain.between {
        let pair = Pair { manifest, front, slot: &slot.value, between: next, kind };
        let shape = &loaded[next.value].shape;
        let export = pair.export(shape)?;
        let behind = pair.slot(shape, &export)?;
        let export = At::new(export, next.at);
        let at = if front == chain.user { chain.at } else { next.at };
        fill(manifest, front, slot, Wants::Given { provider: next.clone(), export }, at)?;
        (front, slot) = (next.value, At::new(behind, next.at));
    }
    fill(manifest, front, slot, chain.wants.clone(), chain.at)
}

/// A slot, and the stage that stands before its hardware.
struct Pair<'a> {
    manifest: &'a Manifest,
    front: usize,
    slot: &'a str,
    between: &'a At<usize>,
    kind: SlotKind,
}

impl Pair<'_> {
    /// What of the stage between is wired to the slot in front.
    fn export(&self, shape: &Shape) -> Result<String, ThroughProblem> {
        let names = shape.hardware().filter(|(.., given)| given.kind == self.kind);
        let names: Vec<&str> = names.map(|(_, name, _)| name).collect();
        choose(&names, self.slot).ok_or_else(|| ThroughProblem::NoExport {
            front: format!("slot `{}` of stage `{}`", self.slot, self.name(self.front)),
            between: self.name(self.between.value),
            gives: list(&names, "nothing"),
            kind: self.kind.as_str(),
            interface: self.kind.resource().0,
            at: self.between.at,
        })
    }

    /// The slot of the stage between that gets what the slot in front asks for.
    fn slot(&self, shape: &Shape, export: &str) -> Result<String, ThroughProblem> {
        let names = shape.slots().filter(|(_, slot)| slot.kind == self.kind);
        let names: Vec<&str> = names.map(|(name, _)| name).collect();
        choose(&names, export).ok_or_else(|| ThroughProblem::NoSlot {
            front: format!("slot `{}` of stage `{}`", self.slot, self.name(self.front)),
            between: self.name(self.between.value),
            has: list(&names, "no slot"),
            kind: self.kind.as_str(),
            at: self.between.at,
        })
    }

    fn name(&self, stage: usize) -> String {
        self.manifest.stages[stage].name.value.clone()
    }
}

/// The one of that name, or the only one.
fn choose(names: &[&str], wanted: &str) -> Option<String> {
    let only = || (names.len() == 1).then(|| names.first()).flatten();
    names.iter().find(|name| **name == wanted).or_else(only).map(|name| (*name).to_owned())
}

/// Adds an entry, unless the same is there.
fn fill(
    manifest: &mut Manifest,
    stage: usize,
    name: At<String>,
    wants: Wants,
    at: SourceSpan,
) -> Result<(), ThroughProblem> {
    let stage = &mut manifest.stages[stage];
    match stage.slot(&name.value) {
        Some(earlier) if same(&earlier.wants, &wants) => Ok(()),
        Some(earlier) => Err(ThroughProblem::TwoThings {
            stage: stage.name.value.clone(),
            slot: name.value,
            first: earlier.at,
            second: at,
        }),
        None => {
            stage.slots.push(SlotEntry { name, wants, at });
            Ok(())
        }
    }
}

/// Whether both are filled with the same.
pub(super) fn same(first: &Wants, second: &Wants) -> bool {
    match (first, second) {
        (Wants::Board(first), Wants::Board(second)) => first == second,
        (Wants::Given { provider, export }, Wants::Given { provider: again, export: same }) => {
            provider.value == again.value && export.value == same.value
        }
        _ => false,
    }
}
