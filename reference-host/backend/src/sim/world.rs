//! What the devices of one simulated board share: wires, screens, and whatever
//! models agree on.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Net, Nets, Picture, Screen, Wiring};
use crate::{Clock, Level};

/// One simulated board: its clock, its named wires, its screens.
///
/// Buses and pins of one board are made on the same world; clones are the same.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    nets: Nets,
    screens: Screens,
    shared: Arc<Mutex<Shared>>,
    folder: Arc<Path>,
}

/// Where the names of the wires that the board file drives are kept.
const DRIVEN: &str = "driven";

type Shared = BTreeMap<(TypeId, String), Arc<dyn Any + Send + Sync>>;

impl World {
    /// A board on which nothing is yet, living by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            nets: Nets::new(),
            screens: Screens::default(),
            shared: Arc::default(),
            folder: Path::new("").into(),
        }
    }

    /// The same board, whose devices find their files (the image of a memory
    /// card) in `folder` unless they say a whole path.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.folder = folder.into();
        self
    }

    /// The clock that everything on it lives by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Its named wires.
    pub fn nets(&self) -> &Nets {
        &self.nets
    }

    /// Its screens.
    pub fn screens(&self) -> &Screens {
        &self.screens
    }

    /// What all who ask for `name` and the same type share, made when it is
    /// asked for first: the air between two radios, the voltage at an input.
    pub fn shared<T: Default + Send + 'static>(&self, name: &str) -> Arc<Mutex<T>> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shared
            .entry((TypeId::of::<T>(), name.to_owned()))
            .or_insert_with(|| Arc::new(Mutex::new(T::default())));
        // The key holds the type, so it is of that type.
        known.clone().downcast().unwrap_or_default()
    }

    /// Whether this is asked for the first time, of `name`.
    pub(super) fn drives(&self, name: &str) -> bool {
        let driven = self.shared::<BTreeSet<String>>(DRIVEN);
        driven.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned())
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("nets", &self.nets).finish_non_exhaustive()
    }
}

/// The named screens of a simulated board.
#[derive(Clone, Default)]
pub struct Screens(Arc<Mutex<BTreeMap<String, Box<dyn Screen>>>>);

impl Screens {
    /// Shows `screen` as `name`; if that is taken, as `name-2` or the next that
    /// is free.
    pub fn show(&self, name: &str, screen: Box<dyn Screen>) {
        let mut screens = self.lock();
        let mut free = name.to_owned();
        for number in 2_u64.. {
            if !screens.contains_key(&free) {
                break;
            }
            free = format!("{name}-{number}");
        }
        screens.insert(free, screen);
    }

    /// What each screen shows now, by name.
    pub fn pictures(&self) -> BTreeMap<String, Picture> {
        self.lock().iter().map(|(name, screen)| (name.clone(), screen.picture())).collect()
    }

    /// What the screen of this name shows now.
    pub fn picture(&self, name: &str) -> Option<Picture> {
        self.lock().get(name).map(|screen| screen.picture())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Box<dyn Screen>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Screens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().keys()).finish()
    }
}

/// Where on a board a device is put: what its model may be connected to.
#[derive(Clone, Debug)]
pub struct Site {
    world: World,
    wiring: Wiring,
    name: String,
}

impl Site {
    /// A place on `world` for the device `name`, whose `pins` (its own name of a
    /// pin, to the board's) are connected.
    pub fn new(world: &World, name: &str, pins: BTreeMap<String, String>) -> Self {
        let wiring = Wiring::new(world.nets(), pins);
        Self { world: world.clone(), wiring, name: name.to_owned() }
    }

    /// The board it is on.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Which of its pins are on which wires.
    pub fn wiring(&self) -> &Wiring {
        &self.wiring
    }

    /// The wire of the device's pin `pin`, if it is connected.
    pub fn pin(&self, pin: &str) -> Option<Net> {
        self.wiring.pin(pin)
    }

    /// The wire of the device's pin `pin`, or one of its own, at `level`.
    pub fn pin_or(&self, pin: &str, level: Level) -> Net {
        self.wiring.pin_or(pin, level)
    }

    /// Shows what the device shows, under the name that the board file gives it.
    pub fn show(&self, screen: impl Screen + 'static) {
        self.world.screens().show(&self.name, Box::new(screen));
    }

    /// Where a file is that the board file names: beside it, unless `path` is a
    /// whole one.
    pub fn file(&self, path: impl AsRef<Path>) -> PathBuf {
        self.world.folder.join(path)
    }
}
