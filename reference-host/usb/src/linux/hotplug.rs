//! What is plugged in and unplugged.
//!
//! nusb listens to udev alone. Small systems have none, or another daemon in its
//! place, so this listens on its own: to udev where it runs, because it gives
//! the permissions, and to the kernel where it does not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use nusb::MaybeFuture;
use periplasm_backend::Event;

use super::host::Registry;
use super::uevent::{Uevent, Uevents};
use crate::bell::lock;
use crate::{Change, Changes, DeviceId};

/// The number of a bus, and an address on it.
type At = (u8, u8);

/// What one listener is told.
pub(super) struct Hotplug(Arc<Mutex<Watch>>);

struct Watch {
    registry: Arc<Registry>,
    /// None where nobody tells.
    uevents: Option<Uevents>,
    /// What this listener takes to be there.
    there: BTreeMap<At, DeviceId>,
    ready: VecDeque<Change>,
}

impl Hotplug {
    /// Tells of changes from now on.
    pub(super) fn new(registry: Arc<Registry>) -> Self {
        // Those that are there now must be known when they go.
        let uevents = Uevents::new()
            .inspect_err(|error| tracing::warn!(%error, "nobody tells of USB devices that come"))
            .ok();
        let mut watch = Watch { registry, uevents, there: BTreeMap::new(), ready: VecDeque::new() };
        watch.look();
        watch.ready.clear();
        Self(Arc::new(Mutex::new(watch)))
    }
}

impl Changes for Hotplug {
    fn next(&mut self) -> Option<Change> {
        let mut watch = lock(&self.0);
        watch.hear(None);
        watch.ready.pop_front()
    }

    fn changed(&mut self) -> Box<dyn Event> {
        Box::new(Changed(self.0.clone()))
    }
}

impl Watch {
    /// Hears what was said, until there is a change.
    fn hear(&mut self, waker: Option<&Waker>) {
        while self.ready.is_empty()
            && let Some(uevent) = self.uevents.as_mut().and_then(|uevents| uevents.next(waker))
        {
            match uevent {
                Uevent::Came { at, ready } => self.came(at, ready),
                Uevent::Went { at } => self.went(at),
                Uevent::Missed => self.look(),
            }
        }
    }

    fn came(&mut self, at: At, ready: bool) {
        let Ok(mut devices) = nusb::list_devices().wait() else { return };
        let Some(device) = devices.find(|device| (device.busnum(), device.device_address()) == at)
        else {
            return;
        };
        // Without a configuration it says more soon.
        if !ready && device.interfaces().next().is_none() {
            return;
        }
        let Some(info) = self.registry.meet(device) else { return };
        // It may have come after the watch began and before the list was made.
        match self.there.insert(at, info.id) {
            Some(known) if known == info.id => return,
            // Its going was missed.
            Some(other) => self.ready.push_back(Change::Disconnected(other)),
            None => {}
        }
        self.ready.push_back(Change::Connected(info));
    }

    fn went(&mut self, at: At) {
        if let Some(id) = self.there.remove(&at) {
            self.registry.forget(id);
            self.ready.push_back(Change::Disconnected(id));
        }
    }

    /// Finds out by itself what came and went.
    fn look(&mut self) {
        let now = self.registry.list();
        let ids: BTreeSet<DeviceId> = now.iter().map(|info| info.id).collect();
        let gone: Vec<At> =
            self.there.iter().filter(|(_, id)| !ids.contains(id)).map(|(at, _)| *at).collect();
        for at in gone {
            self.went(at);
        }
        for info in now {
            if self.there.insert((info.bus, info.address), info.id) != Some(info.id) {
                self.ready.push_back(Change::Connected(info));
            }
        }
    }
}

struct Changed(Arc<Mutex<Watch>>);

impl Event for Changed {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut watch = lock(&self.0);
        watch.hear(Some(context.waker()));
        if watch.ready.is_empty() { Poll::Pending } else { Poll::Ready(()) }
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }

    fn outside(&self) -> bool {
        true
    }
}
