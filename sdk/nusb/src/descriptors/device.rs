//! The device descriptor.

use std::fmt;
use std::num::NonZeroU8;

use super::{DEVICE, word};

/// The length (table 9-8).
const LEN: usize = 18;

/// The device descriptor (table 9-8).
#[derive(Clone)]
pub struct DeviceDescriptor([u8; LEN]);

impl DeviceDescriptor {
    /// The one that `buf` begins with, if there is one.
    pub fn new(buf: &[u8]) -> Option<Self> {
        let bytes: [u8; LEN] = buf.get(..LEN)?.try_into().ok()?;
        (usize::from(bytes[0]) >= LEN && bytes[1] == DEVICE).then_some(Self(bytes))
    }

    /// All of it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// `bcdUSB`.
    #[doc(alias = "bcdUSB")]
    pub fn usb_version(&self) -> u16 {
        word(&self.0, 2)
    }

    /// `bDeviceClass`.
    #[doc(alias = "bDeviceClass")]
    pub fn class(&self) -> u8 {
        self.0[4]
    }

    /// `bDeviceSubClass`.
    #[doc(alias = "bDeviceSubClass")]
    pub fn subclass(&self) -> u8 {
        self.0[5]
    }

    /// `bDeviceProtocol`.
    #[doc(alias = "bDeviceProtocol")]
    pub fn protocol(&self) -> u8 {
        self.0[6]
    }

    /// `bMaxPacketSize0`.
    #[doc(alias = "bMaxPacketSize0")]
    pub fn max_packet_size_0(&self) -> u8 {
        self.0[7]
    }

    /// `idVendor`.
    #[doc(alias = "idVendor")]
    pub fn vendor_id(&self) -> u16 {
        word(&self.0, 8)
    }

    /// `idProduct`.
    #[doc(alias = "idProduct")]
    pub fn product_id(&self) -> u16 {
        word(&self.0, 10)
    }

    /// `bcdDevice`.
    #[doc(alias = "bcdDevice")]
    pub fn device_version(&self) -> u16 {
        word(&self.0, 12)
    }

    /// `iManufacturer`, if there is such a string.
    #[doc(alias = "iManufacturer")]
    pub fn manufacturer_string_index(&self) -> Option<NonZeroU8> {
        NonZeroU8::new(self.0[14])
    }

    /// `iProduct`, if there is such a string.
    #[doc(alias = "iProduct")]
    pub fn product_string_index(&self) -> Option<NonZeroU8> {
        NonZeroU8::new(self.0[15])
    }

    /// `iSerialNumber`, if there is such a string.
    #[doc(alias = "iSerial")]
    pub fn serial_number_string_index(&self) -> Option<NonZeroU8> {
        NonZeroU8::new(self.0[16])
    }

    /// `bNumConfigurations`.
    #[doc(alias = "bNumConfigurations")]
    pub fn num_configurations(&self) -> u8 {
        self.0[17]
    }
}

impl fmt::Debug for DeviceDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceDescriptor")
            .field("usb_version", &format_args!("{:#06x}", self.usb_version()))
            .field("class", &self.class())
            .field("subclass", &self.subclass())
            .field("protocol", &self.protocol())
            .field("max_packet_size_0", &self.max_packet_size_0())
            .field("vendor_id", &format_args!("{:#06x}", self.vendor_id()))
            .field("product_id", &format_args!("{:#06x}", self.product_id()))
            .field("device_version", &format_args!("{:#06x}", self.device_version()))
            .field("manufacturer_string_index", &self.manufacturer_string_index())
            .field("product_string_index", &self.product_string_index())
            .field("serial_number_string_index", &self.serial_number_string_index())
            .field("num_configurations", &self.num_configurations())
            .finish()
    }
}
