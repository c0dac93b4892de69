//! An RP2040 in BOOTSEL mode (RP2040 datasheet, 2.8.5: PICOBOOT) as a gadget,
//! without its mass storage.
#![no_std]

extern crate alloc;

mod memory;
mod picoboot;

use core::ops::ControlFlow;

use bindings::{exports::periplasm::device::gadget, port};
use periplasm_driver::Error;
use periplasm_gadget_bulk::Bulk;
use periplasm_usb_device::{Bus, Port, serve};
use picoboot::{Bootrom, Status};
use usb_device::bus::UsbBusAllocator;
use usb_device::prelude::*;

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
    let mut class = Bulk::new(&bus, [0xff, 0, 0], (0x84, 0x03), 64, Status::default())
        .map_err(|_| periplasm_usb_device::Error::Invalid)?;
    let strings = StringDescriptors::default()
        .manufacturer("Raspberry Pi")
        .product("RP2 Boot")
        .serial_number("E0C912D24340");
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x2e8a, 0x0003))
        .device_release(0x0100)
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .build();
    let mut bootrom = Bootrom::default();
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        if class.requests.take_reset() {
            bootrom.reset();
            class.unstall();
        }
        if let Some(packet) = class.receive() {
            bootrom.take(&packet, &mut class);
        }
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests;
