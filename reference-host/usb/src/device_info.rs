//! What is known of a device before it is opened.

use std::sync::Arc;

/// Stands for a device from its being plugged in until it is unplugged, and for
/// no other ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub u64);

/// How fast a device talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Speed {
    /// 1.5 Mbit/s.
    Low,
    /// 12 Mbit/s.
    Full,
    /// 480 Mbit/s.
    High,
    /// 5 Gbit/s.
    Super,
    /// 10 Gbit/s and more.
    SuperPlus,
}

/// A device that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Which one.
    pub id: DeviceId,
    /// The number of its bus.
    pub bus: u8,
    /// Its address on the bus.
    pub address: u8,
    /// The ports from the root hub to the device, the root's first.
    pub ports: Vec<u8>,
    /// How fast it talks, if known.
    pub speed: Option<Speed>,
    /// The device descriptor (USB 2.0, table 9-8) and all configuration
    /// descriptors, one after the other, each as the device gave it.
    pub descriptors: Arc<[u8]>,
    /// The string of `iManufacturer`, where there is one.
    pub manufacturer: Option<String>,
    /// The string of `iProduct`, where there is one.
    pub product: Option<String>,
    /// The string of `iSerialNumber`, where there is one.
    pub serial: Option<String>,
    /// The interfaces of the active configuration, in their first settings.
    pub interfaces: Vec<InterfaceInfo>,
}

/// One interface of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceInfo {
    /// `bInterfaceNumber` (table 9-12).
    pub number: u8,
    /// `bInterfaceClass`.
    pub class: u8,
    /// `bInterfaceSubClass`.
    pub subclass: u8,
    /// `bInterfaceProtocol`.
    pub protocol: u8,
    /// The string of `iInterface`, where the system read it.
    pub name: Option<String>,
}

impl DeviceInfo {
    /// `idVendor` (table 9-8), 0 if the descriptor is cut off.
    pub fn vendor(&self) -> u16 {
        self.word(8)
    }

    /// `idProduct`, 0 if the descriptor is cut off.
    pub fn product_id(&self) -> u16 {
        self.word(10)
    }

    fn word(&self, at: usize) -> u16 {
        match self.descriptors.get(at..at + 2) {
            Some(&[low, high]) => u16::from_le_bytes([low, high]),
            _ => 0,
        }
    }
}
