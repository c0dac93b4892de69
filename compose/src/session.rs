//! Composing again and again, as sources change.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use crate::component::{Shape, StageComponent};
use crate::composed::{self, Composed};
use crate::fetch::{Fetched, Remote};
use crate::options::{Options, Progress};
use crate::problem::ComposeError;
use crate::wac;

/// Composes one pipeline whenever it is asked to, and builds only those crates
/// anew of which it was told that they changed. All else is kept in memory: the
/// components of the others, and what came from registries.
#[derive(Debug)]
pub struct Session {
    manifest: PathBuf,
    options: Options,
    kept: Kept,
}

/// What is kept from one composition to the next.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// By the crate's folder.
    pub(crate) built: HashMap<PathBuf, KeptCrate>,
    /// Of components that were found valid, by their digests.
    pub(crate) shapes: HashMap<String, Shape>,
    /// By what was asked for.
    pub(crate) fetched: HashMap<(Remote, Option<String>), Fetched>,
    /// Built when the first stage needs it.
    pub(crate) seal: Option<Vec<u8>>,
    /// By their packages, each built when the first stage needs it.
    pub(crate) adapters: HashMap<&'static str, Vec<u8>>,
    /// The files of stages that were read.
    pub(crate) files: BTreeSet<PathBuf>,
}

/// A crate that was built, or was to be.
#[derive(Clone, Debug)]
pub(crate) struct KeptCrate {
    /// Absent when it did not build, or has changed.
    pub(crate) component: Option<StageComponent>,
    /// The files that it is made from.
    pub(crate) inputs: BTreeSet<PathBuf>,
}

impl Session {
    /// Takes what [`crate::compose`] takes. Reads nothing yet.
    pub fn new(manifest: &Path, options: Options) -> Self {
        Self { manifest: manifest.to_owned(), options, kept: Kept::default() }
    }

    /// Composes the pipeline, as [`crate::compose`] does.
    pub fn compose(&mut self, progress: &mut dyn Progress) -> Result<Composed, ComposeError> {
        self.kept.files.clear();
        let (text, manifest, script) = wac::open(&self.manifest)?;
        composed::compose(&text, manifest, script.as_ref(), &self.options, &mut self.kept, progress)
            .map_err(|problems| text.error(problems))
    }

    /// The folders in which a change matters: those of the manifest, of the
    /// files of stages, and of all sources of crates. Known when [`Self::compose`]
    /// was called, whether it ended well or not.
    pub fn folders(&self) -> BTreeSet<PathBuf> {
        let inputs = self.kept.built.values().flat_map(|one| &one.inputs);
        let files = inputs.chain(&self.kept.files).chain([&self.manifest]);
        files.filter_map(|file| folder(file)).collect()
    }

    /// Everything may have changed: all crates are built anew, which takes cargo
    /// little where nothing did. Always `true`, as [`Self::changed`].
    pub fn changed_anything(&mut self) -> bool {
        self.kept.built.values_mut().for_each(|one| one.component = None);
        true
    }

    /// Has to be told of every file that changed: the crates that are made from
    /// it, or have sources beside it, are built anew. Returns whether anything
    /// of the pipeline may be another one now.
    pub fn changed(&mut self, file: &Path) -> bool {
        let Some(beside) = folder(file) else { return false };
        let mut any = false;
        for one in self.kept.built.values_mut() {
            if one.inputs.iter().any(|input| folder(input).is_some_and(|f| f == beside)) {
                one.component = None;
                any = true;
            }
        }
        let own = self.kept.files.iter().chain([&self.manifest]);
        any || own.into_iter().any(|own| folder(own).is_some_and(|f| f == beside))
    }
}

/// The folder of a file, by one name whatever way leads there.
fn folder(file: &Path) -> Option<PathBuf> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    folder.canonicalize().ok()
}
