//! From TOML to a [`Manifest`].

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{self, Making};
use super::walk::{Entry, Walk, at, entries};
use super::{At, Manifest, Text, checks, plain, slots, through, uses};
use crate::problem::{ManifestProblem, Problem};

/// Reads a manifest and checks all that can be checked without its stages.
/// Reports everything that is wrong, in the order of the text.
pub(crate) fn parse(text: &Text) -> Result<Manifest, Vec<Problem>> {
    let (document, errors) = DeTable::parse_recoverable(text.as_str());
    if !errors.is_empty() {
        return Err(errors.iter().map(|e| not_toml(e, text.as_str().len()).into()).collect());
    }

    let mut walk = Walk::default();
    // First, and alone: what follows shows names and paths.
    plain::check(&mut walk, document.get_ref());
    if !walk.problems.is_empty() {
        return Err(checks::in_order(walk.problems));
    }
    let (mut pipeline, mut stages) = (None, None);
    for (key, value) in entries(document.get_ref()) {
        match key.value {
            "pipeline" => pipeline = walk.table("`pipeline`", value, "[pipeline]"),
            "stages" => stages = walk.table("`stages`", value, "[stages.app]"),
            _ => walk.unknown_key(&key, "the manifest", &["pipeline", "stages"]),
        }
    }
    let tables = walk.problems.len();
    let head = read_head(&mut walk, &document, pipeline);
    let drafts: Vec<Draft> = stages
        .map(entries)
        .unwrap_or_default()
        .into_iter()
        .map(|entry| read_stage(&mut walk, entry))
        .collect();
    if drafts.is_empty() && tables == 0 && head.wac.is_none() {
        walk.note(ManifestProblem::NoStages { at: head.at });
    }

    let drafts = through::with_made(&mut walk, drafts);
    let manifest = uses::resolve(&mut walk, head, drafts);
    match manifest {
        Some(manifest) if walk.problems.is_empty() => Ok(manifest),
        _ => Err(checks::in_order(walk.problems)),
    }
}

fn not_toml(error: &toml::de::Error, end: usize) -> ManifestProblem {
    let span = error.span().unwrap_or(end..end);
    let message = plain::shown(&error.message().replace('\n', ", "));
    ManifestProblem::Toml { message, at: span.into() }
}

/// The table `[pipeline]`.
pub(super) struct Head {
    pub(super) name: Option<At<String>>,
    pub(super) exports: Vec<At<String>>,
    pub(super) wac: Option<At<String>>,
    /// Where the pipeline is named, or would be.
    pub(super) at: miette::SourceSpan,
}

/// A stage as written, with whatever of it could be read.
pub(super) struct Draft {
    pub(super) name: At<String>,
    pub(super) making: Making,
    pub(super) slots: Vec<slots::Draft>,
    pub(super) slots_at: miette::SourceSpan,
    pub(super) uses: Vec<uses::Named>,
    pub(super) uses_at: miette::SourceSpan,
    pub(super) host_wasi: bool,
}

impl Draft {
    /// A stage that says no more than what it is made of.
    pub(super) fn new(name: At<String>, making: Making) -> Self {
        let at = name.at;
        let (slots, uses) = (Vec::new(), Vec::new());
        Self { name, making, slots, slots_at: at, uses, uses_at: at, host_wasi: false }
    }
}

fn read_head<'t>(
    walk: &mut Walk,
    document: &Spanned<DeTable<'t>>,
    table: Option<&'t DeTable<'t>>,
) -> Head {
    let written = document.get_ref().iter().find(|(key, _)| key.get_ref() == "pipeline");
    let at = written.map_or((0, 0).into(), |(key, _)| at(key));
    let mut head = Head { name: None, exports: Vec::new(), wac: None, at };
    let mut named = false;
    for (key, value) in table.map(entries).unwrap_or_default() {
        match key.value {
            "name" => {
                named = true;
                head.name = walk.string("the pipeline's name", value, "name = \"weather\"");
            }
            "exports" => {
                head.exports = walk.strings("`exports`", value, "exports = [\"climate\"]");
            }
            "wac" => head.wac = walk.string("`wac`", value, "wac = \"weather.wac\""),
            _ => walk.unknown_key(&key, "`[pipeline]`", &["name", "exports", "wac"]),
        }
    }
    if let Some(name) = &head.name {
        head.at = name.at;
        checks::name(walk, "a pipeline", name, "living-room");
    } else if !named && (table.is_some() || written.is_none()) {
        let example = if table.is_some() {
            "`name = \"…\"`"
        } else {
            "`[pipeline]` and below it `name = \"…\"`"
        };
        let what = "the pipeline's name".to_owned();
        walk.note(ManifestProblem::Missing { what, example: example.to_owned(), at });
    }
    head
}

fn read_stage(walk: &mut Walk, (key, value): Entry<'_>) -> Draft {
    let name = At::new(key.value.to_owned(), key.at);
    if !periplasm_request::is_stage_name(key.value) {
        walk.note(ManifestProblem::StageName { name: name.value.clone(), at: key.at });
    }
    let stage = name.value.clone();
    let mut draft = Draft::new(name, Making::default());
    let what = format!("stage `{stage}`");
    let Some(table) = walk.table(&what, value, &format!("[stages.{stage}]")) else {
        return draft;
    };
    for (key, value) in entries(table) {
        match key.value {
            word if source::KEYS.contains(&word) => draft.making.read(walk, &what, &(key, value)),
            "slots" => {
                draft.slots_at = key.at;
                draft.slots = slots::read(walk, &stage, value);
            }
            "uses" => {
                draft.uses_at = at(value);
                draft.uses = uses::read(walk, &stage, value);
            }
            "wasi" => draft.host_wasi = read_wasi(walk, &what, value),
            _ => {
                let known = [&source::KEYS[..], &["slots", "uses", "wasi"]].concat();
                walk.unknown_key(&key, &what, &known);
            }
        }
    }
    draft.making.check(walk, &stage, key.at);
    draft
}

/// `wasi = "host"`: that of the host, as an app has it.
fn read_wasi(walk: &mut Walk, of: &str, value: &Spanned<DeValue<'_>>) -> bool {
    let what = format!("`wasi` of {of}");
    let Some(word) = walk.string(&what, value, "wasi = \"host\"") else { return false };
    if word.value != "host" {
        walk.note(ManifestProblem::Wasi { what, word: word.value, at: word.at });
    }
    true
}
