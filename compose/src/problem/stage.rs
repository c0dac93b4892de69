//! What can be wrong with one stage.

use std::path::PathBuf;

use miette::{Diagnostic, SourceSpan};

use crate::build::BuildError;
use crate::fetch::FetchError;

/// A stage cannot be had, is no stage, or its slots and the manifest disagree.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum StageProblem {
    /// The crate of a stage cannot be built.
    #[error("stage `{stage}` cannot be built")]
    Build {
        /// The stage.
        stage: String,
        /// Where its crate is named.
        #[label("this crate")]
        at: SourceSpan,
        /// Why.
        #[source]
        #[diagnostic_source]
        source: BuildError,
    },
    /// The file of a stage is not there or may not be read.
    #[error("stage `{stage}`: cannot read {}", path.display())]
    #[diagnostic(help("paths are relative to the manifest: is the file there, and readable?"))]
    Unreadable {
        /// The stage.
        stage: String,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
        /// Where it is named.
        #[label("this file")]
        at: SourceSpan,
    },
    /// A stage from a registry, and nobody who fetches it.
    #[error("stage `{stage}` is in a registry, and nothing here can fetch it")]
    #[diagnostic(help(
        "compose it with `cargo xtask compose`, or give `Options::fetch` something that fetches; \
         or pull the component to a file and name it: `wasm = \"{stage}.wasm\"`"
    ))]
    NoFetch {
        /// The stage.
        stage: String,
        /// Where it is named.
        #[label("this component")]
        at: SourceSpan,
    },
    /// A stage that cannot be fetched.
    #[error("stage `{stage}` cannot be fetched")]
    Fetch {
        /// The stage.
        stage: String,
        /// Where it is named.
        #[label("this component")]
        at: SourceSpan,
        /// Why.
        #[source]
        #[diagnostic_source]
        source: FetchError,
    },
    /// What was fetched for a stage is not what was asked for.
    #[error("stage `{stage}`: {wanted} was asked for, and {found} was fetched")]
    #[diagnostic(help("this is a defect of what fetches: it must give what has the digest"))]
    FetchedOther {
        /// The stage.
        stage: String,
        /// The digest, or what it should have had.
        wanted: String,
        /// The reference that was given for it.
        found: String,
        /// Where it is named.
        #[label("this component")]
        at: SourceSpan,
    },
    /// The file of a stage is larger than any stage may be.
    #[error("stage `{stage}`: {} is larger than {} MiB", path.display(), limit >> 20)]
    #[diagnostic(help("is this the right file? Build it with `opt-level = \"s\"` and `strip`"))]
    TooLarge {
        /// The stage.
        stage: String,
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
        /// Where it is named.
        #[label("this file")]
        at: SourceSpan,
    },
    /// The file of a stage is something else.
    #[error("stage `{stage}`: {} is not a component, it is {what}", path.display())]
    NotAComponent {
        /// The stage.
        stage: String,
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// What to do with such a file.
        #[help]
        help: &'static str,
        /// Where it is named.
        #[label("this file")]
        at: SourceSpan,
    },
    /// A core module where a component was meant.
    #[error("stage `{stage}`: {} is a core module, not a component", path.display())]
    #[diagnostic(help(
        "make a component of it with `wasm-tools component new {} -o {stage}.component.wasm`, or name its \
         crate instead (`crate = \"…\"`): `compose` then does it itself", path.display()
    ))]
    CoreModule {
        /// The stage.
        stage: String,
        /// The file.
        path: PathBuf,
        /// Where it is named.
        #[label("this file")]
        at: SourceSpan,
    },
    /// A component that breaks the rules of components.
    #[error("stage `{stage}` is not a valid component: {message}")]
    #[diagnostic(help("the file is damaged, or a tool made it wrong: build it again"))]
    Invalid {
        /// The stage.
        stage: String,
        /// What the validator says.
        message: String,
        /// Where it is named.
        #[label("this component")]
        at: SourceSpan,
    },
    /// An import or export that no pipeline can wire.
    #[error("stage `{stage}`: {item} cannot be wired: {why}")]
    #[diagnostic(help(
        "a stage imports slots (`import bus: interface {{ … }}`) and interfaces (`import \
         a:b/c@0.1.0`), and exports interfaces and hardware (`export p0: interface {{ … }}`); \
         change its world"
    ))]
    Unsupported {
        /// The stage.
        stage: String,
        /// The import or export.
        item: String,
        /// What about it.
        why: String,
        /// Where the stage is named.
        #[label("this component")]
        at: SourceSpan,
    },
    /// A driver that wants of WASI what no driver gets.
    #[error("driver `{stage}` imports {interfaces}, and a driver never shares the app's WASI")]
    #[diagnostic(help(
        "a driver gets a sealed WASI: clocks and a log, no files and no network. Take out what \
         needs more, or leave it to an app; a stage that is meant to be one exports `wasi:cli/run`"
    ))]
    SharedWasi {
        /// The stage.
        stage: String,
        /// What it imports.
        interfaces: String,
        /// Where it is named.
        #[label("this driver")]
        at: SourceSpan,
    },
    /// The sealed WASI of a driver cannot be built.
    #[error("the sealed WASI of driver `{stage}` cannot be built")]
    NoSeal {
        /// The stage.
        stage: String,
        /// Why.
        #[source]
        #[diagnostic_source]
        source: BuildError,
        /// Where it is named.
        #[label("this driver imports WASI")]
        at: SourceSpan,
    },
    /// The adapter that a stage needs cannot be built.
    #[error("stage `{stage}` speaks a draft of WASI, whose adapter cannot be built")]
    NoAdapter {
        /// The stage.
        stage: String,
        /// Where the stage's component is named.
        #[label("imports the draft")]
        at: SourceSpan,
        /// Why.
        #[source]
        #[diagnostic_source]
        source: BuildError,
    },
    /// The draft that a stage speaks is not the one that the adapter knows.
    #[error("the adapter for {adapter} does not fit stage `{stage}`: {message}")]
    #[diagnostic(help(
        "build the stage against the draft in `compose/adapters/*/wit`, or against the interfaces \
         of periplasm:hal"
    ))]
    Unadapted {
        /// The stage.
        stage: String,
        /// The draft's package.
        adapter: &'static str,
        /// What does not fit.
        message: String,
        /// Where the stage's component is named.
        #[label("imports {adapter}")]
        at: SourceSpan,
    },
    /// A driver to which the sealed WASI does not fit.
    #[error("the sealed WASI does not fit driver `{stage}`: {message}")]
    #[diagnostic(help(
        "it is WASI 0.2: build the driver with the toolchain of the project, for wasm32-wasip2, \
         or `no_std` for wasm32-unknown-unknown"
    ))]
    Unsealed {
        /// The stage.
        stage: String,
        /// What does not fit.
        message: String,
        /// Where it is named.
        #[label("this driver")]
        at: SourceSpan,
    },
    /// Settings that nobody reads.
    #[error("stage `{stage}` has settings, and reads none")]
    #[diagnostic(help(
        "a stage reads its settings through `wasi:config/store` (`periplasm_driver::setting` in a \
         driver, `periplasm_app::setting` in an app): without a call of it the import is not in \
         the component. Take the settings out, or let the stage read them"
    ))]
    SettingsUnread {
        /// The stage.
        stage: String,
        /// The settings.
        #[label("nobody reads these")]
        at: SourceSpan,
    },
    /// Settings that cannot be put into the stage.
    #[error("the settings of stage `{stage}` cannot be put into it: {message}")]
    #[diagnostic(help(
        "the stage reads them through `wasi:config/store` of another shape than 0.2.0-rc.1 has, \
         or imports what the composing library cannot carry"
    ))]
    SettingsUnfit {
        /// The stage.
        stage: String,
        /// What does not fit.
        message: String,
        /// The settings, or the stage.
        #[label("not put in")]
        at: SourceSpan,
    },
    /// A slot, or hardware for one, of another form than slots have.
    #[error("stage `{stage}`: {item}: {why}")]
    SlotShape {
        /// The stage.
        stage: String,
        /// The import or export.
        item: String,
        /// What about it.
        why: String,
        /// What a slot may have.
        #[help]
        help: String,
        /// Where the stage is named.
        #[label("this component")]
        at: SourceSpan,
    },
    /// A slot that the manifest says nothing about.
    #[error("stage `{stage}` has a slot `{slot}` of kind {kind} that the manifest does not fill")]
    #[diagnostic(help("add below `[stages.{stage}.slots]`: {line}"))]
    SlotMissing {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The kind of hardware it opens.
        kind: &'static str,
        /// The line to add.
        line: String,
        /// The stage's slots, or the stage.
        #[label("`{slot}` is missing")]
        at: SourceSpan,
    },
    /// A slot that the stage does not have.
    #[error("stage `{stage}` has no slot `{slot}`")]
    SlotUnknown {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The slots it has.
        #[help]
        help: String,
        /// The entry.
        #[label("not a slot of `{stage}`")]
        at: SourceSpan,
    },
    /// A slot that opens another kind of hardware.
    #[error("slot `{slot}` of stage `{stage}` is of kind {actual}, the manifest says {stated}")]
    #[diagnostic(help("write `{actual} = …` instead of `{stated} = …`"))]
    SlotKind {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The kind in the component.
        actual: &'static str,
        /// The kind in the manifest.
        stated: &'static str,
        /// The entry.
        #[label("kind {stated}")]
        at: SourceSpan,
    },
    /// A slot that is granted without being asked for.
    #[error("slot `{slot}` of stage `{stage}` is its log, and no hardware can fill it")]
    #[diagnostic(help("remove the entry: every stage is granted its diag slot"))]
    SlotGranted {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The entry.
        #[label("not to be filled")]
        at: SourceSpan,
    },
}
