//! Sends bytes through a serial port of USB's communications class, and checks
//! that they come back: `serial-talk 64 65`, one message a size.
//!
//! Chapters are those of "PSTN Subclass for Communications Devices", 1.2.

use std::error::Error;
use std::time::Duration;

use nusb::transfer::{Buffer, Bulk, ControlIn, ControlOut, ControlType, In, Out, Recipient};
use nusb::{Interface, MaybeFuture};

const VENDOR: u16 = 0x16c0;
const PRODUCT: u16 = 0x27dd;

/// The interface for requests, and the one for data.
const CONTROL: u8 = 0;
const DATA: u8 = 1;

/// Requests (table 13).
const SET_LINE_CODING: u8 = 0x20;
const GET_LINE_CODING: u8 = 0x21;
const SET_CONTROL_LINE_STATE: u8 = 0x22;

/// 115200 baud, one stop bit, no parity, 8 bits (table 17).
const CODING: [u8; 7] = [0x00, 0xc2, 0x01, 0x00, 0, 0, 8];
/// DTR and RTS (table 18).
const PRESENT: u16 = 3;

const TIMEOUT: Duration = Duration::from_secs(5);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let is_it =
        |info: &nusb::DeviceInfo| (info.vendor_id(), info.product_id()) == (VENDOR, PRODUCT);
    let info = nusb::list_devices().wait()?.find(is_it).ok_or("there is no serial port")?;
    println!("{}", info.product_string().unwrap_or("no name"));
    let device = info.open().wait()?;
    let control = device.claim_interface(CONTROL).wait()?;
    request(&control, SET_LINE_CODING, 0, &CODING)?;
    let length = CODING.len() as u16;
    let asked = ControlIn {
        control_type: ControlType::Class,
        recipient: Recipient::Interface,
        request: GET_LINE_CODING,
        value: 0,
        index: CONTROL.into(),
        length,
    };
    let coding = control.control_in(asked, TIMEOUT).wait()?;
    if coding != CODING {
        return Err(format!("set {CODING:?}, got {coding:?}").into());
    }
    request(&control, SET_CONTROL_LINE_STATE, PRESENT, &[])?;

    let data = device.claim_interface(DATA).wait()?;
    let endpoints = data.descriptor().ok_or("no data interface")?;
    let endpoints: Vec<u8> = endpoints.endpoints().map(|e| e.address()).collect();
    let address = |input: bool| {
        let found = endpoints.iter().find(|address| (**address & 0x80 != 0) == input);
        found.copied().ok_or("the data interface lacks an endpoint")
    };
    let mut output = data.endpoint::<Bulk, Out>(address(false)?)?;
    let mut input = data.endpoint::<Bulk, In>(address(true)?)?;
    for size in std::env::args().skip(1) {
        let size: usize = size.parse()?;
        let sent: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        output.submit(sent.clone().into());
        let mut received = Vec::new();
        while received.len() < size {
            let packet = input.max_packet_size();
            let done = input.transfer_blocking(Buffer::new(packet), TIMEOUT).into_result()?;
            received.extend_from_slice(&done);
        }
        let done = output.wait_next_complete(TIMEOUT).ok_or("the port takes nothing")?;
        done.into_result()?;
        if received != sent {
            return Err(format!("{size} bytes came back as {} others", received.len()).into());
        }
        println!("{size} bytes came back");
    }
    Ok(())
}

fn request(control: &Interface, request: u8, value: u16, data: &[u8]) -> Result<()> {
    let setup = ControlOut {
        control_type: ControlType::Class,
        recipient: Recipient::Interface,
        request,
        value,
        index: CONTROL.into(),
        data,
    };
    Ok(control.control_out(setup, TIMEOUT).wait()?)
}
