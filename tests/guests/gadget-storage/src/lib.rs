//! The crates.io class `usbd-storage`, untouched, as a component: a stick whose
//! blocks are memory, with a FAT file system.
#![no_std]

extern crate alloc;

mod disk;
mod fat;
mod scsi;

use core::ops::ControlFlow;

use bindings::{exports::periplasm::device::gadget, port};
use disk::Disk;
use periplasm_driver::Error;
use periplasm_usb_device::{Bus, Port, Speed, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::prelude::*;
use usbd_storage::subclass::scsi::Scsi;

periplasm_driver::driver!(Gadget);

struct Gadget;

impl gadget::Guest for Gadget {
    fn run() -> Result<(), Error> {
        run(port::open()).map_err(|_| Error::Gone)
    }
}

/// Runs it on any port.
fn run<P: Port>(port: P) -> Result<(), periplasm_usb_device::Error> {
    let bus = Bus::new(port);
    // The largest bulk packet of each speed (USB 2.0, 5.8.3).
    let packet = if bus.speed() == Speed::High { 512 } else { 64 };
    let bus = UsbBusAllocator::new(bus);
    let mut buffer = [0; 8 * disk::BLOCK];
    let mut class = Scsi::new(&bus, packet, 0, &mut buffer[..]).expect("a block fits");
    // A serial number for storage has twelve digits at least (bulk-only, 4.1.1).
    let strings = StringDescriptors::default()
        .manufacturer("Periplasm")
        .product("Stick")
        .serial_number("000000000001");
    // pid.codes' second address for tests.
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x1209, 0x0002))
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .build();
    let mut disk = Disk::new();
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        if device.state() != UsbDeviceState::Configured {
            disk.reset();
        }
        // Its error is the bus's, which has none for it.
        let _ = class.poll(|command| scsi::answer(&mut disk, command));
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests;
