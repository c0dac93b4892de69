//! What the program looks for, on a software bus.

use core::ops::ControlFlow;
use std::sync::Arc;
use std::thread;

use periplasm_usb::cable::Cable;
use periplasm_usb::{PortSpeed, UsbController, UsbHost};
use periplasm_usb_device::{Bus, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::test_class::TestClass;

/// usb-device's TestClass, plugged in as long as the process lives.
pub fn plugged_in() -> Arc<dyn UsbHost> {
    let cable = Cable::new(1);
    let port: Box<dyn UsbController> =
        Box::new(cable.plug(None, PortSpeed::Full).expect("a free port"));
    thread::spawn(move || {
        let bus = UsbBusAllocator::new(Bus::new(port));
        let mut class = TestClass::new(&bus);
        let mut device = class.make_device(&bus);
        serve(&mut device, None, |device, _| {
            if device.poll(&mut [&mut class]) {
                class.poll();
            }
            ControlFlow::<()>::Continue(())
        })
    });
    cable.host()
}

/// Runs the program, which says nothing to its caller of a device that it does
/// not find: it is looked for here as well.
pub fn test(host: Arc<dyn UsbHost>, program: fn()) {
    periplasm_usb_host::native::install(host);
    program();
    let found = rusb::devices().expect("a list").iter().any(|device| {
        device.device_descriptor().is_ok_and(|found| {
            found.vendor_id() == usb_device::test_class::VID
                && found.product_id() == usb_device::test_class::PID
        })
    });
    assert!(found, "the gadget was not found");
}
