//! USB descriptors, read from bytes that anybody may have sent.
//!
//! Reading is as lenient as Linux: what comes before the first damage counts,
//! and wrong counts do no harm, for real devices are like that.
//! [`Configuration::check`] is strict. Nothing here allocates for what is read,
//! and all of it ends: each step goes on by at least two bytes.
//!
//! Tables are those of the USB 2.0 specification.

mod bos;
mod configuration;
mod device;
mod endpoint;
mod interface;
mod string;
mod walk;

pub use bos::{Bos, Capability};
pub use configuration::{Configuration, Configurations, Part, configuration, configurations};
pub use device::DeviceDescriptor;
pub use endpoint::Endpoint;
pub use interface::{Association, Interface};
pub use string::{languages, text};
pub use walk::{Descriptor, Walk, walk};

/// The most configurations of a device that are read (`USB_MAXCONFIG` of Linux).
pub const MAX_CONFIGURATIONS: usize = 8;

/// Values of `bDescriptorType` (table 9-5; USB 3.2, table 9-6).
pub mod kinds {
    /// DEVICE.
    pub const DEVICE: u8 = 1;
    /// CONFIGURATION.
    pub const CONFIGURATION: u8 = 2;
    /// STRING.
    pub const STRING: u8 = 3;
    /// INTERFACE.
    pub const INTERFACE: u8 = 4;
    /// ENDPOINT.
    pub const ENDPOINT: u8 = 5;
    /// DEVICE_QUALIFIER.
    pub const DEVICE_QUALIFIER: u8 = 6;
    /// OTHER_SPEED_CONFIGURATION.
    pub const OTHER_SPEED_CONFIGURATION: u8 = 7;
    /// INTERFACE_ASSOCIATION.
    pub const INTERFACE_ASSOCIATION: u8 = 11;
    /// BOS.
    pub const BOS: u8 = 15;
    /// DEVICE CAPABILITY.
    pub const DEVICE_CAPABILITY: u8 = 16;
    /// SUPERSPEED_USB_ENDPOINT_COMPANION.
    pub const ENDPOINT_COMPANION: u8 = 48;
}

/// What is wrong with descriptors. Offsets are in bytes, from the start of what
/// was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// The bytes end within a descriptor.
    #[error("at byte {at}: {expected} bytes expected, {found} there")]
    Truncated {
        /// Where the descriptor begins.
        at: usize,
        /// How long it says it is, or has to be.
        expected: usize,
        /// How many bytes there are.
        found: usize,
    },
    /// `bLength` is less than two, so that nobody can go on, or less than the
    /// kind of descriptor needs.
    #[error("at byte {at}: bLength is {found}, at least {expected} expected")]
    TooShort {
        /// Where the descriptor begins.
        at: usize,
        /// The least.
        expected: u8,
        /// `bLength`.
        found: u8,
    },
    /// Another kind of descriptor.
    #[error("at byte {at}: bDescriptorType is {found}, {expected} expected")]
    Kind {
        /// Where the descriptor begins.
        at: usize,
        /// The kind that belongs there.
        expected: u8,
        /// `bDescriptorType`.
        found: u8,
    },
    /// `wTotalLength` is less than the descriptor that says it.
    #[error("at byte {at}: wTotalLength is {found}, at least {expected} expected")]
    TotalLength {
        /// Where the descriptor begins.
        at: usize,
        /// The least.
        expected: u16,
        /// `wTotalLength`.
        found: u16,
    },
    /// More configurations than [`MAX_CONFIGURATIONS`].
    #[error("at byte {at}: more than {MAX_CONFIGURATIONS} configurations")]
    TooMany {
        /// Where the first begins that is too many.
        at: usize,
    },
    /// A count that is not what follows.
    #[error("at byte {at}: {field} is {declared}, {found} found")]
    Count {
        /// Where the descriptor that counts begins.
        at: usize,
        /// Which field counts.
        field: &'static str,
        /// What it says.
        declared: u8,
        /// What follows.
        found: usize,
    },
    /// The same setting of the same interface twice.
    #[error("at byte {at}: interface {number} has setting {alternate} twice")]
    DuplicateInterface {
        /// Where the second begins.
        at: usize,
        /// `bInterfaceNumber`.
        number: u8,
        /// `bAlternateSetting`.
        alternate: u8,
    },
    /// An endpoint that two interfaces have, or one setting has twice.
    #[error("at byte {at}: endpoint {address:#04x} is there twice")]
    DuplicateEndpoint {
        /// Where the second begins.
        at: usize,
        /// `bEndpointAddress`.
        address: u8,
    },
    /// An endpoint descriptor of endpoint 0, or one with reserved bits set
    /// (table 9-13), or in no interface.
    #[error("at byte {at}: {address:#04x} is no address of an endpoint here")]
    EndpointAddress {
        /// Where it begins.
        at: usize,
        /// `bEndpointAddress`.
        address: u8,
    },
    /// A string that is no UTF-16 (9.6.7).
    #[error("at byte {at}: not UTF-16")]
    Text {
        /// Where it begins.
        at: usize,
    },
}
