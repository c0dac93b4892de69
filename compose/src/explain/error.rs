//! Why a file is no composed component.

use miette::Diagnostic;
use periplasm_request::{ParseError, StructureError};

use crate::component::ShapeError;
use crate::name::shown;

/// Why bytes are no composed component, or one that says two things.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum ExplainError {
    /// The file cannot be read.
    #[error("it cannot be read: {error}")]
    #[diagnostic(help("name a manifest, or a .wasm file that was composed"))]
    Unreadable {
        /// What the system says.
        error: std::io::Error,
    },
    /// More bytes than a host reads.
    #[error("it holds more than {} MiB, the most that is read", limit >> 20)]
    #[diagnostic(help("a pipeline holds code, not data: look for what makes a stage so large"))]
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// No component at all.
    #[error("it is {0}, not a component")]
    #[diagnostic(help("name a manifest, or the .wasm file that `cargo xtask compose` wrote"))]
    NotAComponent(&'static str),
    /// Code that was not composed.
    #[error("it is {0} and not composed of stages")]
    #[diagnostic(help(
        "name it as a stage in a pipeline.toml, and run `cargo xtask compose` on that"
    ))]
    NotComposed(&'static str),
    /// It breaks the rules of components.
    #[error("it is not a valid component: {0}")]
    #[diagnostic(help("the file is damaged, or needs features that are not known here"))]
    Invalid(String),
    /// A component that no composition looks like.
    #[error("it is not a composition of stages: {0}")]
    #[diagnostic(help("compose it anew with `cargo xtask compose`"))]
    Structure(String),
    /// The requests cannot be read.
    #[error("its requests are not what compose writes: {}", shown(&.0.to_string(), 256))]
    #[diagnostic(help("compose it anew, with the version of compose that reads it"))]
    Requests(ParseError),
    /// A stage that cannot be one.
    #[error("stage `{stage}` cannot be read: {problem}")]
    #[diagnostic(help("compose it anew with `cargo xtask compose`"))]
    Stage {
        /// The stage.
        stage: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A slot whose hardware nobody says.
    #[error("stage `{stage}` imports slot `{slot}`, and no request says which hardware it wants")]
    #[diagnostic(help("a host refuses it too: compose it anew with `cargo xtask compose`"))]
    NoRequest {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
    },
    /// A request for nothing.
    #[error("there is a request for slot `{slot}` of stage `{stage}`, which takes no such slot")]
    #[diagnostic(help("the requests do not belong to this component: compose it anew"))]
    NoSlot {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
    },
    /// A request of one kind for a slot of another.
    #[error("slot `{slot}` of stage `{stage}` opens {kind}, and its request is for {request}")]
    #[diagnostic(help("the requests do not belong to this component: compose it anew"))]
    Kind {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// What it opens, by its type.
        kind: &'static str,
        /// The kind of the request.
        request: &'static str,
    },
    /// A stage gets something else than what it asks for.
    #[error("stage `{stage}` asks for `{import}`, and gets `{given}`")]
    #[diagnostic(help(
        "compose gives a stage what it names: whoever made this file did it otherwise, so that \
         its parts say one thing and do another"
    ))]
    Disguised {
        /// The stage.
        stage: String,
        /// What it imports.
        import: String,
        /// What it is given.
        given: String,
    },
}

impl ExplainError {
    /// The message may quote names from the file.
    pub(super) fn invalid(message: &str) -> Self {
        Self::Invalid(shown(message, 256))
    }

    pub(super) fn stage(name: &str, error: &ShapeError) -> Self {
        let problem = match error {
            ShapeError::Invalid(message) => message.clone(),
            ShapeError::NoCode => "it has no code".to_owned(),
            ShapeError::Unsupported(item, why) => format!("{item}: {why}"),
            ShapeError::NotASlot(slot, not) => format!("import `{slot}` is no slot: {}", not.why),
            ShapeError::NotHardware(export, not) => {
                format!("export `{export}` fits no slot: {}", not.why)
            }
        };
        Self::Stage { stage: name.to_owned(), problem: shown(&problem, 256) }
    }
}

impl From<StructureError> for ExplainError {
    fn from(error: StructureError) -> Self {
        match error {
            StructureError::CoreModule => Self::NotComposed("a core module"),
            StructureError::NotComposed(_) => Self::NotComposed("a single component"),
            StructureError::Invalid { message, .. } => Self::invalid(&message),
            StructureError::Other(what) => Self::Structure(shown(&what, 256)),
            other => Self::Structure(shown(&other.to_string(), 256)),
        }
    }
}
