//! A context: its devices, its transfers in flight, its listeners.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use periplasm_usb_host::{Change, DeviceInfo, Host, open, wait};

use super::endpoint::Endpoint;
use super::hotplug::{Registration, Registrations};
use super::{Device, Ended, Filter, Key, Log, Plugged, locked};
use crate::constants::*;
use crate::types::libusb_hotplug_callback_fn;

/// Whether nobody but the caller can ever change anything.
const ONE_THREAD: bool = cfg!(target_family = "wasm");

/// How long a wait goes on without a look at what other threads did.
const SLICE: Duration = Duration::from_millis(5);

/// A context.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) host: Host,
    pub(crate) log: Log,
    devices: Mutex<BTreeMap<u64, Arc<Device>>>,
    /// Where transfers are in flight.
    busy: Mutex<Vec<Arc<Endpoint>>>,
    /// What has ended, and was not told yet.
    ended: Mutex<Vec<Ended>>,
    registrations: Mutex<Registrations>,
    interrupted: AtomicBool,
    handles: AtomicU64,
    /// `libusb_lock_events`.
    pub(crate) events_locked: AtomicBool,
}

impl Context {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            host: open(),
            log: Log::new(),
            devices: Mutex::default(),
            busy: Mutex::default(),
            ended: Mutex::default(),
            registrations: Mutex::default(),
            interrupted: AtomicBool::new(false),
            handles: AtomicU64::new(0),
            events_locked: AtomicBool::new(false),
        })
    }

    /// The devices that are plugged in.
    pub(crate) fn devices(self: &Arc<Self>) -> Vec<Arc<Device>> {
        let infos = self.host.devices();
        // Listeners are yet to be told of what is gone.
        if locked(&self.registrations).is_empty() {
            let there = |id: &u64| infos.iter().any(|info| info.id == *id);
            locked(&self.devices).retain(|id, _| there(id));
        }
        infos.into_iter().map(|info| self.device(info)).collect()
    }

    /// A number for a new handle.
    pub(super) fn next_handle(&self) -> u64 {
        self.handles.fetch_add(1, Ordering::Relaxed)
    }

    /// Notes that transfers are in flight there.
    pub(super) fn watch(&self, endpoint: &Arc<Endpoint>) {
        let mut busy = locked(&self.busy);
        if !busy.iter().any(|known| Arc::ptr_eq(known, endpoint)) {
            busy.push(Arc::clone(endpoint));
        }
    }

    /// Keeps what has ended until somebody handles events.
    pub(super) fn keep(&self, ended: Vec<Ended>) {
        locked(&self.ended).extend(ended);
    }

    /// Forgets all that is kept of a handle: which transfers.
    pub(super) fn forget(&self, owner: u64) -> Vec<Key> {
        let mut kept = locked(&self.ended);
        let (forgotten, left) = mem::take(&mut *kept).into_iter().partition(|e| e.owner == owner);
        *kept = left;
        Vec::<Ended>::into_iter(forgotten).map(|ended| ended.key).collect()
    }

    /// Cancels a transfer; whether it is in flight.
    pub(crate) fn cancel(&self, key: Key) -> bool {
        let busy = locked(&self.busy).clone();
        busy.iter().any(|endpoint| endpoint.cancel(key))
            || locked(&self.ended).iter().any(|ended| ended.key == key)
    }

    /// The transfers that have ended, each once.
    pub(crate) fn take_ended(&self) -> Vec<Ended> {
        let mut ended = mem::take(&mut *locked(&self.ended));
        let (busy, now) = (locked(&self.busy).clone(), Instant::now());
        for endpoint in &busy {
            endpoint.harvest(Duration::ZERO, &mut ended);
            endpoint.expire(now);
        }
        self.sweep();
        ended
    }

    /// Lets go of endpoints where nothing is in flight any more.
    pub(super) fn sweep(&self) {
        locked(&self.busy).retain(|endpoint| !endpoint.is_idle());
    }

    /// The devices that came and went, if anybody wants to know.
    pub(crate) fn take_plugged(self: &Arc<Self>) -> Vec<Plugged> {
        let mut plugged = Vec::new();
        while !locked(&self.registrations).is_empty() {
            let (device, event) = match self.host.next_change() {
                None => break,
                Some(Change::Connected(info)) => {
                    (Some(self.device(info)), LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED)
                }
                Some(Change::Disconnected(id)) => {
                    (locked(&self.devices).remove(&id), LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT)
                }
            };
            plugged.extend(device.map(|device| Plugged { device, event }));
        }
        plugged
    }

    /// Waits until something may have happened, at most until `end`.
    pub(crate) fn wait(&self, end: Instant) {
        let busy = locked(&self.busy).clone();
        let deadlines = busy.iter().filter_map(|endpoint| endpoint.deadline());
        let next = deadlines.chain([end]).min().unwrap_or(end);
        let left = next.saturating_duration_since(Instant::now());
        let hotplug = !locked(&self.registrations).is_empty();
        if let ([endpoint], true, false) = (&busy[..], ONE_THREAD, hotplug) {
            let mut ended = Vec::new();
            endpoint.harvest(left, &mut ended);
            return self.keep(ended);
        }
        let left = if ONE_THREAD { left } else { left.min(SLICE) };
        let mut events: Vec<_> = busy.iter().map(|endpoint| endpoint.ready()).collect();
        events.extend(hotplug.then(|| self.host.changed()));
        events.push(wait::timer(u64::try_from(left.as_nanos()).unwrap_or(u64::MAX)));
        wait::any(&events.iter().collect::<Vec<_>>());
    }

    /// When the first transfer runs out of time.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        locked(&self.busy).iter().filter_map(|endpoint| endpoint.deadline()).min()
    }

    /// Ends the wait of another thread.
    pub(crate) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Release);
    }

    /// Whether somebody did.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.interrupted.swap(false, Ordering::AcqRel)
    }

    /// Wants to know of what comes and goes from now on.
    pub(crate) fn register(
        &self,
        filter: Filter,
        callback: libusb_hotplug_callback_fn,
        user_data: usize,
    ) -> Registration {
        // Changes count from the first time that they are asked for.
        drop(self.host.changed());
        locked(&self.registrations).add(filter, callback, user_data)
    }

    pub(crate) fn deregister(&self, handle: c_int) {
        locked(&self.registrations).remove(handle);
    }

    pub(crate) fn registration(&self, handle: c_int) -> Option<Registration> {
        locked(&self.registrations).get(handle)
    }

    /// Who is registered, oldest first.
    pub(crate) fn registered(&self) -> Vec<c_int> {
        locked(&self.registrations).handles()
    }

    /// The device of this information, which is always the same one.
    fn device(self: &Arc<Self>, info: DeviceInfo) -> Arc<Device> {
        let mut devices = locked(&self.devices);
        let new = || Arc::new(Device::new(Arc::downgrade(self), info.clone()));
        Arc::clone(devices.entry(info.id).or_insert_with(new))
    }
}
