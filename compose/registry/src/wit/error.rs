//! Why a folder is no WIT package that can be published.

use std::path::PathBuf;

use miette::Diagnostic;

use crate::package::NameError;

/// A folder of WIT that cannot be published.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum WitError {
    /// A file or folder cannot be read.
    #[error("{} cannot be read", path.display())]
    #[diagnostic(help("check that it is there, and yours to read"))]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// No WIT in the folder.
    #[error("{} has no file that ends in .wit", folder.display())]
    #[diagnostic(help("name the folder that the package's files are in, such as wit/device"))]
    NoFiles {
        /// The folder.
        folder: PathBuf,
    },
    /// The WIT is wrong.
    #[error("the package in {} is wrong:\n{message}", folder.display())]
    #[diagnostic(help("`wasm-tools component wit` checks it, too"))]
    Rejected {
        /// The folder.
        folder: PathBuf,
        /// In the parser's words.
        message: String,
    },
    /// The package has no version.
    #[error("the package {name} has no version")]
    #[diagnostic(help("give it one where it is declared: `package {name}@0.1.0;`"))]
    NoVersion {
        /// Its name.
        name: String,
    },
    /// A name that a registry cannot keep.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Name(#[from] NameError),
    /// A package that is used is not there.
    #[error("{} uses the package {package}, which is not there", folder.display())]
    #[diagnostic(help("put it into the folder `deps`, or beside the package's own folder"))]
    Missing {
        /// The package that is used.
        package: String,
        /// The folder.
        folder: PathBuf,
    },
}
