//! The crates.io class `usbd-dfu`, untouched, as a component: a bootloader that
//! takes a firmware image and gives it back.
#![no_std]

extern crate alloc;

mod memory;

use core::ops::ControlFlow;

use bindings::{exports::periplasm::device::gadget, port};
use memory::Memory;
use periplasm_driver::Error;
use periplasm_usb_device::{Bus, Port, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::prelude::*;
use usbd_dfu::DFUClass;

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
    let mut class = DFUClass::new(&bus, Memory::new());
    let strings = StringDescriptors::default()
        .manufacturer("Periplasm")
        .product("Bootloader")
        .serial_number("0001");
    // The address of STM32's bootloaders, which DFU tools know.
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x0483, 0xdf11))
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .build();
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        ControlFlow::Continue(())
    })
}
