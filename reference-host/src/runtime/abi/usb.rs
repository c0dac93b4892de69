//! `periplasm:usb/usb-types`.

use std::sync::Arc;

use periplasm_usb::{self as usb, UsbError};
use wasmtime::component::{ComponentType, Lift, Lower};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum TransferError {
    #[component(name = "gone")]
    Gone,
    #[component(name = "stall")]
    Stall,
    #[component(name = "timeout")]
    Timeout,
    #[component(name = "cancelled")]
    Cancelled,
    #[component(name = "overflow")]
    Overflow,
    #[component(name = "protocol")]
    Protocol,
    #[component(name = "busy")]
    Busy,
    #[component(name = "denied")]
    Denied,
    #[component(name = "not-found")]
    NotFound,
    #[component(name = "invalid")]
    Invalid,
    #[component(name = "exhausted")]
    Exhausted,
    #[component(name = "unsupported")]
    Unsupported,
    #[component(name = "other")]
    Other,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum Speed {
    #[component(name = "low")]
    Low,
    #[component(name = "full")]
    Full,
    #[component(name = "high")]
    High,
    #[component(name = "super")]
    Super,
    #[component(name = "super-plus")]
    SuperPlus,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct InterfaceInfo {
    number: u8,
    class: u8,
    subclass: u8,
    protocol: u8,
    name: Option<String>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct DeviceInfo {
    id: u64,
    bus: u8,
    address: u8,
    ports: Vec<u8>,
    speed: Option<Speed>,
    descriptor: Vec<u8>,
    manufacturer: Option<String>,
    product: Option<String>,
    serial: Option<String>,
    interfaces: Vec<InterfaceInfo>,
}

#[derive(ComponentType, Lower)]
#[component(variant)]
pub(in crate::runtime) enum Change {
    #[component(name = "connected")]
    Connected(DeviceInfo),
    #[component(name = "disconnected")]
    Disconnected(u64),
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(record)]
pub(in crate::runtime) struct Setup {
    #[component(name = "request-type")]
    request_type: u8,
    request: u8,
    value: u16,
    index: u16,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct Packet {
    status: Option<TransferError>,
    actual: u32,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct Completion {
    pub(in crate::runtime) tag: u32,
    pub(in crate::runtime) status: Option<TransferError>,
    pub(in crate::runtime) actual: u32,
    /// Shared with the pool that it goes back to.
    pub(in crate::runtime) data: Arc<Vec<u8>>,
    pub(in crate::runtime) packets: Vec<Packet>,
}

impl From<UsbError> for TransferError {
    fn from(error: UsbError) -> Self {
        match error {
            UsbError::Gone => Self::Gone,
            UsbError::Stall => Self::Stall,
            UsbError::Timeout => Self::Timeout,
            UsbError::Cancelled => Self::Cancelled,
            UsbError::Overflow => Self::Overflow,
            UsbError::Protocol => Self::Protocol,
            UsbError::Busy => Self::Busy,
            UsbError::Denied => Self::Denied,
            UsbError::NotFound => Self::NotFound,
            UsbError::Invalid => Self::Invalid,
            UsbError::Exhausted => Self::Exhausted,
            UsbError::Unsupported => Self::Unsupported,
            UsbError::Other => Self::Other,
        }
    }
}

impl From<usb::Speed> for Speed {
    fn from(speed: usb::Speed) -> Self {
        match speed {
            usb::Speed::Low => Self::Low,
            usb::Speed::Full => Self::Full,
            usb::Speed::High => Self::High,
            usb::Speed::Super => Self::Super,
            usb::Speed::SuperPlus => Self::SuperPlus,
        }
    }
}

impl From<usb::InterfaceInfo> for InterfaceInfo {
    fn from(info: usb::InterfaceInfo) -> Self {
        let usb::InterfaceInfo { number, class, subclass, protocol, name } = info;
        Self { number, class, subclass, protocol, name }
    }
}

/// The bytes of a device descriptor (USB 2.0, table 9-8).
const DEVICE_DESCRIPTOR: usize = 18;

impl From<usb::DeviceInfo> for DeviceInfo {
    fn from(info: usb::DeviceInfo) -> Self {
        Self {
            id: info.id.0,
            bus: info.bus,
            address: info.address,
            ports: info.ports,
            speed: info.speed.map(Speed::from),
            descriptor: info.descriptors.iter().copied().take(DEVICE_DESCRIPTOR).collect(),
            manufacturer: info.manufacturer,
            product: info.product,
            serial: info.serial,
            interfaces: info.interfaces.into_iter().map(InterfaceInfo::from).collect(),
        }
    }
}

impl From<usb::Change> for Change {
    fn from(change: usb::Change) -> Self {
        match change {
            usb::Change::Connected(info) => Self::Connected(info.into()),
            usb::Change::Disconnected(id) => Self::Disconnected(id.0),
        }
    }
}

impl From<Setup> for usb::Setup {
    fn from(setup: Setup) -> Self {
        let Setup { request_type, request, value, index } = setup;
        Self { request_type, request, value, index }
    }
}

impl From<usb::Packet> for Packet {
    fn from(packet: usb::Packet) -> Self {
        Self { status: packet.status.err().map(TransferError::from), actual: packet.actual }
    }
}
