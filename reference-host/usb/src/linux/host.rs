//! Which devices there are.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use futures_util::Stream;
use nusb::MaybeFuture;
use nusb::hotplug::{HotplugEvent, HotplugWatch};
use periplasm_backend::Event;

use super::device::LinuxDevice;
use super::error::{OpenError, function, udev_rule};
use super::sysfs;
use crate::bell::lock;
use crate::{
    Change, Changes, DeviceId, DeviceInfo, InterfaceInfo, Speed, UsbDevice, UsbError, UsbHost,
};

/// Numbers of devices: none is used twice.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The kernel's devices.
pub(super) struct LinuxHost(Arc<Registry>);

/// Devices that were seen and are not known to have gone.
#[derive(Default)]
struct Registry(Mutex<BTreeMap<DeviceId, Known>>);

struct Known {
    device: nusb::DeviceInfo,
    info: DeviceInfo,
}

impl LinuxHost {
    pub(super) fn new() -> Result<Self, OpenError> {
        drop(nusb::list_devices().wait().map_err(OpenError::listing)?);
        Ok(Self(Arc::default()))
    }
}

impl Registry {
    /// A device that is there now: as it is known, or as a new one.
    fn meet(&self, device: nusb::DeviceInfo) -> Option<DeviceInfo> {
        // Gone meanwhile, or not allowed.
        let descriptors = sysfs::descriptors(device.sysfs_path()).ok()?;
        let mut known = lock(&self.0);
        // The kernel gives an address again after 127 others.
        let same =
            |one: &Known| one.device.id() == device.id() && *one.info.descriptors == *descriptors;
        if let Some(known) = known.values_mut().find(|one| same(one)) {
            // The active configuration may be another.
            known.info.interfaces = interfaces(&device);
            known.device = device;
            return Some(known.info.clone());
        }
        known.retain(|_, one| one.device.id() != device.id());
        let id = DeviceId(NEXT.fetch_add(1, Ordering::Relaxed));
        let info = info(id, &device, descriptors.into());
        known.insert(id, Known { device, info: info.clone() });
        Some(info)
    }

    /// What is known, by the kernel's names.
    fn names(&self) -> HashMap<nusb::DeviceId, DeviceId> {
        lock(&self.0).iter().map(|(id, known)| (known.device.id(), *id)).collect()
    }
}

impl UsbHost for LinuxHost {
    fn devices(&self) -> Vec<DeviceInfo> {
        match nusb::list_devices().wait() {
            Ok(devices) => devices.filter_map(|device| self.0.meet(device)).collect(),
            Err(error) => {
                tracing::warn!(%error, "the kernel does not list its USB devices");
                Vec::new()
            }
        }
    }

    fn watch(&self) -> Box<dyn Changes> {
        // Those that are there now must be known when they go.
        let stream = nusb::watch_devices()
            .inspect_err(|error| tracing::warn!(%error, "the kernel tells of no changes"))
            .ok();
        self.devices();
        let (registry, there) = (self.0.clone(), self.0.names());
        let state = Watch { registry, stream, there, ready: VecDeque::new() };
        Box::new(Hotplug(Arc::new(Mutex::new(state))))
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        let (device, info) = match lock(&self.0.0).get(&id) {
            Some(known) => (known.device.clone(), known.info.clone()),
            None => return Err(UsbError::Gone),
        };
        match device.open().wait() {
            Ok(opened) => Ok(Arc::new(LinuxDevice::new(opened, device, info))),
            Err(error) => {
                let kind = function(&error);
                if kind == UsbError::Denied {
                    let (bus, address, rule) = (info.bus, info.address, udev_rule(&info));
                    tracing::warn!(
                        "no permission for /dev/bus/usb/{bus:03}/{address:03}: a udev rule gives \
                         it, such as {rule}"
                    );
                }
                Err(kind)
            }
        }
    }
}

struct Watch {
    registry: Arc<Registry>,
    stream: Option<HotplugWatch>,
    /// What this listener takes to be there.
    there: HashMap<nusb::DeviceId, DeviceId>,
    ready: VecDeque<Change>,
}

impl Watch {
    /// Takes what the kernel has told.
    fn poll(&mut self, context: &mut Context<'_>) {
        let Some(stream) = &mut self.stream else { return };
        while let Poll::Ready(event) = std::pin::Pin::new(&mut *stream).poll_next(context) {
            match event {
                Some(HotplugEvent::Connected(device)) => {
                    let name = device.id();
                    let Some(info) = self.registry.meet(device) else { continue };
                    // It came after the watch began and before the list was made.
                    if self.there.insert(name, info.id) != Some(info.id) {
                        self.ready.push_back(Change::Connected(info));
                    }
                }
                Some(HotplugEvent::Disconnected(gone)) => {
                    let Some(id) = self.there.remove(&gone) else { continue };
                    lock(&self.registry.0).remove(&id);
                    self.ready.push_back(Change::Disconnected(id));
                }
                None => {
                    self.stream = None;
                    return;
                }
            }
        }
    }
}

/// What the kernel tells one listener.
struct Hotplug(Arc<Mutex<Watch>>);

impl Changes for Hotplug {
    fn next(&mut self) -> Option<Change> {
        let mut watch = lock(&self.0);
        if watch.ready.is_empty() {
            watch.poll(&mut Context::from_waker(Waker::noop()));
        }
        watch.ready.pop_front()
    }

    fn changed(&mut self) -> Box<dyn Event> {
        Box::new(Changed(self.0.clone()))
    }
}

struct Changed(Arc<Mutex<Watch>>);

impl Event for Changed {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut watch = lock(&self.0);
        if watch.ready.is_empty() {
            watch.poll(context);
        }
        if watch.ready.is_empty() { Poll::Pending } else { Poll::Ready(()) }
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }

    fn outside(&self) -> bool {
        true
    }
}

fn info(id: DeviceId, device: &nusb::DeviceInfo, descriptors: Arc<[u8]>) -> DeviceInfo {
    DeviceInfo {
        id,
        bus: device.busnum(),
        address: device.device_address(),
        ports: device.port_chain().to_vec(),
        speed: device.speed().and_then(speed),
        descriptors,
        manufacturer: device.manufacturer_string().map(str::to_owned),
        product: device.product_string().map(str::to_owned),
        serial: device.serial_number().map(str::to_owned),
        interfaces: interfaces(device),
    }
}

fn interfaces(device: &nusb::DeviceInfo) -> Vec<InterfaceInfo> {
    device
        .interfaces()
        .map(|one| InterfaceInfo {
            number: one.interface_number(),
            class: one.class(),
            subclass: one.subclass(),
            protocol: one.protocol(),
            name: one.interface_string().map(str::to_owned),
        })
        .collect()
}

fn speed(speed: nusb::Speed) -> Option<Speed> {
    match speed {
        nusb::Speed::Low => Some(Speed::Low),
        nusb::Speed::Full => Some(Speed::Full),
        nusb::Speed::High => Some(Speed::High),
        nusb::Speed::Super => Some(Speed::Super),
        nusb::Speed::SuperPlus => Some(Speed::SuperPlus),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a machine with USB and on one without.
    #[test]
    fn what_is_there_is_listed_or_the_machine_has_none() {
        match super::super::host() {
            Ok(host) => {
                let devices = host.devices();
                assert_eq!(host.devices(), devices, "a device keeps its number");
                assert!(devices.iter().all(|info| info.descriptors.len() >= 18));
                assert_eq!(host.open(DeviceId(0)).err(), Some(UsbError::Gone));
            }
            Err(error) => assert!(error.remedy().contains("/sys/bus/usb"), "{error}"),
        }
    }
}
