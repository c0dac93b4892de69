//! What can be wrong with a lock, or between it and the pipeline.

use miette::{Diagnostic, SourceSpan};

use crate::lock::{LockChange, LockError};

/// The lock cannot be used, or the pipeline is not as it says.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum LockProblem {
    /// The lock cannot be used.
    #[error("the pipeline's lock cannot be used")]
    Unusable {
        /// Why.
        #[source]
        #[diagnostic_source]
        source: LockError,
    },
    /// The pipeline is not as its lock says, and shall be.
    #[error("the lock does not hold: {change}")]
    Drift {
        /// What differs.
        change: LockChange,
        /// What to do.
        #[help]
        help: &'static str,
        /// The stage, or the pipeline.
        #[label("not as locked")]
        at: SourceSpan,
    },
    /// A stage shall be updated that the pipeline does not have.
    #[error("there is no stage `{stage}` to be updated")]
    UnknownStage {
        /// The name.
        stage: String,
        /// The stages that there are.
        #[help]
        help: String,
    },
}
