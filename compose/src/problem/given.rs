//! What can be wrong with a slot that another stage fills.

use miette::{Diagnostic, SourceSpan};

/// A stage cannot give what another one's slot asks for.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum GivenProblem {
    /// The other stage gives nothing of that name.
    #[error("stage `{provider}` gives no hardware called `{export}`")]
    Unknown {
        /// The stage that shall give it.
        provider: String,
        /// What it shall give.
        export: String,
        /// What it gives.
        #[help]
        help: String,
        /// Where it is named.
        #[label("not given by `{provider}`")]
        at: SourceSpan,
    },
    /// The other stage gives another kind of hardware.
    #[error(
        "slot `{slot}` of stage `{stage}` is of kind {wanted}, and `{export}` of stage \
         `{provider}` is of kind {given}"
    )]
    #[diagnostic(help("fill the slot with something of kind {wanted}"))]
    Kind {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// Its kind.
        wanted: &'static str,
        /// The stage that shall give it.
        provider: String,
        /// What it shall give.
        export: String,
        /// The kind of that.
        given: &'static str,
        /// The entry.
        #[label("kind {given}")]
        at: SourceSpan,
    },
    /// A slot that wants to know addresses, of a bus that tells none.
    #[error(
        "slot `{slot}` of stage `{stage}` asks which addresses were granted, and `{export}` of \
         stage `{provider}` does not tell"
    )]
    #[diagnostic(help(
        "let `{provider}` export `addresses: func() -> list<u16>` in `{export}` too, or build \
         `{stage}` for one address"
    ))]
    NoAddresses {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The stage that gives the bus.
        provider: String,
        /// The bus.
        export: String,
        /// The entry.
        #[label("has no `addresses`")]
        at: SourceSpan,
    },
    /// A driver that starts transactions on what the host did not open.
    #[error(
        "slot `{slot}` of stage `{stage}` is given by stage `{provider}`, and `{stage}` starts \
         transactions on it, which only the host can"
    )]
    #[diagnostic(help(
        "an async driver starts transactions (`periplasm:hal/start`): let `{stage}` make them \
         with embedded-hal's blocking traits, or fill the slot from the board"
    ))]
    Started {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The stage that gives it.
        provider: String,
        /// The entry.
        #[label("not opened by the host")]
        at: SourceSpan,
    },
    /// Slots of one kind that come from different places.
    #[error(
        "stage `{stage}` takes slot `{first}` from {first_place} and slot `{second}` from \
         {second_place}, and both are of kind {kind}"
    )]
    #[diagnostic(help(
        "a component imports {interface} once, so all its slots of kind {kind} come from one \
         place: take both from the same, or split `{stage}` into two stages"
    ))]
    Mixed {
        /// The stage.
        stage: String,
        /// The kind of both.
        kind: &'static str,
        /// The interface that defines their handles.
        interface: &'static str,
        /// One slot.
        first: String,
        /// Where it comes from, in words.
        first_place: String,
        /// The other slot.
        second: String,
        /// Where that comes from.
        second_place: String,
        /// One entry.
        #[label("from {first_place}")]
        first_at: SourceSpan,
        /// The other entry.
        #[label("from {second_place}")]
        second_at: SourceSpan,
    },
    /// An app that takes hardware.
    #[error("app `{stage}` takes slot `{slot}` from stage `{provider}`")]
    #[diagnostic(help(
        "an app calls devices: let a driver take the hardware and export a device interface, and \
         name that driver in `uses` of `[stages.{stage}]`"
    ))]
    App {
        /// The app.
        stage: String,
        /// Its slot.
        slot: String,
        /// The stage that shall give it.
        provider: String,
        /// The entry.
        #[label("hardware of `{provider}`")]
        at: SourceSpan,
    },
}
