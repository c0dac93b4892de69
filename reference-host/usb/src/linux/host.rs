//! Which devices there are.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use nusb::MaybeFuture;

use super::device::LinuxDevice;
use super::error::{OpenError, function, permission};
use super::hotplug::Hotplug;
use super::{sysfs, uevent};
use crate::bell::lock;
use crate::{Changes, DeviceId, DeviceInfo, InterfaceInfo, Speed, UsbDevice, UsbError, UsbHost};

/// Numbers of devices: none is used twice.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The kernel's devices.
pub(super) struct LinuxHost(Arc<Registry>);

/// Devices that were seen and are not known to have gone.
#[derive(Default)]
pub(super) struct Registry(Mutex<BTreeMap<DeviceId, Known>>);

struct Known {
    device: nusb::DeviceInfo,
    info: DeviceInfo,
    /// Whether it was said why it cannot be used.
    told: Arc<AtomicBool>,
}

impl LinuxHost {
    pub(super) fn new() -> Result<Self, OpenError> {
        drop(nusb::list_devices().wait().map_err(OpenError::listing)?);
        Ok(Self(Arc::default()))
    }
}

impl Registry {
    /// A device that is there now: as it is known, or as a new one.
    pub(super) fn meet(&self, device: nusb::DeviceInfo) -> Option<DeviceInfo> {
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
        known.insert(id, Known { device, info: info.clone(), told: Arc::default() });
        Some(info)
    }

    /// The devices that are there now.
    pub(super) fn list(&self) -> Vec<DeviceInfo> {
        match nusb::list_devices().wait() {
            Ok(devices) => devices.filter_map(|device| self.meet(device)).collect(),
            Err(error) => {
                tracing::warn!(%error, "the kernel does not list its USB devices");
                Vec::new()
            }
        }
    }

    /// A device is not there any more.
    pub(super) fn forget(&self, id: DeviceId) {
        lock(&self.0).remove(&id);
    }
}

impl UsbHost for LinuxHost {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.0.list()
    }

    fn watch(&self) -> Box<dyn Changes> {
        Box::new(Hotplug::new(self.0.clone()))
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        let (device, info, told) = match lock(&self.0.0).get(&id) {
            Some(known) => (known.device.clone(), known.info.clone(), known.told.clone()),
            None => return Err(UsbError::Gone),
        };
        match device.open().wait() {
            Ok(opened) => Ok(Arc::new(LinuxDevice::new(opened, device, info, told))),
            Err(error) => {
                let kind = function(&error);
                if kind == UsbError::Denied && !told.swap(true, Ordering::Relaxed) {
                    let (bus, address) = (info.bus, info.address);
                    tracing::warn!(
                        "no permission for /dev/bus/usb/{bus:03}/{address:03}: {}",
                        permission(&info, uevent::udev_runs()),
                    );
                }
                Err(kind)
            }
        }
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
