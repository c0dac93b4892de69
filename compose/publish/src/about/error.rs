//! Why a crate says nothing of itself.

use std::path::PathBuf;

use miette::Diagnostic;

/// A folder whose Cargo.toml cannot be read.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("nothing can be said of the crate in {}: {why}", folder.display())]
#[diagnostic(help("name a folder with a Cargo.toml that cargo accepts"))]
pub struct AboutError {
    /// The folder.
    pub folder: PathBuf,
    /// What is wrong.
    pub why: String,
}
