//! Why bytes are no composition.

/// Why bytes are no composition of stages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StructureError {
    /// A core module.
    #[error("it is a core WebAssembly module, not a component")]
    CoreModule,
    /// A component that holds code instead of stages.
    #[error("it is a single component that was not composed: it has {0} at its top level")]
    NotComposed(&'static str),
    /// Bytes that cannot be read as a component. The message may quote names
    /// from the file.
    #[error("it is not a valid component: {message} (at byte {offset:#x})")]
    Invalid {
        /// What is wrong.
        message: String,
        /// Where, in bytes from the start of the file.
        offset: u64,
    },
    /// A component, built in a way no composition is. It may quote names from
    /// the file.
    #[error("it is not a composition of stages: {0}")]
    Other(String),
    /// More than one section of requests.
    #[error("it has more than one section `{SECTION}`", SECTION = crate::SECTION)]
    TwoRequestSections,
}
