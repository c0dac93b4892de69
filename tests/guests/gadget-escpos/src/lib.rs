//! A receipt printer (USB printer class 1.1, ESC/POS) as a gadget: each line that
//! it prints is told in the stage's log.
#![no_std]

extern crate alloc;

mod escpos;

use alloc::vec::Vec;
use core::ops::ControlFlow;

use bindings::{diag, exports::periplasm::device::gadget, port};
use escpos::Printer;
use periplasm_driver::{Error, Level};
use periplasm_gadget_bulk::{Bulk, Requests};
use periplasm_usb_device::{Bus, Port, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::control::Request;
use usb_device::prelude::*;

periplasm_driver::driver!(Gadget);

struct Gadget;

impl gadget::Guest for Gadget {
    fn run() -> Result<(), Error> {
        let voice = diag::open();
        run(port::open(), |line| voice.log(Level::Info, line)).map_err(|_| Error::Gone)
    }
}

/// What the printer class asks on endpoint 0 (4.2).
struct Status;

impl Requests for Status {
    fn answer(&mut self, request: &Request) -> Option<Vec<u8>> {
        const ID: &[u8] = b"MFG:Periplasm;MDL:Receipt;CMD:ESC/POS;CLS:PRINTER;";
        match request.request {
            // GET_DEVICE_ID: its own length first, most significant byte first.
            0 => Some([&(ID.len() as u16 + 2).to_be_bytes(), ID].concat()),
            // GET_PORT_STATUS: no error, selected, paper.
            1 => Some(Vec::from([0x18])),
            _ => None,
        }
    }

    /// SOFT_RESET.
    fn take(&mut self, request: &Request, _: &[u8]) -> bool {
        request.request == 2
    }
}

/// Runs it on any port.
fn run<P: Port>(port: P, mut print: impl FnMut(&str)) -> Result<(), periplasm_usb_device::Error> {
    let bus = UsbBusAllocator::new(Bus::new(port));
    // Printer, bidirectional (4.1).
    let mut class = Bulk::new(&bus, [7, 1, 2], (0x81, 0x01), 64, Status)
        .map_err(|_| periplasm_usb_device::Error::Invalid)?;
    let strings = StringDescriptors::default()
        .manufacturer("Periplasm")
        .product("Receipt printer")
        .serial_number("0001");
    // Linux's own printer gadget.
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x0525, 0xa700))
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .build();
    let mut printer = Printer::default();
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        if let Some(packet) = class.receive() {
            let answer = printer.take(&packet, &mut print);
            if !answer.is_empty() {
                class.send(answer);
            }
        }
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;
    use std::sync::mpsc;

    use periplasm_gadget_testing::{Speed, plug};

    /// Commands of Epson's ESC/POS reference.
    #[test]
    fn it_prints_lines_and_tells_its_status() {
        let (lines, printed) = mpsc::channel();
        let printer = plug(Speed::Full, move |port| {
            super::run(port, |line| lines.send(String::from(line)).unwrap())
        });
        let id = printer.control_in(0xa1, 0, 0, 0, 100).unwrap();
        assert_eq!((usize::from(id[1]), &id[2..6]), (id.len(), &b"MFG:"[..]));
        assert_eq!(printer.control_in(0xa1, 1, 0, 0, 1).unwrap(), [0x18]);
        let mut interface = printer.claim(0);
        let (mut input, mut output) = (interface.line(0x81), interface.line(0x01));
        // Reset, bold, a text in two transfers, feed, cut.
        output.write(b"\x1b@\x1bE\x01Hel").unwrap();
        output.write(b"lo\n\x1bE\x00two\n\x1bd\x03\x1dVA\x00").unwrap();
        assert_eq!(printed.recv().unwrap(), "Hello");
        assert_eq!(printed.recv().unwrap(), "two");
        // DLE EOT 1 and 4 in one packet are answered in one.
        output.write(b"\x10\x04\x01\x10\x04\x04").unwrap();
        assert_eq!(input.read(64).unwrap(), [0x12, 0x12]);
    }
}
