//! Descriptors (USB 2.0, chapter 9.5 and 9.6).
//!
//! They come from a device, so they are checked: a list ends where its next
//! descriptor is shorter than its header or longer than what is left.

mod configuration;
mod device;
mod endpoint;
mod interface;
mod list;
pub(crate) mod string;

pub use configuration::ConfigurationDescriptor;
pub(crate) use configuration::configurations;
pub use device::DeviceDescriptor;
pub use endpoint::{EndpointDescriptor, TransferType};
pub use interface::{InterfaceDescriptor, InterfaceDescriptors};
pub use list::{Descriptor, DescriptorIter};

/// `bDescriptorType` (table 9-5).
const DEVICE: u8 = 1;
const CONFIGURATION: u8 = 2;
/// Strings are asked for.
pub(crate) const STRING: u8 = 3;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;

/// Languages of strings.
pub mod language_id {
    /// English as in the United States.
    pub const US_ENGLISH: u16 = 0x0409;
}

/// The little-endian number at a place that is known to be there.
fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}
