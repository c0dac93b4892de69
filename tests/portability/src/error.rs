//! What keeps a crate from being checked at all. That a driver does not fit is
//! no error: it is a [`crate::Verdict`].

use std::path::PathBuf;

use miette::Diagnostic;

/// Why there is no answer.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum Error {
    /// cargo could not be started.
    #[error("cargo cannot be started: {0}")]
    #[diagnostic(help("is cargo installed and on the PATH?"))]
    Cargo(std::io::Error),
    /// cargo does not find the crate, or cannot choose versions for it.
    #[error("{krate} cannot be fetched: {found}")]
    #[diagnostic(help("is that its name and version on crates.io, and is the network there?"))]
    Fetch {
        /// Name and version that were asked for.
        krate: String,
        /// cargo's own words.
        found: String,
    },
    /// What cargo says of the crate cannot be read.
    #[error("{krate}: {found}")]
    #[diagnostic(help("a driver is a crate with a library"))]
    Package {
        /// The crate.
        krate: String,
        /// What is wrong.
        found: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    #[diagnostic(help("check that the folder exists, is yours and has room"))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The list of crates is not of its form.
    #[error("{}: {found}", path.display())]
    #[diagnostic(help("each crate is a `[[crate]]` with `name` and `version`"))]
    List {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        found: String,
    },
}

/// What the functions here return.
pub type Result<T> = std::result::Result<T, Error>;

pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::File { path, source }
}
