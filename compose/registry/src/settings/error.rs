//! What can be wrong with `registries.toml`.

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// The settings cannot be used: what is wrong, with the file's text to show it in.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the settings of registries in {} cannot be used", path.display())]
pub struct SettingsError {
    /// The file.
    pub path: PathBuf,
    #[source_code]
    pub(super) text: NamedSource<Arc<str>>,
    /// Everything that is wrong, at least one.
    #[related]
    pub problems: Vec<SettingsProblem>,
}

/// One thing that is wrong with the settings.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum SettingsProblem {
    /// The file, or one that it names, cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    #[diagnostic(help("without `--registries`, no file is needed at all"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is far larger than any settings.
    #[error("{} has more than {limit} bytes", path.display())]
    #[diagnostic(help("is this the right file? Settings have a few lines for each registry"))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The text is not TOML, or not of this form.
    #[error("{message}")]
    #[diagnostic(help(
        "a registry is a table [registries.\"registry.example\"] with the keys `plain-http`, \
         `mirrors`, `timeout`, `retries` and `certificate`; beside it may be `cache`, `cache-limit` and \
         `offline`"
    ))]
    Form {
        /// What the parser says.
        message: String,
        /// Where.
        #[label("here")]
        at: SourceSpan,
    },
    /// A key that is no registry.
    #[error("{name:?} is no registry")]
    #[diagnostic(help(
        "write its name as references have it: registry.example, or 127.0.0.1:5000"
    ))]
    Registry {
        /// The name.
        name: String,
        /// Where.
        #[label("here")]
        at: SourceSpan,
    },
    /// A mirror that is no registry with a folder.
    #[error("{name:?} is no mirror")]
    #[diagnostic(help("write mirror.example, or mirror.example/folder"))]
    Mirror {
        /// What was written.
        name: String,
        /// Where.
        #[label("here")]
        at: SourceSpan,
    },
    /// A number that is too small or too large.
    #[error("`{key}` may be {least} to {most}")]
    #[diagnostic(help(
        "`timeout` is in seconds, `cache-limit` in MiB; `retries` counts what comes after the \
         first try"
    ))]
    Range {
        /// The key.
        key: &'static str,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
        /// Where.
        #[label("this is not")]
        at: SourceSpan,
    },
    /// A certificate that is none.
    #[error("{} holds no certificate", path.display())]
    #[diagnostic(help(
        "a certificate is a file in PEM: it has a line -----BEGIN CERTIFICATE-----"
    ))]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Where it is named.
        #[label("named here")]
        at: SourceSpan,
    },
}
