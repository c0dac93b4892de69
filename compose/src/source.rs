//! Getting the component of every stage.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::adapt::{self, Adapter};
use crate::build::{build_with_inputs, of_folder};
use crate::component::{MAX_BYTES, Shape, ShapeError, Sniffed, StageComponent, digest, sniff};
use crate::fetch::{self, Fetched, Remote};
use crate::lock::Pins;
use crate::manifest::{Source, Stage, Text};
use crate::options::{Options, Phase, Progress};
use crate::problem::{Problem, StageProblem};
use crate::session::{Kept, KeptCrate};
use crate::{seal, settings};

/// A stage's component, and what it imports and exports.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) component: StageComponent,
    pub(crate) shape: Shape,
    /// Whether it has a sealed WASI in it.
    pub(crate) sealed: bool,
    /// The drafts that adapters in it speak.
    pub(crate) adapters: Vec<&'static str>,
    /// If it was fetched: its reference, with a digest.
    pub(crate) resolved: Option<String>,
    /// The digest of the component, as its source gave it.
    pub(crate) given: String,
    /// What was composed into it, each with its digest.
    pub(crate) with: BTreeMap<String, String>,
}

/// How many shapes are kept.
const MAX_SHAPES: usize = 256;

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) enum FileError {
    Io(io::Error),
    /// Larger than [`MAX_BYTES`].
    TooLarge,
}

/// Reads a file that may be a component.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(FileError::Io)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(FileError::Io)?;
    if bytes.len() as u64 > MAX_BYTES { Err(FileError::TooLarge) } else { Ok(bytes) }
}

/// Gets the components of stages. A crate that two stages name is built once,
/// and a component in a registry is fetched once.
pub(crate) struct Loader<'a> {
    text: &'a Text,
    options: &'a Options,
    pins: &'a Pins,
    kept: &'a mut Kept,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(
        text: &'a Text,
        options: &'a Options,
        pins: &'a Pins,
        kept: &'a mut Kept,
    ) -> Self {
        Self { text, options, pins, kept }
    }

    pub(crate) fn load(
        &mut self,
        stage: &Stage,
        progress: &mut dyn Progress,
    ) -> Result<Loaded, Vec<Problem>> {
        let name = &stage.name.value;
        let mut resolved = None;
        let bytes = match &stage.source.value {
            Source::Crate(path) => {
                progress.enter(Phase::Building { stage: name });
                self.build(stage, path).map_err(|problem| vec![problem.into()])?
            }
            Source::Wasm(path) => self.read(stage, path).map_err(|problem| vec![problem.into()])?,
            Source::Remote(remote) => {
                progress.enter(Phase::Fetching { stage: name });
                let fetched = self.fetch(stage, remote).map_err(|problem| vec![problem.into()])?;
                resolved = Some(fetched.reference);
                fetched.component
            }
        };
        progress.enter(Phase::Checking { stage: name });
        let (given, mut with) = (digest(&bytes), BTreeMap::new());
        let shape = self.shape(stage, &bytes, &given)?;
        let (mut bytes, mut shape, mut adapters) = (bytes, shape, Vec::new());
        for adapter in adapt::needed(stage, &shape) {
            bytes = self.adapt(stage, &bytes, &shape, adapter).map_err(|p| vec![p.into()])?;
            shape = made_shape(stage, &bytes)?;
            let built = self.kept.adapters.get(adapter.package).map(|built| digest(built));
            with.extend(built.map(|digest| (adapter.key(), digest)));
            adapters.push(adapter.package);
        }
        let told = settings::put_in(stage, &bytes, &shape).map_err(|p| vec![p.into()])?;
        let (bytes, shape) = match told {
            Some(bytes) => {
                let shape = made_shape(stage, &bytes)?;
                with.extend([("settings".to_owned(), settings::digest(stage))]);
                (bytes, shape)
            }
            None => (bytes, shape),
        };
        let wasi = seal::wasi_of(stage, &shape);
        // What the seal lacks is refused by its name, with the slots.
        let sealed = !wasi.is_empty() && wasi.into_iter().all(seal::knows);
        let (bytes, shape) = match sealed {
            true => {
                let bytes = self.seal(stage, &bytes, &shape).map_err(|p| vec![p.into()])?;
                let shape = made_shape(stage, &bytes)?;
                with.extend(
                    self.kept.seal.as_deref().map(|seal| ("seal".to_owned(), digest(seal))),
                );
                (bytes, shape)
            }
            false => (bytes, shape),
        };
        let component = StageComponent::new(bytes, shape.kind());
        Ok(Loaded { component, shape, sealed, adapters, resolved, given, with })
    }

    /// What a component imports and exports. The same bytes are validated once.
    fn shape(&mut self, stage: &Stage, bytes: &[u8], digest: &str) -> Result<Shape, Vec<Problem>> {
        if let Some(shape) = self.kept.shapes.get(digest) {
            return Ok(shape.clone());
        }
        let shape = read_shape(stage, bytes)?;
        // A session that goes on for days sees many.
        if self.kept.shapes.len() >= MAX_SHAPES {
            self.kept.shapes.clear();
        }
        self.kept.shapes.insert(digest.to_owned(), shape.clone());
        Ok(shape)
    }

    fn fetch(&mut self, stage: &Stage, remote: &Remote) -> Result<Fetched, StageProblem> {
        let pinned = self.pins.of(&stage.name.value, remote);
        let key = (remote.clone(), pinned.map(str::to_owned));
        if let Some(fetched) = self.kept.fetched.get(&key) {
            return Ok(fetched.clone());
        }
        let fetched = fetch::get(stage, remote, pinned, self.options)?;
        self.kept.fetched.insert(key, fetched.clone());
        Ok(fetched)
    }

    fn seal(
        &mut self,
        stage: &Stage,
        driver: &[u8],
        shape: &Shape,
    ) -> Result<Vec<u8>, StageProblem> {
        let (name, at) = (|| stage.name.value.clone(), stage.source.at);
        let seal = match self.kept.seal.take() {
            Some(built) => built,
            None => seal::build(self.options).map_err(|source| StageProblem::NoSeal {
                stage: name(),
                source,
                at,
            })?,
        };
        let sealed = seal::seal(stage, driver, shape, &seal);
        self.kept.seal = Some(seal);
        sealed.map_err(|fault| StageProblem::Unsealed { stage: name(), message: fault.message, at })
    }

    /// The stage with the adapter inside.
    fn adapt(
        &mut self,
        stage: &Stage,
        component: &[u8],
        shape: &Shape,
        adapter: &Adapter,
    ) -> Result<Vec<u8>, StageProblem> {
        let (name, at, package) = (|| stage.name.value.clone(), stage.source.at, adapter.package);
        let built = match self.kept.adapters.entry(package) {
            Entry::Occupied(built) => built.into_mut(),
            Entry::Vacant(place) => {
                let built = adapter
                    .build(self.options)
                    .map_err(|source| StageProblem::NoAdapter { stage: name(), source, at })?;
                place.insert(built)
            }
        };
        adapter.put_in(stage, component, shape, built).map_err(|fault| StageProblem::Unadapted {
            stage: name(),
            adapter: package,
            message: fault.message,
            at,
        })
    }

    fn build(&mut self, stage: &Stage, path: &Path) -> Result<Vec<u8>, StageProblem> {
        let directory = self.text.resolve(path);
        let key = directory.canonicalize().unwrap_or_else(|_| directory.clone());
        let known = self.kept.built.get(&key);
        if let Some(built) = known.and_then(|one| one.component.as_ref()) {
            return Ok(built.bytes().to_vec());
        }
        match build_with_inputs(&directory, self.options) {
            Ok((built, inputs)) => {
                let component = Some(built.clone());
                self.kept.built.insert(key, KeptCrate { component, inputs });
                Ok(built.into_bytes())
            }
            Err(source) => {
                let (component, inputs) = (None, of_folder(&directory));
                self.kept.built.entry(key).or_insert(KeptCrate { component, inputs });
                let (stage, at) = (stage.name.value.clone(), stage.source.at);
                Err(StageProblem::Build { stage, at, source })
            }
        }
    }

    fn read(&mut self, stage: &Stage, path: &Path) -> Result<Vec<u8>, StageProblem> {
        let (name, at, path) = (stage.name.value.clone(), stage.source.at, path.to_owned());
        let file = self.text.resolve(&path);
        self.kept.files.insert(file.clone());
        let bytes = match read_file(&file) {
            Ok(bytes) => bytes,
            Err(FileError::Io(source)) => {
                return Err(StageProblem::Unreadable { stage: name, path, source, at });
            }
            Err(FileError::TooLarge) => {
                return Err(StageProblem::TooLarge { stage: name, path, limit: MAX_BYTES, at });
            }
        };
        match sniff(&bytes) {
            Sniffed::Component => Ok(bytes),
            Sniffed::Module => Err(StageProblem::CoreModule { stage: name, path, at }),
            Sniffed::Other(what, help) => {
                Err(StageProblem::NotAComponent { stage: name, path, what, help, at })
            }
        }
    }
}

