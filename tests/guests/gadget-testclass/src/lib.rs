//! The test class that usb-device brings, untouched, as a component: the device
//! that its host-side suite looks for.
#![no_std]

use core::ops::ControlFlow;

use bindings::{exports::periplasm::device::gadget, port};
use periplasm_driver::Error;
use periplasm_usb_device::{Bus, Port, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::test_class::TestClass;

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
    let mut class = TestClass::new(&bus);
    let mut device = class.make_device(&bus);
    serve(&mut device, None, |device, _| {
        if device.poll(&mut [&mut class]) {
            class.poll();
        }
        ControlFlow::Continue(())
    })
}
