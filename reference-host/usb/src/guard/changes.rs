//! What comes and goes, as far as it was granted.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use periplasm_backend::Event;

use super::rights::Filters;
use crate::{Change, Changes, DeviceId, UsbHost};

pub(super) struct GuardedChanges(Arc<Mutex<Inner>>);

struct Inner {
    changes: Box<dyn Changes>,
    filters: Arc<Filters>,
    /// The granted devices that are plugged in, as far as this listener knows.
    known: BTreeSet<DeviceId>,
    /// Granted changes that were not taken.
    granted: VecDeque<Change>,
}

impl GuardedChanges {
    pub(super) fn new(host: &dyn UsbHost, filters: Arc<Filters>) -> Self {
        // Before and after, or what goes in between would be missed, or what comes.
        let before = host.devices();
        let changes = host.watch();
        let known = before
            .into_iter()
            .chain(host.devices())
            .filter(|info| filters.rights(info).is_some())
            .map(|info| info.id)
            .collect();
        let inner = Inner { changes, filters, known, granted: VecDeque::new() };
        Self(Arc::new(Mutex::new(inner)))
    }
}

impl Changes for GuardedChanges {
    fn next(&mut self) -> Option<Change> {
        let mut inner = lock(&self.0);
        inner.look();
        inner.granted.pop_front()
    }

    fn changed(&mut self) -> Box<dyn Event> {
        let event = lock(&self.0).changes.changed();
        Box::new(Changed { inner: self.0.clone(), event, happened: false })
    }
}

impl Inner {
    /// Whether there is a granted change, after a look at the others' if need be.
    fn look(&mut self) -> bool {
        while self.granted.is_empty() {
            let Some(change) = self.changes.next() else { return false };
            let granted = match change {
                Change::Connected(info) => {
                    let id = info.id;
                    self.filters.granted(info).map(|info| {
                        self.known.insert(id);
                        Change::Connected(info)
                    })
                }
                Change::Disconnected(id) => {
                    self.known.remove(&id).then_some(Change::Disconnected(id))
                }
            };
            self.granted.extend(granted);
        }
        true
    }
}

/// How often in a row an event may be for nothing.
const MOST_OTHERS: u32 = 64;

/// That a granted change came: the others wake nobody.
struct Changed {
    inner: Arc<Mutex<Inner>>,
    event: Box<dyn Event>,
    happened: bool,
}

impl Event for Changed {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut inner = lock(&self.inner);
        for _ in 0..MOST_OTHERS {
            if self.happened || inner.look() {
                self.happened = true;
                return Poll::Ready(());
            }
            if self.event.poll(context).is_pending() {
                return Poll::Pending;
            }
            // Something came; it may be nothing for this listener.
            self.happened = inner.look();
            self.event = inner.changes.changed();
        }
        // A host whose changes never end has its listeners look in vain.
        self.happened = true;
        Poll::Ready(())
    }

    fn next_ns(&self) -> Option<u64> {
        if self.happened { None } else { self.event.next_ns() }
    }

    fn outside(&self) -> bool {
        self.event.outside()
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}