fn read_shape(stage: &Stage, bytes: &[u8]) -> Result<Shape, Vec<Problem>> {
    Shape::read(bytes).map_err(|errors| described(stage, errors))
}

/// The shape of a stage that something was composed into.
fn made_shape(stage: &Stage, bytes: &[u8]) -> Result<Shape, Vec<Problem>> {
    Shape::read_made(bytes).map_err(|errors| described(stage, errors))
}

fn described(stage: &Stage, errors: Vec<ShapeError>) -> Vec<Problem> {
    errors.into_iter().map(|error| describe(stage, error).into()).collect()
}

fn describe(stage: &Stage, error: ShapeError) -> StageProblem {
    let (name, at) = (stage.name.value.clone(), stage.source.at);
    match error {
        ShapeError::Invalid(message) => StageProblem::Invalid { stage: name, message, at },
        ShapeError::NoCode => StageProblem::NotAComponent {
            stage: name,
            path: stage.source.value.path(),
            what: "a WIT package: interfaces, no code",
            help: "name a component that implements these interfaces",
            at,
        },
        ShapeError::Unsupported(item, why) => {
            StageProblem::Unsupported { stage: name, item, why, at }
        }
        ShapeError::NotASlot(slot, not) => {
            let item = format!("import `{slot}` is not a slot");
            StageProblem::SlotShape { stage: name, item, why: not.why, help: not.help, at }
        }
        ShapeError::NotHardware(export, not) => {
            let item = format!("export `{export}` fits no slot");
            StageProblem::SlotShape { stage: name, item, why: not.why, help: not.help, at }
        }
    }
}
