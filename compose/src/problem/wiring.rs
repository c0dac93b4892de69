//! What can be wrong between stages.

use std::fmt;

use miette::{Diagnostic, SourceSpan};

/// Stages do not fit together.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum WiringProblem {
    /// A stage needs what no stage that it uses has.
    #[error("stage `{stage}` needs {interface}, and no stage that it uses exports it")]
    NobodyExports {
        /// The stage.
        stage: String,
        /// What it needs.
        interface: String,
        /// Who exports it, if anyone does.
        #[help]
        help: String,
        /// Its `uses`, or the stage.
        #[label("nothing here exports {interface}")]
        at: SourceSpan,
    },
    /// Two used stages have what a stage needs.
    #[error("stage `{stage}` needs {interface}, and {providers} export it")]
    #[diagnostic(help("say which: uses = {{ {example} }}"))]
    SeveralExport {
        /// The stage.
        stage: String,
        /// What it needs.
        interface: String,
        /// The stages that export it.
        providers: String,
        /// The table form of `uses`.
        example: String,
        /// Its `uses`.
        #[label("which of them?")]
        at: SourceSpan,
    },
    /// The interface is there, in a version that does not fit.
    #[error("stage `{stage}` needs {wanted}, and `{provider}` exports {found}")]
    #[diagnostic(help(
        "a provider may be newer by a compatible version, never older: rebuild `{stage}` and \
         `{provider}` against the same version of the WIT package"
    ))]
    Version {
        /// The stage.
        stage: String,
        /// What it needs.
        wanted: String,
        /// The stage that has something like it.
        provider: String,
        /// What that one has.
        found: String,
        /// Where `provider` is named.
        #[label("exports {found}")]
        at: SourceSpan,
    },
    /// A used stage that gives nothing.
    #[error("stage `{stage}` uses `{provider}` and takes nothing from it")]
    #[diagnostic(help(
        "remove `{provider}` from `uses`. `{provider}` exports {exports}; `{stage}` imports \
         {imports}. An interface that the code never calls is not imported"
    ))]
    NothingUsed {
        /// The stage.
        stage: String,
        /// The stage it uses.
        provider: String,
        /// What that one exports.
        exports: String,
        /// What the user imports.
        imports: String,
        /// Where `provider` is named.
        #[label("without effect")]
        at: SourceSpan,
    },
    /// `uses` names an interface that the stage does not import.
    #[error("stage `{stage}` does not import {interface}")]
    #[diagnostic(help(
        "it imports {imports}. An interface that the code never calls is not imported"
    ))]
    NotImported {
        /// The stage.
        stage: String,
        /// The interface.
        interface: String,
        /// What the stage imports.
        imports: String,
        /// The key.
        #[label("not imported")]
        at: SourceSpan,
    },
    /// `uses` names a stage that does not export the interface.
    #[error("stage `{provider}` does not export {interface}, which `{stage}` takes from it")]
    #[diagnostic(help("`{provider}` exports {exports}"))]
    NotExported {
        /// The stage.
        stage: String,
        /// The stage it names.
        provider: String,
        /// The interface.
        interface: String,
        /// What that one exports.
        exports: String,
        /// Where `provider` is named.
        #[label("does not export it")]
        at: SourceSpan,
    },
    /// Nothing could run or use the pipeline.
    #[error("the pipeline has no app and exports nothing")]
    #[diagnostic(help(
        "add a stage that exports `wasi:cli/run` (a crate with a `main`), or name the stages \
         whose device interfaces the pipeline shall export: `exports = [\"{example}\"]`"
    ))]
    NoApp {
        /// A stage that could be exported.
        example: String,
        /// The pipeline's name.
        #[label("nothing to run")]
        at: SourceSpan,
    },
    /// Two stages want to be run.
    #[error("`{first}` and `{second}` are both apps")]
    #[diagnostic(help("a pipeline runs one app: make two pipelines"))]
    TwoApps {
        /// One.
        first: String,
        /// The other.
        second: String,
        /// One's place.
        #[label("an app")]
        first_at: SourceSpan,
        /// The other's place.
        #[label("another app")]
        second_at: SourceSpan,
    },
    /// `exports` names a stage without a device interface.
    #[error("stage `{stage}` exports no device interface")]
    #[diagnostic(help("take it out of `exports`"))]
    ExportsNothing {
        /// The stage.
        stage: String,
        /// Where it is named.
        #[label("nothing to export")]
        at: SourceSpan,
    },
    /// `exports` names two stages with the same interface.
    #[error("`{first}` and `{second}` both export {interface}")]
    #[diagnostic(help(
        "a pipeline exports an interface once: keep one of the two, or let an app use both"
    ))]
    ExportTwice {
        /// One stage.
        first: String,
        /// The other.
        second: String,
        /// The interface.
        interface: String,
        /// Where one is named.
        #[label("exports {interface}")]
        first_at: SourceSpan,
        /// Where the other is named.
        #[label("exports it too")]
        second_at: SourceSpan,
    },
    /// Two stages have different ideas of the same interface.
    #[error(
        "`{left}` and `{right}` were built against different definitions of {interface}\n\n{}",
        lines(sides)
    )]
    #[diagnostic(help(
        "rebuild both against the same WIT: take the package's files from where `{left}` has \
         them. Where a package changed, its version should have, too"
    ))]
    Mismatch {
        /// The stage that exports it, or that imports it first.
        left: String,
        /// The stage that needs it, or that imports it too.
        right: String,
        /// The interface.
        interface: String,
        /// What each of them sees.
        sides: Vec<View>,
        /// Where `left` is named.
        #[label("one definition")]
        left_at: SourceSpan,
        /// Where `right` is named.
        #[label("another definition")]
        right_at: SourceSpan,
    },
    /// A resource reaches a stage from two makers.
    #[error(
        "stage `{stage}` gets `{resource}` of {through} from {one}, and takes it for the \
         `{resource}` of {owner}, which it gets from {other}\n\n{}",
        lines(sides)
    )]
    #[diagnostic(help(
        "resources of one name are not the same when two make them: a handle that one stage made \
         means nothing to another. Let `{stage}` take both interfaces from the same stage"
    ))]
    Resource {
        /// The stage.
        stage: String,
        /// The resource.
        resource: String,
        /// The interface that brings the wrong one.
        through: String,
        /// The interface that defines it.
        owner: String,
        /// What the stage takes for one resource, and who makes each.
        sides: Vec<View>,
        /// Who makes the one.
        one: String,
        /// Who makes the other.
        other: String,
        /// The stage's `uses`.
        #[label("these do not go together")]
        at: SourceSpan,
    },
    /// Two slots take what can be had once.
    #[error("slot {first} and slot {second} both take {what}")]
    #[diagnostic(help(
        "one slot has a thing of kind {kind} for itself: give each its own, or let one stage have \
         it and the other use that stage"
    ))]
    TakenTwice {
        /// One slot and its stage.
        first: String,
        /// The other slot and its stage.
        second: String,
        /// The hardware.
        what: String,
        /// Its kind.
        kind: &'static str,
        /// One entry.
        #[label("taken here")]
        first_at: SourceSpan,
        /// The other entry.
        #[label("and here")]
        second_at: SourceSpan,
    },
    /// The requests are larger than a host reads.
    #[error("the requests of all slots take {bytes} bytes; a host reads at most {limit}")]
    #[diagnostic(help("ask for fewer addresses, or make two pipelines"))]
    RequestsTooLong {
        /// Their size.
        bytes: usize,
        /// The most that is read.
        limit: usize,
        /// The pipeline's name.
        #[label("this pipeline")]
        at: SourceSpan,
    },
    /// The stages fit by all that is checked, and yet cannot be put together.
    #[error("the stages cannot be put together: {message}{}{}", gap(sides), lines(sides))]
    #[diagnostic(help(
        "rebuild all stages against the same WIT; if that does not help, this is a defect of \
         `compose`: please report it with the manifest and the stages"
    ))]
    Rejected {
        /// What the tool that does it says.
        message: String,
        /// Both sides of what it refused, if they are known.
        sides: Vec<View>,
        /// The stage it stopped at, or the pipeline.
        #[label("stopped here")]
        at: SourceSpan,
    },
}

/// An interface as one stage sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The stage; the host if absent.
    pub stage: Option<String>,
    /// Whether it `exports`, `imports` or `gives` the interface.
    pub does: &'static str,
    /// The interface, in the version that the stage was built against.
    pub interface: String,
    /// WIT, with `-` or `+` before each line that the other side has otherwise,
    /// or has not.
    pub lines: Vec<String>,
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stage {
            Some(stage) => write!(f, "`{stage}` {} {}", self.does, self.interface)?,
            None => write!(f, "the host {} {}", self.does, self.interface)?,
        }
        self.lines.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

pub(super) fn lines(sides: &[View]) -> String {
    sides.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn gap(sides: &[View]) -> &'static str {
    if sides.is_empty() { "" } else { "\n\n" }
}
