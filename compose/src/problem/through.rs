//! What can be wrong with a stage that stands between a slot and its hardware.

use miette::{Diagnostic, SourceSpan};

/// A stage cannot stand where `through` puts it.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum ThroughProblem {
    /// It is made of nothing, or of several things.
    #[error("{of} does not say what it is made of, or says it twice")]
    #[diagnostic(help(
        "write one of `crate`, `wasm`, `oci` and `package`: \
         `through = {{ crate = \"path/to/crate\" }}`"
    ))]
    NotOneSource {
        /// What stands there, in words.
        of: String,
        /// The table.
        #[label("one of `crate`, `wasm`, `oci`, `package`")]
        at: SourceSpan,
    },
    /// No name of a stage can be made of its source.
    #[error("no name for a stage can be made of {made_of:?}")]
    #[diagnostic(help("add `name = \"guard\"` beside it"))]
    NoName {
        /// The source, as written.
        made_of: String,
        /// The table.
        #[label("needs a `name`")]
        at: SourceSpan,
    },
    /// Its name is another stage's.
    #[error("two stages are called `{name}`")]
    #[diagnostic(help(
        "what `through` is made of is a stage of its own, called after its source: add \
         `name = \"{name}2\"` beside it, or another name that is free. To use one stage for \
         both, write its name: `through = \"{name}\"`"
    ))]
    SameName {
        /// The name.
        name: String,
        /// The stage that has it.
        #[label("first here")]
        first: SourceSpan,
        /// What `through` is made of.
        #[label("again here")]
        second: SourceSpan,
    },
    /// It gives nothing of the slot's kind, or several things.
    #[error(
        "stage `{between}` shall stand between {front} and its hardware, and gives {gives} of kind {kind}"
    )]
    #[diagnostic(help(
        "a stage that stands between gives one thing of kind {kind}, or one that is called as \
         that slot: its world exports it under a plain name (`export bus: interface {{ … }}`), \
         with {interface}"
    ))]
    NoExport {
        /// The slot in front, in words.
        front: String,
        /// The stage between.
        between: String,
        /// What it gives of that kind, in words.
        gives: String,
        /// The slot's kind.
        kind: &'static str,
        /// The interface that defines its handle.
        interface: &'static str,
        /// Where it is named.
        #[label("gives {gives}")]
        at: SourceSpan,
    },
    /// It has no slot of the kind, or several.
    #[error(
        "stage `{between}` shall stand between {front} and its hardware, and has {has} of kind {kind}"
    )]
    #[diagnostic(help(
        "a stage that stands between has one slot of kind {kind}, or one that is called as what \
         it gives; that slot gets what the one in front asks for. A slot that is never opened is \
         not in the component"
    ))]
    NoSlot {
        /// The slot in front, in words.
        front: String,
        /// The stage between.
        between: String,
        /// The slots that it has of that kind, in words.
        has: String,
        /// The slot's kind.
        kind: &'static str,
        /// Where it is named.
        #[label("has {has}")]
        at: SourceSpan,
    },
    /// Its slot gets two different things.
    #[error("slot `{slot}` of stage `{stage}` shall get two different things")]
    #[diagnostic(help(
        "a stage that stands between several slots has one thing behind it, and each slot would \
         reach all of that: give each slot a stage of its own, \
         `through = {{ crate = \"…\", name = \"…\" }}`, and take out what `[stages.{stage}.slots]` \
         says of `{slot}`"
    ))]
    TwoThings {
        /// The stage between.
        stage: String,
        /// Its slot.
        slot: String,
        /// One entry.
        #[label("asks for one")]
        first: SourceSpan,
        /// The other entry.
        #[label("asks for another")]
        second: SourceSpan,
    },
}
