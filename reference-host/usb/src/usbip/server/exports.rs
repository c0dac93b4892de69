//! How devices are named to clients, and which of them are taken.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use crate::bell::lock;
use crate::descriptors::{Configuration, configurations};
use crate::usbip::wire::Exported;
use crate::{DeviceId, DeviceInfo, Speed, UsbHost};

/// Statuses of an answer to an import (the tool `usbip` has words for them).
pub(super) const IN_USE: u32 = 2;
pub(super) const FAILED: u32 = 3;
pub(super) const NO_DEVICE: u32 = 4;

/// The devices of a host.
pub(super) struct Exports {
    pub(super) host: Arc<dyn UsbHost>,
    taken: Mutex<HashSet<DeviceId>>,
}

impl Exports {
    pub(super) fn new(host: Arc<dyn UsbHost>) -> Self {
        Self { host, taken: Mutex::default() }
    }

    /// Those that nobody has.
    pub(super) fn list(&self) -> Vec<Exported> {
        let devices = self.host.devices();
        let taken = lock(&self.taken);
        devices.iter().filter(|info| !taken.contains(&info.id)).map(exported).collect()
    }

    /// Takes a device by its name, until the answer is dropped.
    pub(super) fn take(self: &Arc<Self>, bus_id: &str) -> Result<(DeviceInfo, Taken), u32> {
        let mut devices = self.host.devices().into_iter();
        let info = devices.find(|info| name(info) == bus_id).ok_or(NO_DEVICE)?;
        if !lock(&self.taken).insert(info.id) {
            return Err(IN_USE);
        }
        let id = info.id;
        Ok((info, Taken { exports: self.clone(), id }))
    }
}

/// A device that a client has.
pub(super) struct Taken {
    exports: Arc<Exports>,
    id: DeviceId,
}

impl Drop for Taken {
    fn drop(&mut self) {
        lock(&self.exports.taken).remove(&self.id);
    }
}

/// As clients see it.
pub(super) fn exported(info: &DeviceInfo) -> Exported {
    let at = |index: usize| info.descriptors.get(index).copied().unwrap_or(0);
    let bus_id = name(info);
    // The host names interfaces, not the configuration that they belong to.
    let numbers: BTreeSet<u8> = info.interfaces.iter().map(|one| one.number).collect();
    let configuration = configurations(&info.descriptors)
        .flatten()
        .find(|one| !numbers.is_empty() && interfaces(one).into_iter().eq(numbers.clone()))
        .map_or(0, |one| one.value);
    Exported {
        path: format!("/sys/devices/periplasm/usb{}/{bus_id}", info.bus),
        bus_id,
        bus: info.bus.into(),
        device: info.address.into(),
        speed: speed(info.speed),
        vendor: info.vendor(),
        product: info.product_id(),
        version: u16::from_le_bytes([at(12), at(13)]),
        class: [at(4), at(5), at(6)],
        configuration,
        configurations: at(17),
        interface_count: info.interfaces.len().min(u8::MAX.into()) as u8,
        interfaces: info.interfaces.iter().map(|i| [i.class, i.subclass, i.protocol]).collect(),
    }
}

/// Linux's `usb_device_speed`.
fn speed(speed: Option<Speed>) -> u32 {
    match speed {
        None => 0,
        Some(Speed::Low) => 1,
        Some(Speed::Full) => 2,
        Some(Speed::High) => 3,
        Some(Speed::Super) => 5,
        Some(Speed::SuperPlus) => 6,
    }
}

/// Linux's name for a place: `1-4.2`. At most seven ports deep (USB 2.0, 4.1.1),
/// so it fits the wire.
fn name(info: &DeviceInfo) -> String {
    let mut name = format!("{}-", info.bus);
    for (index, port) in info.ports.iter().take(7).enumerate() {
        let _ = write!(name, "{}{port}", if index == 0 { "" } else { "." });
    }
    if info.ports.is_empty() {
        let _ = write!(name, "{}", info.address);
    }
    name
}

/// The numbers of a configuration's interfaces.
pub(super) fn interfaces(configuration: &Configuration<'_>) -> BTreeSet<u8> {
    configuration.interfaces().map(|interface| interface.number).collect()
}
