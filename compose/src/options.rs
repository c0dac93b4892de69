//! What a caller can choose, and how it is told how far things are.

use std::path::PathBuf;
use std::sync::Arc;

use crate::fetch::Fetch;

/// How stages are built.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Refuse to change any `Cargo.lock` (`cargo --locked`).
    pub locked: bool,
    /// Do not touch the network (`cargo --offline`).
    pub offline: bool,
    /// Where cargo puts what it builds; cargo's own choice if absent.
    pub target_dir: Option<PathBuf>,
    /// The crate of the WASI that is composed into drivers on std; if absent,
    /// `seal` in the folder in which this crate was compiled.
    pub seal: Option<PathBuf>,
    /// The folder of the adapters that are composed into stages that speak
    /// WASI's drafts; if absent, `adapters` in the folder in which this crate
    /// was compiled.
    pub adapters: Option<PathBuf>,
    /// Who fetches stages from registries; without one they are refused.
    pub fetch: Option<Arc<dyn Fetch>>,
    /// Which stages are looked up anew, although the lock has them.
    pub update: Update,
    /// Refuse to compose anything but what `pipeline.lock` says.
    pub keep_lock: bool,
}

/// Which stages in registries are looked up anew, although the lock has them.
/// Means nothing with [`Options::keep_lock`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Update {
    /// None: every tag stays at the digest in the lock.
    #[default]
    Nothing,
    /// All.
    Everything,
    /// Those of these names.
    Stages(Vec<String>),
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase<'a> {
    /// Cargo builds the crate of a stage.
    Building {
        /// The stage's name.
        stage: &'a str,
    },
    /// A stage's component is fetched from a registry.
    Fetching {
        /// The stage's name.
        stage: &'a str,
    },
    /// A stage's component is read and checked against the manifest.
    Checking {
        /// The stage's name.
        stage: &'a str,
    },
    /// The stages are put together.
    Composing,
}

/// Is told how far a composition is. `()` ignores it.
pub trait Progress {
    /// The manifest is read; so many stages follow.
    fn begin(&mut self, stages: usize) {
        let _ = stages;
    }

    /// A phase begins, and the one before it is over.
    fn enter(&mut self, phase: Phase<'_>);
}

impl Progress for () {
    fn enter(&mut self, _: Phase<'_>) {}
}
