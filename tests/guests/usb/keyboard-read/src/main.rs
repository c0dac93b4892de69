//! Prints the line that is typed on a USB keyboard, asynchronously.
//!
//! Chapters are those of "Device Class Definition for HID", 1.11.

use std::error::Error;
use std::time::Duration;

use futures_lite::future;
use nusb::transfer::{Buffer, ControlIn, ControlType, In, Interrupt, Recipient};

const INTERFACE: u8 = 0;

/// `GET_DESCRIPTOR` of an interface, and the report descriptor (7.1.1).
const GET_DESCRIPTOR: u8 = 6;
const REPORT: u16 = 0x22;
/// Generic desktop, keyboard: how such a report descriptor begins (E.6).
const KEYBOARD: [u8; 4] = [0x05, 0x01, 0x09, 0x06];

/// Bytes of a boot report (B.1), and how many are asked for ahead.
const BOOT_REPORT: usize = 8;
const AHEAD: usize = 4;

const TIMEOUT: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn Error>> {
    future::block_on(read())
}

async fn read() -> Result<(), Box<dyn Error>> {
    // What is granted is a keyboard.
    let info = nusb::list_devices().await?.next().ok_or("there is no keyboard")?;
    let device = info.open().await?;
    let interface = device.claim_interface(INTERFACE).await?;
    let asked = ControlIn {
        control_type: ControlType::Standard,
        recipient: Recipient::Interface,
        request: GET_DESCRIPTOR,
        value: REPORT << 8,
        index: INTERFACE.into(),
        length: 256,
    };
    let report = interface.control_in(asked, TIMEOUT).await?;
    if !report.starts_with(&KEYBOARD) {
        return Err(format!("its reports are no keyboard's: {report:02x?}").into());
    }
    let endpoints = interface.descriptor().ok_or("no interface")?;
    let address = endpoints.endpoints().map(|e| e.address()).find(|a| a & 0x80 != 0);
    let mut input = interface.endpoint::<Interrupt, In>(address.ok_or("no input")?)?;
    for _ in 0..AHEAD {
        input.submit(Buffer::new(BOOT_REPORT));
    }
    let mut line = String::new();
    while !line.ends_with('\n') {
        let report = input.next_complete().await.into_result()?;
        if report.len() < 3 {
            return Err(format!("a report of {} bytes", report.len()).into());
        }
        line.extend(typed(report[0], report[2]));
        input.submit(Buffer::new(BOOT_REPORT));
    }
    print!("{line}");
    Ok(())
}

/// The character of a key (HID usage tables 1.12, chapter 10), with shift or
/// without.
fn typed(modifiers: u8, key: u8) -> Option<char> {
    let shift = modifiers & 0x22 != 0;
    match key {
        4..=29 if shift => Some(char::from(b'A' + key - 4)),
        4..=29 => Some(char::from(b'a' + key - 4)),
        0x28 => Some('\n'),
        0x2c => Some(' '),
        0x37 => Some('.'),
        _ => None,
    }
}
