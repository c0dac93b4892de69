//! The crates.io class `usbd-serial`, untouched, as a component: a CDC-ACM port
//! that sends back what it receives.
#![no_std]

use core::ops::ControlFlow;

use bindings::{exports::periplasm::device::gadget, port};
use periplasm_driver::Error;
use periplasm_usb_device::{Bus, Port, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::prelude::*;
use usbd_serial::{SerialPort, USB_CLASS_CDC};

periplasm_driver::driver!(Gadget);

struct Gadget;

impl gadget::Guest for Gadget {
    fn run() -> Result<(), Error> {
        run(port::open()).map_err(|_| Error::Gone)
    }
}

/// Runs it on any port.
fn run<P: Port>(port: P) -> Result<(), periplasm_usb_device::Error> {
    let bus = UsbBusAllocator::new(Bus::new(port));
    let mut serial = SerialPort::new(&bus);
    let strings = StringDescriptors::default()
        .manufacturer("Periplasm")
        .product("Echo")
        .serial_number("0001");
    // What V-USB and usb-device's examples share for CDC-ACM.
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x16c0, 0x27dd))
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .device_class(USB_CLASS_CDC)
        .build();
    // Read, and not written yet.
    let mut bytes = [0; 64];
    let mut left = 0..0;
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut serial]);
        if device.state() != UsbDeviceState::Configured {
            left = 0..0;
        }
        if left.is_empty() {
            left = 0..serial.read(&mut bytes).unwrap_or(0);
        }
        left.start += serial.write(&bytes[left.clone()]).unwrap_or(0);
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use periplasm_gadget_testing::{Request, Speed, plug};
    use std::vec::Vec;

    /// Requests of CDC's PSTN subclass 1.2, 6.3.10 and 6.3.11; the data of the
    /// class's own choice at first.
    #[test]
    fn it_sends_back_what_it_receives() {
        let serial = plug(Speed::Full, super::run);
        assert_eq!(serial.info.product.as_deref(), Some("Echo"));
        // SET_LINE_CODING: 115200 baud, 8N1.
        let coding = [0x00, 0xc2, 0x01, 0x00, 0, 0, 8];
        serial.control_out(0x21, 0x20, 0, 0, &coding).unwrap();
        assert_eq!(serial.control_in(0xa1, 0x21, 0, 0, 7).unwrap(), coding);
        let mut data = serial.claim(1);
        let (mut input, mut output) = (data.line(0x82), data.line(0x01));
        // More than the class's buffers, so that it must make the host wait.
        let sent: Vec<u8> = (0..10_000_u32).map(|n| (n % 251) as u8).collect();
        output.start(Request::Out(sent.clone()));
        let mut received = Vec::new();
        while received.len() < sent.len() {
            received.extend(input.read(64).unwrap());
        }
        assert_eq!(received, sent);
        assert_eq!(output.finish().actual, sent.len());
    }
}
