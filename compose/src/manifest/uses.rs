//! `uses`, `exports` and `stage` of a slot: stages that are named by others.

use miette::SourceSpan;
use periplasm_request::{list, nearest};
use toml::Spanned;
use toml::de::DeValue;

use super::parse::{Draft, Head};
use super::slots::{self, Wanted};
use super::through::Between;
use super::walk::{Walk, entries};
use super::{At, Chain, Manifest, SlotEntry, Stage, Use, Wants, circle};
use crate::problem::ManifestProblem;

/// A stage that is named in a `uses`.
pub(super) struct Named {
    pub(super) interface: Option<At<String>>,
    pub(super) stage: At<String>,
}

/// Reads the list form or the table form.
pub(super) fn read(walk: &mut Walk, stage: &str, value: &Spanned<DeValue<'_>>) -> Vec<Named> {
    let what = format!("`uses` of stage `{stage}`");
    match value.get_ref() {
        DeValue::Table(table) => entries(table)
            .into_iter()
            .filter_map(|(key, value)| {
                let example = format!("\"{}\" = \"climate\"", key.value);
                let stage = walk.string(&format!("each of {what}"), value, &example)?;
                let interface = At::new(key.value.to_owned(), key.at);
                Some(Named { interface: Some(interface), stage })
            })
            .collect(),
        DeValue::Array(_) => walk
            .strings(&what, value, "uses = [\"climate\"]")
            .into_iter()
            .map(|stage| Named { interface: None, stage })
            .collect(),
        _ => {
            walk.wrong_type(&what, "a list or a table", value, "uses = [\"climate\"]");
            Vec::new()
        }
    }
}

/// Finds the stages that are named. `None` when the manifest is not complete,
/// which is then already noted.
pub(super) fn resolve(walk: &mut Walk, head: Head, drafts: Vec<Draft>) -> Option<Manifest> {
    let names: Vec<At<String>> = drafts.iter().map(|draft| draft.name.clone()).collect();
    let exports = find_each(walk, &names, head.exports);
    let mut stages = Vec::new();
    let mut chains = Vec::new();
    let mut complete = true;
    for (index, draft) in drafts.into_iter().enumerate() {
        let uses = find_uses(walk, &names, index, draft.uses);
        let slots = find_givers(walk, &names, index, draft.slots, &mut chains);
        match draft.making.source {
            Some(source) => stages.push(Stage {
                name: draft.name,
                source,
                slots,
                slots_at: draft.slots_at,
                uses,
                uses_at: draft.uses_at,
                settings: draft.making.settings,
                host_wasi: draft.host_wasi,
                behind: Vec::new(),
            }),
            None => complete = false,
        }
    }
    if !complete {
        return None;
    }
    for chain in &chains {
        let mut front = chain.user;
        for next in &chain.between {
            stages[front].behind.push(next.clone());
            front = next.value;
        }
        if let Wants::Given { provider, .. } = &chain.wants {
            stages[front].behind.push(provider.clone());
        }
    }
    if let Some(circle) = circle::find(&stages) {
        walk.note(circle);
    }
    let wac = head.wac.map(|wac| At::new(wac.value.into(), wac.at));
    Some(Manifest { name: head.name?, stages, exports, chains, wac })
}

fn find(walk: &mut Walk, names: &[At<String>], named: &At<String>) -> Option<usize> {
    let found = names.iter().position(|name| name.value == named.value);
    if found.is_none() {
        let known = names.iter().map(|name| name.value.as_str());
        let help = match nearest(&named.value, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the stages are {}", list(known, "none")),
        };
        let name = named.value.clone();
        walk.note(ManifestProblem::UnknownStage { name, help, at: named.at });
    }
    found
}

/// The stages of a list, none twice.
fn find_each(walk: &mut Walk, names: &[At<String>], named: Vec<At<String>>) -> Vec<At<usize>> {
    let mut found: Vec<At<usize>> = Vec::new();
    for stage in named {
        let Some(index) = find(walk, names, &stage) else { continue };
        match found.iter().find(|earlier| earlier.value == index) {
            Some(earlier) => note_twice(walk, "stage", stage.value, earlier.at, stage.at),
            None => found.push(At::new(index, stage.at)),
        }
    }
    found
}

fn find_uses(walk: &mut Walk, names: &[At<String>], user: usize, named: Vec<Named>) -> Vec<Use> {
    let mut uses: Vec<Use> = Vec::new();
    for Named { interface, stage } in named {
        let Some(provider) = find(walk, names, &stage) else { continue };
        if provider == user {
            walk.note(ManifestProblem::UsesItself { stage: stage.value, at: stage.at });
            continue;
        }
        // A table may name a stage for several interfaces, a list may not.
        let earlier = uses.iter().find(|u| interface.is_none() && u.provider.value == provider);
        match earlier {
            Some(earlier) => note_twice(walk, "stage", stage.value, earlier.provider.at, stage.at),
            None => uses.push(Use { interface, provider: At::new(provider, stage.at) }),
        }
    }
    uses
}

/// Looks up the stages that give slots. A slot that names none that exists is
/// noted, and left out. So is one that reaches its hardware through others,
/// which becomes a chain.
fn find_givers(
    walk: &mut Walk,
    names: &[At<String>],
    user: usize,
    drafts: Vec<slots::Draft>,
    chains: &mut Vec<Chain>,
) -> Vec<SlotEntry> {
    let found = drafts.into_iter().filter_map(|slots::Draft { name, wants, through, at }| {
        let wants = match wants {
            Wanted::Board(request) => Wants::Board(request),
            Wanted::Given { stage, export } => {
                let provider = find_other(walk, names, user, &name, &stage, at)?;
                Wants::Given { provider: At::new(provider, stage.at), export }
            }
        };
        if through.is_empty() {
            return Some(SlotEntry { name, wants, at });
        }
        let between: Option<Vec<At<usize>>> = through
            .iter()
            .map(|Between { stage, .. }| {
                let place = find_other(walk, names, user, &name, stage, stage.at)?;
                Some(At::new(place, stage.at))
            })
            .collect();
        chains.extend(between.map(|between| Chain { user, slot: name, between, wants, at }));
        None
    });
    found.collect()
}

/// A stage that fills a slot of another.
fn find_other(
    walk: &mut Walk,
    names: &[At<String>],
    user: usize,
    slot: &At<String>,
    named: &At<String>,
    at: SourceSpan,
) -> Option<usize> {
    let found = find(walk, names, named)?;
    if found == user {
        let (slot, stage) = (slot.value.clone(), named.value.clone());
        walk.note(ManifestProblem::GivesItself { stage, slot, at });
        return None;
    }
    Some(found)
}

fn note_twice(
    walk: &mut Walk,
    what: &'static str,
    name: String,
    first: SourceSpan,
    second: SourceSpan,
) {
    walk.note(ManifestProblem::Twice { what, name, first, second });
}
