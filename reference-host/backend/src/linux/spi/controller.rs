//! Which nodes are on one bus.

use std::fs::{File, canonicalize};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nix::libc::{major, minor};

/// The bus behind a node. One call has it by the kernel's own means; a
/// transaction of several calls must also keep out the other nodes of the same
/// bus, or one of them would take chip select away in the middle.
#[derive(Clone, Debug)]
pub(super) struct Controller(Arc<Mutex<()>>);

type Known = Vec<(PathBuf, Weak<Mutex<()>>)>;

static KNOWN: Mutex<Known> = Mutex::new(Vec::new());

impl Controller {
    /// The bus of an open node. A node that the kernel does not place is alone
    /// on its bus.
    pub(super) fn of(node: &File) -> Self {
        match place(node) {
            Some(place) => Self::at(place),
            None => Self(Arc::new(Mutex::new(()))),
        }
    }

    fn at(place: PathBuf) -> Self {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, bus)| bus.strong_count() > 0);
        let same = known.iter().find(|(known, _)| *known == place);
        if let Some(bus) = same.and_then(|(_, bus)| bus.upgrade()) {
            return Self(bus);
        }
        let bus = Arc::new(Mutex::new(()));
        known.push((place, Arc::downgrade(&bus)));
        Self(bus)
    }

    /// Has the bus for this program until the guard is dropped.
    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder `…/spi0` of a node that is `…/spi0/spi0.1/spidev/spidev0.1`.
fn place(node: &File) -> Option<PathBuf> {
    let device = node.metadata().ok()?.rdev();
    let link = format!("/sys/dev/char/{}:{}", major(device), minor(device));
    canonicalize(link).ok()?.ancestors().nth(3).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_of_one_bus_share_a_lock_while_one_is_open() {
        let first = Controller::at("/sys/devices/spi0".into());
        let second = Controller::at("/sys/devices/spi0".into());
        let other = Controller::at("/sys/devices/spi1".into());
        assert!(Arc::ptr_eq(&first.0, &second.0));
        assert!(!Arc::ptr_eq(&first.0, &other.0));
        drop((first, second));
        Controller::at("/sys/devices/spi2".into());
        let known = KNOWN.lock().unwrap();
        assert!(known.iter().all(|(place, _)| place != "/sys/devices/spi0"));
    }
}
