//! `pipeline.lock`: what a pipeline was made of, byte for byte.
//!
//! It stands beside the manifest and has its name, with the ending `.lock`. It
//! has a version, the pipeline's name, and:
//!
//! - the digest of the composed component;
//! - for each stage its source (for one in a registry the reference with the
//!   digest that its tag had), the digest of its component as the source gave
//!   it, what was composed into it with the digest of each part, and the WIT
//!   packages that it imports and exports;
//! - for each WIT package its digest, in the meaning of [`wit`].
//!
//! As with cargo, a lock is written by every composition and read by the next
//! one: a tag stays at the digest that it had, until the stage is updated. With
//! [`crate::Options::keep_lock`] everything must be as the lock says.
//!
//! There is one way to write a lock, so one that is not written so was edited,
//! or merged, by hand, and is refused.

mod check;
mod diff;
mod error;
mod read;
mod text;
mod wit;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) use check::Pins;
pub use diff::LockChange;
pub use error::LockError;

use crate::component::digest;
use crate::manifest::Manifest;
use crate::output::{self, WriteError};
use crate::report::{SourceReport, source};
use crate::source::Loaded;

/// The version of the format that is written, and the only one that is read.
const VERSION: i64 = 1;

/// The ending of a lock's file.
const EXTENSION: &str = "lock";

/// What a pipeline was made of. Sorted by the names of stages and packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The pipeline's name.
    pub pipeline: String,
    /// The digest of the composed component.
    pub digest: String,
    /// Its stages.
    pub stages: Vec<LockedStage>,
    /// The WIT packages that stages import or export.
    pub packages: Vec<LockedPackage>,
}

/// What one stage was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedStage {
    /// Its name.
    pub name: String,
    /// Where it came from.
    pub source: SourceReport,
    /// The digest of its component, as it came from there.
    pub digest: String,
    /// What was composed into it, such as `seal`, each with its digest.
    pub with: BTreeMap<String, String>,
    /// The WIT packages that it imports something of: `wasi:i2c@0.2.0-draft`.
    pub imports: Vec<String>,
    /// The WIT packages that it exports something of.
    pub exports: Vec<String>,
}

/// One WIT package, as far as stages see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPackage {
    /// Its name and version: `wasi:i2c@0.2.0-draft`.
    pub name: String,
    /// The digest of the interfaces in it that stages import or export.
    pub digest: String,
}

impl Lock {
    /// Where the lock of a manifest is.
    pub fn beside(manifest: &Path) -> PathBuf {
        manifest.with_extension(EXTENSION)
    }

    /// Reads a lock. `None` if there is no such file.
    pub fn read(path: &Path) -> Result<Option<Self>, LockError> {
        read::read(path)
    }

    /// Reads the text of a lock; `path` is for messages.
    pub fn parse(path: &Path, text: &str) -> Result<Self, LockError> {
        read::parse(path, text)
    }

    /// Writes the lock: all of it, or, on an error, nothing. A file that says
    /// the same already is left as it is. Returns whether it was written.
    pub fn write(&self, path: &Path) -> Result<bool, WriteError> {
        let text = self.to_string();
        if std::fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(false);
        }
        output::write(path, text.as_bytes()).map(|()| true)
    }

    /// What `newer` has that this one has not, and the other way round.
    pub fn diff(&self, newer: &Self) -> Vec<LockChange> {
        diff::diff(self, newer)
    }

    /// The stage of this name.
    pub fn stage(&self, name: &str) -> Option<&LockedStage> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    pub(crate) fn new(manifest: &Manifest, loaded: &[Loaded], component: &[u8]) -> Self {
        let mut stages: Vec<LockedStage> = manifest
            .stages
            .iter()
            .zip(loaded)
            .map(|(stage, one)| LockedStage {
                name: stage.name.value.clone(),
                source: source(&stage.source.value, one),
                digest: one.given.clone(),
                with: one.with.clone(),
                imports: wit::imported(&one.shape),
                exports: wit::exported(&one.shape),
            })
            .collect();
        stages.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            pipeline: manifest.name.value.clone(),
            digest: digest(component),
            stages,
            packages: wit::packages(loaded.iter().map(|one| &one.shape)),
        }
    }
}
