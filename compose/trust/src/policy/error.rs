//! Why a policy cannot be used.

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

use crate::key::{KeyError, KeyFault};

/// Why a policy could not be loaded.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum PolicyError {
    /// The file is not there or may not be read.
    #[error("cannot read the policy {}", path.display())]
    #[diagnostic(help("name a file that says whose signatures are believed"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is far larger than any policy.
    #[error("{} is larger than a policy may be ({limit} bytes)", path.display())]
    #[diagnostic(help("is this the right file? A policy has a few lines for each key"))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The file is not UTF-8.
    #[error("{} is not text in UTF-8", path.display())]
    #[diagnostic(help("is this the right file? A policy is a TOML file"))]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The text is no policy.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Malformed(#[from] Box<Malformed>),
}

/// A policy with everything that is wrong with it. None of it is used.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{} cannot be used as a policy", source_code.name())]
pub struct Malformed {
    #[source_code]
    pub(super) source_code: NamedSource<Arc<str>>,
    /// What is wrong, in the order of the file.
    #[related]
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a policy, and where.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum Problem {
    /// Not TOML, or a key that is missing, unknown or of the wrong type.
    #[error("{message}")]
    #[diagnostic(help(
        "a policy has tables `[[trust]]` with `repositories`, and `keys` and `require`, or \
         `unsigned = true`"
    ))]
    Syntax {
        /// What is wrong.
        message: String,
        /// Where.
        #[label("here")]
        at: SourceSpan,
    },
    /// A rule for no repository.
    #[error("this rule is for no repository")]
    #[diagnostic(help("name one, such as \"registry.example/drivers/*\", or take the rule out"))]
    NoRepositories {
        /// The empty list.
        #[label("nothing in it")]
        at: SourceSpan,
    },
    /// A text that is no pattern of repositories.
    #[error("{found:?} names no repositories: {why}")]
    #[diagnostic(help(
        "write it like \"registry.example/drivers/bme280\", \"registry.example/drivers/*\" for all \
         beside it, or \"registry.example/**\" for all below"
    ))]
    Pattern {
        /// The text.
        found: String,
        /// What is wrong with it.
        why: String,
        /// Its place.
        #[label("no pattern")]
        at: SourceSpan,
    },
    /// A pattern that stands twice.
    #[error("`{pattern}` is named twice")]
    #[diagnostic(help("which of the two should count? Take the other one out"))]
    Twice {
        /// The pattern.
        pattern: String,
        /// Where it stands first.
        #[label("first here")]
        first: SourceSpan,
        /// Where it stands again.
        #[label("again here")]
        second: SourceSpan,
    },
    /// A rule that says neither which keys nor that none is needed.
    #[error("this rule believes nobody")]
    #[diagnostic(help(
        "add `keys = [{{ file = \"vendor.pub\" }}]`, or `unsigned = true` if no signature is to be \
         asked for"
    ))]
    NoKeys {
        /// The rule.
        #[label("neither `keys` nor `unsigned = true`")]
        at: SourceSpan,
    },
    /// A rule that asks for signatures and for none.
    #[error("this rule names keys, and asks for no signature")]
    #[diagnostic(help("keep one of the two: with `unsigned = true` nobody looks at the keys"))]
    KeysAndUnsigned {
        /// `unsigned`.
        #[label("no signature is asked for")]
        at: SourceSpan,
    },
    /// A word that `require` does not have.
    #[error("`require` is not {found:?}")]
    #[diagnostic(help("it is \"any\" (one of the keys is enough) or \"all\""))]
    Require {
        /// The word.
        found: String,
        /// Its place.
        #[label("neither \"any\" nor \"all\"")]
        at: SourceSpan,
    },
    /// A time that is not a day.
    #[error("{found} is not a day")]
    #[diagnostic(help("write year, month and day, without quotes: 2027-12-31"))]
    Day {
        /// What stands there.
        found: String,
        /// Its place.
        #[label("not a day")]
        at: SourceSpan,
    },
    /// A key that is never believed.
    #[error("this key ends before it begins")]
    #[diagnostic(help("`not-before` and `not-after` are the first and the last day"))]
    Never {
        /// The key.
        #[label("never believed")]
        at: SourceSpan,
    },
    /// A key that stands twice in one rule.
    #[error("this rule names the same key twice")]
    #[diagnostic(help("take one of them out: one who signs is one"))]
    SameKey {
        /// Where it stands first.
        #[label("first here")]
        first: SourceSpan,
        /// Where it stands again.
        #[label("the same key")]
        second: SourceSpan,
    },
    /// A key that cannot be read.
    #[error("{error}")]
    Key {
        /// Why not.
        error: KeyError,
        /// What to do.
        #[help]
        help: String,
        /// Where it is named.
        #[label("this key")]
        at: SourceSpan,
    },
}

impl Problem {
    pub(super) fn key(mut error: KeyError, at: SourceSpan) -> Self {
        let help = Diagnostic::help(&error).map(|help| help.to_string()).unwrap_or_default();
        if let KeyFault::Unreadable { source } = &error.fault {
            error.key = format!("{} ({source})", error.key);
        }
        Self::Key { error, help, at }
    }
}
