//! Why a lock cannot be used.

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// A lock that cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum LockError {
    /// The file may not be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(help("is it a file, and readable?"))]
    Unreadable {
        /// The lock.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is far larger than any lock.
    #[error("{} is larger than a lock may be ({limit} bytes)", path.display())]
    #[diagnostic(help("it was not written by `compose`: delete it, and compose again"))]
    TooLarge {
        /// The lock.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The file is not TOML, or not the TOML of a lock.
    #[error("{} is no lock: {message}", path.display())]
    #[diagnostic(help(
        "it is damaged, or was merged: delete it and compose again. Tags are then looked up anew"
    ))]
    NotALock {
        /// The lock.
        path: PathBuf,
        /// What is wrong.
        message: String,
        /// Its text.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where.
        #[label("here")]
        at: SourceSpan,
    },
    /// A lock in a format that is not known.
    #[error("{} has version {found} of the format, and {expected} is known", path.display())]
    #[diagnostic(help(
        "another version of `compose` wrote it: use that one, or delete the file and compose again"
    ))]
    Version {
        /// The lock.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version that is known.
        expected: i64,
        /// Its text.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where it says so.
        #[label("version {found}")]
        at: SourceSpan,
    },
    /// A lock that says what locks say, and not in the way they are written.
    #[error("{} was changed by hand, or by a merge: line {line} is not as it is written", path.display())]
    #[diagnostic(help(
        "put the file back as it was, or delete it and compose again: tags are then looked up anew"
    ))]
    Edited {
        /// The lock.
        path: PathBuf,
        /// The first line that differs.
        line: usize,
        /// Its text.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// The line.
        #[label("not as `compose` writes it")]
        at: SourceSpan,
    },
    /// The lock of another pipeline.
    #[error("{} is the lock of pipeline `{found}`, and this is `{expected}`", path.display())]
    #[diagnostic(help(
        "if the pipeline was renamed, delete the file and compose again; if not, put the right one \
         beside the manifest"
    ))]
    OtherPipeline {
        /// The lock.
        path: PathBuf,
        /// The pipeline that it names.
        found: String,
        /// The manifest's.
        expected: String,
    },
    /// There is none, and everything shall be as it says.
    #[error("there is no {}", path.display())]
    #[diagnostic(help("compose once without `--locked`, and keep the file that is written"))]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
}
