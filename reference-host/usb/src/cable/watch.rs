//! Hotplug.

use std::collections::VecDeque;
use std::sync::Arc;

use periplasm_backend::Event;

use crate::{Change, Changes};

use super::bus::{Rest, Shared};
use super::listen::{Listeners, Subject, Waiting};

/// When so many changes wait, devices that came and went again are left out.
const MANY: usize = 256;

/// The changes that one listener has not taken.
#[derive(Default)]
pub(super) struct Watcher {
    changes: VecDeque<Change>,
    pub(super) listeners: Listeners,
}

impl Watcher {
    pub(super) fn has_change(&self) -> bool {
        !self.changes.is_empty()
    }

    fn add(&mut self, change: &Change) {
        if let Change::Disconnected(gone) = change
            && self.changes.len() >= MANY
        {
            let came = |it: &Change| matches!(it, Change::Connected(info) if info.id == *gone);
            if let Some(at) = self.changes.iter().position(came) {
                self.changes.remove(at);
                return;
            }
        }
        self.changes.push_back(change.clone());
    }
}

impl Rest {
    /// Tells all who watch.
    pub(super) fn announce(&mut self, change: &Change) {
        for watcher in self.watchers.values_mut() {
            watcher.add(change);
            watcher.listeners.wake(&mut self.after);
        }
    }
}

/// A listener.
pub(super) struct Watch {
    shared: Arc<Shared>,
    number: u64,
}

impl Watch {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let number = shared.with(|bus| {
            let number = bus.rest.number();
            bus.rest.watchers.insert(number, Watcher::default());
            number
        });
        Self { shared: Arc::clone(shared), number }
    }
}

impl Changes for Watch {
    fn next(&mut self) -> Option<Change> {
        self.shared.with(|bus| bus.rest.watchers.get_mut(&self.number)?.changes.pop_front())
    }

    fn changed(&mut self) -> Box<dyn Event> {
        Box::new(Waiting::new(&self.shared, Subject::Watcher(self.number)))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.with(|bus| bus.rest.watchers.remove(&self.number));
    }
}
