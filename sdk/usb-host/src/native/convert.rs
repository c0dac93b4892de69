//! From the types of `periplasm-usb` to those of the bindings.

use std::vec::Vec;

use periplasm_usb::UsbError;

use crate::{Change, Completion, DeviceInfo, Error, InterfaceInfo, Packet, Speed};

pub(super) fn error(error: UsbError) -> Error {
    match error {
        UsbError::Gone => Error::Gone,
        UsbError::Stall => Error::Stall,
        UsbError::Timeout => Error::Timeout,
        UsbError::Cancelled => Error::Cancelled,
        UsbError::Overflow => Error::Overflow,
        UsbError::Protocol => Error::Protocol,
        UsbError::Busy => Error::Busy,
        UsbError::Denied => Error::Denied,
        UsbError::NotFound => Error::NotFound,
        UsbError::Invalid => Error::Invalid,
        UsbError::Exhausted => Error::Exhausted,
        UsbError::Unsupported => Error::Unsupported,
        UsbError::Other => Error::Other,
    }
}

/// The other way.
pub(super) fn back(error: Error) -> UsbError {
    match error {
        Error::Gone => UsbError::Gone,
        Error::Stall => UsbError::Stall,
        Error::Timeout => UsbError::Timeout,
        Error::Cancelled => UsbError::Cancelled,
        Error::Overflow => UsbError::Overflow,
        Error::Protocol => UsbError::Protocol,
        Error::Busy => UsbError::Busy,
        Error::Denied => UsbError::Denied,
        Error::NotFound => UsbError::NotFound,
        Error::Invalid => UsbError::Invalid,
        Error::Exhausted => UsbError::Exhausted,
        Error::Unsupported => UsbError::Unsupported,
        Error::Other => UsbError::Other,
    }
}

pub(super) fn setup(setup: crate::Setup) -> periplasm_usb::Setup {
    let crate::Setup { request_type, request, value, index } = setup;
    periplasm_usb::Setup { request_type, request, value, index }
}

pub(super) fn change(change: periplasm_usb::Change) -> Change {
    match change {
        periplasm_usb::Change::Connected(info) => Change::Connected(device_info(info)),
        periplasm_usb::Change::Disconnected(id) => Change::Disconnected(id.0),
    }
}

pub(super) fn device_info(info: periplasm_usb::DeviceInfo) -> DeviceInfo {
    DeviceInfo {
        id: info.id.0,
        bus: info.bus,
        address: info.address,
        ports: info.ports,
        speed: info.speed.map(speed),
        descriptor: info.descriptors.iter().copied().take(18).collect(),
        manufacturer: info.manufacturer,
        product: info.product,
        serial: info.serial,
        interfaces: info.interfaces.into_iter().map(interface_info).collect(),
    }
}

fn speed(speed: periplasm_usb::Speed) -> Speed {
    match speed {
        periplasm_usb::Speed::Low => Speed::Low,
        periplasm_usb::Speed::Full => Speed::Full,
        periplasm_usb::Speed::High => Speed::High,
        periplasm_usb::Speed::Super => Speed::Super,
        periplasm_usb::Speed::SuperPlus => Speed::SuperPlus,
    }
}

fn interface_info(info: periplasm_usb::InterfaceInfo) -> InterfaceInfo {
    let periplasm_usb::InterfaceInfo { number, class, subclass, protocol, name } = info;
    InterfaceInfo { number, class, subclass, protocol, name }
}

/// What came of a transfer, with `data` if it came in.
pub(super) fn completion(done: periplasm_usb::Completed, data: Vec<u8>) -> Completion {
    let packet = |packet: periplasm_usb::Packet| Packet {
        status: packet.status.err().map(error),
        actual: packet.actual,
    };
    Completion {
        tag: done.tag,
        status: done.status.err().map(error),
        actual: done.actual.try_into().unwrap_or(u32::MAX),
        data,
        packets: done.packets.into_iter().map(packet).collect(),
    }
}

/// A transfer that was not started.
pub(super) fn refused(error: Error) -> Completion {
    Completion { tag: 0, status: Some(error), actual: 0, data: Vec::new(), packets: Vec::new() }
}
