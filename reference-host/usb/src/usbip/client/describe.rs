//! What a device says of itself, once it is imported: a server's list has only
//! parts of it.

use std::sync::Arc;

use super::connection::Connection;
use crate::descriptors::{
    Configuration, DeviceDescriptor, MAX_CONFIGURATIONS, configuration, kinds, languages, text,
};
use crate::usbip::wire::Exported;
use crate::{DeviceId, DeviceInfo, InterfaceInfo, Request, Setup, Speed, UsbError};

/// Descriptors and strings.
pub(super) struct Description {
    pub(super) descriptors: Arc<[u8]>,
    strings: [Option<String>; 3],
}

/// Asks a device for its descriptors.
pub(super) fn describe(connection: &Connection) -> Result<Description, UsbError> {
    let device = descriptor(connection, kinds::DEVICE, 0, 0, DeviceDescriptor::LEN as u16)?;
    let parsed = DeviceDescriptor::read(&device).map_err(|_| UsbError::Protocol)?;
    let mut descriptors = device;
    let count = usize::from(parsed.configurations).min(MAX_CONFIGURATIONS) as u8;
    for index in 0..count {
        let kind = kinds::CONFIGURATION;
        let head = descriptor(connection, kind, index, 0, Configuration::LEN as u16)?;
        let total = match head[..] {
            [9, _, low, high, ..] => u16::from_le_bytes([low, high]),
            _ => return Err(UsbError::Protocol),
        };
        let whole = descriptor(connection, kind, index, 0, total)?;
        if whole.len() != usize::from(total) || Configuration::read(&whole).is_err() {
            return Err(UsbError::Protocol);
        }
        descriptors.extend(whole);
    }
    let language = descriptor(connection, kinds::STRING, 0, 0, 255)
        .ok()
        .and_then(|list| languages(&list).ok()?.next())
        .unwrap_or(0x0409);
    let string = |index: u8| {
        let bytes = descriptor(connection, kinds::STRING, index, language, 255).ok()?;
        text(&bytes).ok()
    };
    let strings = [parsed.manufacturer, parsed.product_name, parsed.serial];
    let strings = strings.map(|index| if index == 0 { None } else { string(index) });
    Ok(Description { descriptors: descriptors.into(), strings })
}

/// The active configuration; a device that has none is given its first.
pub(super) fn configure(
    connection: &Connection,
    descriptors: &[u8],
    listed: u8,
) -> Result<u8, UsbError> {
    if configuration(descriptors, listed).is_some() {
        return Ok(listed);
    }
    // GET_CONFIGURATION, 9.4.2.
    let setup = Setup { request_type: 0x80, request: 8, value: 0, index: 0 };
    let asked = connection.control(Request::ControlIn { setup, len: 1 })?;
    match asked.data.first() {
        Some(value) if configuration(descriptors, *value).is_some() => return Ok(*value),
        _ => {}
    }
    let first = crate::descriptors::configurations(descriptors).flatten().next();
    let value = first.ok_or(UsbError::Protocol)?.value;
    let setup = Setup { request_type: 0x00, request: 9, value: value.into(), index: 0 };
    connection.control(Request::ControlOut { setup, data: Vec::new() })?;
    Ok(value)
}

/// What is told of a device.
pub(super) fn info(
    id: DeviceId,
    listed: &Exported,
    description: Description,
    value: u8,
) -> DeviceInfo {
    let Description { descriptors, strings: [manufacturer, product, serial] } = description;
    let mut interfaces: Vec<InterfaceInfo> = Vec::new();
    for one in configuration(&descriptors, value).iter().flat_map(Configuration::interfaces) {
        if interfaces.iter().all(|other| other.number != one.number) {
            interfaces.push(InterfaceInfo {
                number: one.number,
                class: one.class,
                subclass: one.subclass,
                protocol: one.protocol,
                name: None,
            });
        }
    }
    // Linux's names of places: `1-4.2`.
    let place = listed.bus_id.split_once('-').map_or("", |(_, place)| place);
    DeviceInfo {
        id,
        bus: listed.bus.try_into().unwrap_or(u8::MAX),
        address: listed.device.try_into().unwrap_or(u8::MAX),
        ports: place.split('.').map_while(|port| port.parse().ok()).collect(),
        speed: speed(listed.speed),
        descriptors,
        manufacturer,
        product,
        serial,
        interfaces,
    }
}

/// From Linux's `usb_device_speed`.
pub(super) fn speed(speed: u32) -> Option<Speed> {
    match speed {
        1 => Some(Speed::Low),
        2 => Some(Speed::Full),
        3 => Some(Speed::High),
        5 => Some(Speed::Super),
        6 => Some(Speed::SuperPlus),
        _ => None,
    }
}

/// GET_DESCRIPTOR (9.4.3): at most `len` bytes.
fn descriptor(
    connection: &Connection,
    kind: u8,
    index: u8,
    language: u16,
    len: u16,
) -> Result<Vec<u8>, UsbError> {
    let value = u16::from_be_bytes([kind, index]);
    let setup = Setup { request_type: 0x80, request: 6, value, index: language };
    connection.control(Request::ControlIn { setup, len }).map(|completed| completed.data)
}
