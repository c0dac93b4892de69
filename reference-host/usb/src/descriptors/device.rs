//! The device descriptor.

use super::{DescriptorError, kinds, walk};

/// A device descriptor (table 9-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceDescriptor {
    /// `bcdUSB`: 0x0200 is USB 2.0.
    pub usb: u16,
    /// `bDeviceClass`.
    pub class: u8,
    /// `bDeviceSubClass`.
    pub subclass: u8,
    /// `bDeviceProtocol`.
    pub protocol: u8,
    /// `bMaxPacketSize0`: bytes, and from USB 3 on a power of two.
    pub max_packet_size_0: u8,
    /// `idVendor`.
    pub vendor: u16,
    /// `idProduct`.
    pub product: u16,
    /// `bcdDevice`.
    pub release: u16,
    /// `iManufacturer`: the number of a string; 0 is none.
    pub manufacturer: u8,
    /// `iProduct`.
    pub product_name: u8,
    /// `iSerialNumber`.
    pub serial: u8,
    /// `bNumConfigurations`.
    pub configurations: u8,
}

impl DeviceDescriptor {
    /// Its length.
    pub const LEN: usize = 18;

    /// Reads the one that `bytes` begin with.
    pub fn read(bytes: &[u8]) -> Result<Self, DescriptorError> {
        let nothing = DescriptorError::Truncated { at: 0, expected: Self::LEN, found: 0 };
        let read = walk(bytes).next().ok_or(nothing)??;
        read.of_kind(kinds::DEVICE, Self::LEN as u8)?;
        Ok(Self {
            usb: read.word(2),
            class: read.byte(4),
            subclass: read.byte(5),
            protocol: read.byte(6),
            max_packet_size_0: read.byte(7),
            vendor: read.word(8),
            product: read.word(10),
            release: read.word(12),
            manufacturer: read.byte(14),
            product_name: read.byte(15),
            serial: read.byte(16),
            configurations: read.byte(17),
        })
    }
}
