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
