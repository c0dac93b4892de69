//! What can be done with hardware, in plain words.

use periplasm_request::{I2cAddress, Request, UsbFilter};

use crate::kind::SlotKind;

/// What a request allows when the board grants it. Nothing for a log, which is
/// no hardware.
pub(crate) fn on_board(request: &Request) -> Vec<String> {
    let (kind, name) = match request {
        Request::I2c { bus, addresses } => {
            return vec![format!("talk to {} on I2C bus {bus:?}", addresses_in_words(addresses))];
        }
        Request::Spi { name } => (SlotKind::Spi, name),
        Request::SpiBus { name } => (SlotKind::SpiBus, name),
        Request::OutputPin { name } => (SlotKind::OutputPin, name),
        Request::InputPin { name } => (SlotKind::InputPin, name),
        Request::Pwm { name } => (SlotKind::Pwm, name),
        Request::Adc { name } => (SlotKind::Adc, name),
        Request::Serial { name } => (SlotKind::Serial, name),
        Request::Can { name } => (SlotKind::Can, name),
        Request::Usb { name, devices } => {
            return devices.iter().map(|filter| usb(filter, name)).collect();
        }
        Request::UsbDevice { name } => (SlotKind::UsbDevice, name),
        _ => return Vec::new(),
    };
    vec![with(kind, &format!("{name:?}"))]
}

/// What a slot that another stage fills allows.
pub(crate) fn of_stage(kind: &str, export: &str, stage: &str) -> String {
    let known = SlotKind::all().find(|known| known.as_str() == kind);
    // A kind comes from a component's shape, so it is one of them.
    let Some(kind) = known else { return format!("use {export} of stage {stage}") };
    with(kind, &format!("{export} of stage {stage}"))
}

fn with(kind: SlotKind, name: &str) -> String {
    match kind {
        SlotKind::I2c => format!("talk on I2C bus {name}"),
        SlotKind::Spi => format!("send and receive on SPI device {name}"),
        SlotKind::SpiBus => format!("send and receive on the whole SPI bus {name}"),
        SlotKind::OutputPin => format!("drive pin {name}"),
        SlotKind::InputPin => format!("read pin {name} and wait for its edges"),
        SlotKind::Pwm => format!("set the duty cycle of {name}"),
        SlotKind::Adc => format!("measure {name}"),
        SlotKind::Serial => format!("use serial port {name}"),
        SlotKind::Can => format!("send and receive frames on CAN bus {name}"),
        SlotKind::Usb => format!("use USB devices at {name}"),
        SlotKind::UsbDevice => format!("be a USB device at {name}"),
        SlotKind::Diag => format!("write to {name}"),
    }
}

fn addresses_in_words(addresses: &[I2cAddress]) -> String {
    let words: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => format!("address {only}"),
        Some((last, rest)) => format!("addresses {} and {last}", rest.join(", ")),
    }
}

fn usb(filter: &UsbFilter, name: &str) -> String {
    format!("use {} at {name:?}: {}", usb_devices(filter), filter.uses())
}

/// The devices that a filter speaks of.
pub(crate) fn usb_devices(filter: &UsbFilter) -> String {
    let UsbFilter { vendor, product, serial, ports, .. } = filter;
    let any = vendor.is_none() && product.is_none() && serial.is_none() && ports.is_none();
    // Nobody may read over it.
    if any { "ANY USB device".to_owned() } else { filter.devices() }
}
