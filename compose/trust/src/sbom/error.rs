//! Why there is no bill of materials.

use miette::Diagnostic;

/// A component whose parts cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum SbomError {
    /// Something else.
    #[error("this is no WebAssembly")]
    #[diagnostic(help("name a component: a file that begins with `\\0asm`"))]
    NotWasm,
    /// A core module.
    #[error("this is a core module, not a component")]
    #[diagnostic(help("name the component that was made of it"))]
    NotAComponent,
    /// The bytes are no component.
    #[error("this is not a valid component: {message} (at byte {offset})")]
    #[diagnostic(help("it is damaged, or something else: build or pull it again"))]
    Malformed {
        /// What is wrong with it.
        message: String,
        /// Where.
        offset: u64,
    },
    /// More of something than any pipeline has.
    #[error("it has more than {limit} {what}")]
    #[diagnostic(help("no pipeline has so many: do not trust it"))]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are taken.
        limit: usize,
    },
    /// The list of a stage's crates is not one.
    #[error("the list of the crates of stage `{stage}` (its section .dep-v0) {fault}")]
    #[diagnostic(help(
        "`compose` and cargo-auditable write such lists: build the stage again with one of them"
    ))]
    Section {
        /// The stage, as the component itself calls it.
        stage: String,
        /// What is wrong with it.
        #[source]
        fault: SectionFault,
    },
}

/// What is wrong with a section `.dep-v0`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SectionFault {
    /// It is larger than any list.
    #[error("has more than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: usize,
    },
    /// It unpacks to more than any list.
    #[error("unpacks to more than {limit} bytes")]
    Bomb {
        /// The most that is unpacked.
        limit: usize,
    },
    /// It is not compressed as such lists are.
    #[error("is not compressed with zlib, or is damaged")]
    NotZlib,
    /// It is other JSON, or none.
    #[error("is no list of crates: {why}")]
    NotAList {
        /// What is wrong with it.
        why: String,
    },
    /// More crates or dependencies than any stage has.
    #[error("has more than {crates} crates, or more than {needs} dependencies")]
    TooMany {
        /// The most crates.
        crates: usize,
        /// The most dependencies.
        needs: usize,
    },
    /// A name that no crate has.
    #[error("names a crate, a version or a source that cannot be one")]
    Text,
    /// A dependency on a crate that is not listed.
    #[error("has a crate that depends on one that is not in it")]
    Nobody,
    /// No crate of the stage itself, or several.
    #[error("does not say which one crate the stage was built from")]
    Roots,
    /// Crates that depend on each other in a circle.
    #[error("has crates that depend on each other in a circle")]
    Circle,
}
