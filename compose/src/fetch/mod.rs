//! Stages from elsewhere: what is to be fetched, and who does it.
//!
//! This crate knows no registry. Whoever calls [`crate::compose`] gives it a
//! [`Fetch`] in [`crate::Options`], and decides there whom to believe.

mod get;
mod remote;

use std::fmt;

use miette::Diagnostic;

pub(crate) use get::get;
pub use remote::Remote;
pub(crate) use remote::{OCI_FORM, PACKAGE_FORM, digest_of, is_digest};

/// Fetches the components of stages.
pub trait Fetch: fmt::Debug + Send + Sync {
    /// Fetches one. `pinned` is the reference with a digest that the lock has
    /// for it: that is then to be fetched, wherever the tag points to by now.
    fn fetch(&self, remote: &Remote, pinned: Option<&str>) -> Result<Fetched, FetchError>;
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The component.
    pub component: Vec<u8>,
    /// Where it was, with the digest of its manifest:
    /// `registry.example/drivers/bme280:1.2.0@sha256:…`
    pub reference: String,
}

/// A stage that cannot be fetched: why, in the words of who fetches.
#[derive(Debug)]
pub struct FetchError(Box<dyn Diagnostic + Send + Sync>);

impl FetchError {
    /// Passes `error` on, with its help.
    pub fn new(error: impl Diagnostic + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for FetchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl Diagnostic for FetchError {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        self.0.related()
    }

    fn diagnostic_source(&self) -> Option<&dyn Diagnostic> {
        self.0.diagnostic_source()
    }
}
