//! Grants below VID:PID.

mod fake;
mod listing;
mod oracle;
mod random;
#[path = "../samples/mod.rs"]
mod samples;
mod setups;

use std::sync::Arc;

use fake::Fake;
use periplasm_request::UsbFilter;
use periplasm_usb::descriptors::configurations;
use periplasm_usb::{DeviceId, DeviceInfo, Guarded, InterfaceInfo, UsbDevice, UsbHost};

/// A device with these configurations, the first of which is active.
fn info(id: u64, configurations_: &[&[u8]], serial: Option<&str>) -> DeviceInfo {
    let descriptors: Arc<[u8]> = samples::device(configurations_).into();
    let active = configurations(&descriptors).flatten().next().unwrap();
    let interfaces = active
        .interfaces()
        .filter(|one| one.alternate == 0)
        .map(|one| InterfaceInfo {
            number: one.number,
            class: one.class,
            subclass: one.subclass,
            protocol: one.protocol,
            name: None,
        })
        .collect();
    DeviceInfo {
        id: DeviceId(id),
        bus: 1,
        address: 2,
        ports: vec![1, 2],
        speed: None,
        manufacturer: None,
        product: None,
        serial: serial.map(str::to_owned),
        interfaces,
        descriptors,
    }
}

/// Reads filters in the form of a board file: JSON here.
fn filters(text: &str) -> Vec<UsbFilter> {
    serde_json::from_str(text).unwrap()
}

/// The device with the serial port, as far as `request` has it and a board that
/// permits all.
fn serial_port(request: &str) -> (Fake, Arc<dyn UsbHost>, Arc<dyn UsbDevice>) {
    let fake = Fake::of(vec![info(1, &[&samples::SERIAL], None)]);
    let everything = r#"[{ "control": ["standard", "class", "vendor"],
        "may": ["reset", "set-configuration", "detach"] }]"#;
    let host = Guarded::new(Arc::new(fake.clone()), filters(request), filters(everything));
    let device = host.open(DeviceId(1)).unwrap();
    fake.reached();
    (fake, host, device)
}
