//! Where devices are plugged in.

use std::boxed::Box;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::vec::Vec;

use periplasm_usb::{Change, Changes, DeviceId, DeviceInfo, InterfaceInfo, Speed, UsbError};

use super::Identity;
use super::device::{Opened, Plugged, Shared};
use crate::native::locked;

/// A host for tests.
#[derive(Clone, Default)]
pub struct Host(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    plugged: Vec<(DeviceInfo, Shared)>,
    last_id: u64,
    watchers: Vec<Arc<Mutex<Watcher>>>,
}

#[derive(Default)]
struct Watcher {
    changes: VecDeque<Change>,
    waker: Option<Waker>,
}

impl Host {
    /// A host with nothing plugged in.
    pub fn new() -> Self {
        Self::default()
    }

    /// What [`install`](crate::native::install) takes.
    pub fn usb(&self) -> Arc<dyn periplasm_usb::UsbHost> {
        Arc::new(self.clone())
    }

    /// Plugs a device in, and returns what stands for it.
    pub fn plug(&self, identity: Identity, device: impl super::Device + 'static) -> u64 {
        let mut state = locked(&self.0);
        state.last_id += 1;
        let id = state.last_id;
        let Identity { descriptors, manufacturer, product, serial, kernel } = identity;
        let info = DeviceInfo {
            id: DeviceId(id),
            bus: 1,
            address: id as u8,
            ports: std::vec![1, id as u8],
            speed: Some(Speed::High),
            interfaces: interfaces(&descriptors),
            descriptors: descriptors.into(),
            manufacturer,
            product,
            serial,
        };
        let shared = Plugged::new(Box::new(device), kernel);
        state.plugged.push((info.clone(), shared));
        state.tell(&Change::Connected(info));
        id
    }

    /// Pulls a device out.
    pub fn unplug(&self, id: u64) {
        let mut state = locked(&self.0);
        let Some(at) = state.plugged.iter().position(|(info, _)| info.id.0 == id) else { return };
        let (_, shared) = state.plugged.remove(at);
        state.tell(&Change::Disconnected(DeviceId(id)));
        drop(state);
        Plugged::change(&shared, Plugged::leave);
    }

    /// Asks all devices again that stayed silent.
    pub fn poke(&self) {
        let plugged = locked(&self.0).plugged.clone();
        plugged.iter().for_each(|(_, shared)| Plugged::change(shared, |_| ()));
    }
}

impl State {
    fn tell(&self, change: &Change) {
        for watcher in &self.watchers {
            let mut watcher = locked(watcher);
            watcher.changes.push_back(change.clone());
            watcher.waker.take().into_iter().for_each(Waker::wake);
        }
    }
}

impl periplasm_usb::UsbHost for Host {
    fn devices(&self) -> Vec<DeviceInfo> {
        locked(&self.0).plugged.iter().map(|(info, _)| info.clone()).collect()
    }

    fn watch(&self) -> Box<dyn Changes> {
        let watcher = Arc::default();
        locked(&self.0).watchers.push(Arc::clone(&watcher));
        Box::new(Watching(watcher))
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn periplasm_usb::UsbDevice>, UsbError> {
        let state = locked(&self.0);
        let found = state.plugged.iter().find(|(info, _)| info.id == id);
        Ok(Arc::new(Opened(found.ok_or(UsbError::Gone)?.1.clone())))
    }
}

struct Watching(Arc<Mutex<Watcher>>);

impl Changes for Watching {
    fn next(&mut self) -> Option<Change> {
        locked(&self.0).changes.pop_front()
    }

    fn changed(&mut self) -> Box<dyn periplasm_backend::Event> {
        Box::new(Watching(self.0.clone()))
    }
}

impl periplasm_backend::Event for Watching {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut watcher = locked(&self.0);
        if !watcher.changes.is_empty() {
            return Poll::Ready(());
        }
        watcher.waker = Some(context.waker().clone());
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// The interfaces of the descriptors, in their first settings.
fn interfaces(descriptors: &[u8]) -> Vec<InterfaceInfo> {
    let mut rest = descriptors;
    let mut found = Vec::new();
    while let Some(&len @ 2..) = rest.first() {
        let (Some(one), after) = (rest.get(..len as usize), rest.get(len as usize..)) else {
            break;
        };
        if let [9, 4, number, 0, _, class, subclass, protocol, ..] = *one {
            found.push(InterfaceInfo { number, class, subclass, protocol, name: None });
        }
        rest = after.unwrap_or_default();
    }
    found
}
