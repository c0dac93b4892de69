//! The crates.io class `usbd-human-interface-device`, untouched, as a component:
//! a boot keyboard that types a line.
#![no_std]

mod keys;

use core::ops::ControlFlow;
use core::time::Duration;

use bindings::{exports::periplasm::device::gadget, port};
use periplasm_driver::Error;
use periplasm_usb_device::{Bus, Port, Woken, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::prelude::*;
use usbd_human_interface_device::UsbHidError;
use usbd_human_interface_device::device::keyboard::BootKeyboardConfig;
use usbd_human_interface_device::usb_class::UsbHidClassBuilder;

periplasm_driver::driver!(Gadget);

struct Gadget;

/// What it types.
const TEXT: &str = "Hello from a keyboard of software.\n";

/// How often the class wants to be called, by its documentation.
const TICK: Duration = Duration::from_millis(1);

/// How many quiet ticks it waits before it types, as a person would: Linux drops
/// what comes while its driver begins.
const PAUSE: u16 = 500;

impl gadget::Guest for Gadget {
    fn run() -> Result<(), Error> {
        run(port::open()).map_err(|_| Error::Gone)
    }
}

/// Runs it on any port.
fn run<P: Port>(port: P) -> Result<(), periplasm_usb_device::Error> {
    let bus = UsbBusAllocator::new(Bus::new(port));
    let mut keyboard =
        UsbHidClassBuilder::new().add_device(BootKeyboardConfig::default()).build(&bus);
    let strings = StringDescriptors::default()
        .manufacturer("Periplasm")
        .product("Keyboard")
        .serial_number("0001");
    // pid.codes' address for tests.
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x1209, 0x0001))
        .strings(&[strings])
        .expect("one language")
        .build();
    let mut reports = keys::reports(TEXT);
    let mut next = reports.next();
    let mut pause = PAUSE;
    serve(&mut device, Some(TICK), |device, woken| {
        if woken == Woken::Interval {
            // It has nowhere to send a report to.
            let _ = keyboard.tick();
            pause = pause.saturating_sub(1);
        }
        device.poll(&mut [&mut keyboard]);
        let _leds = keyboard.device().read_report();
        if device.state() != UsbDeviceState::Configured {
            reports = keys::reports(TEXT);
            next = reports.next();
            pause = PAUSE;
        } else if pause == 0
            && let Some(keys) = next
        {
            let written = keyboard.device().write_report(keys);
            if matches!(written, Ok(()) | Err(UsbHidError::Duplicate)) {
                next = reports.next();
            }
        }
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;

    use periplasm_gadget_testing::{Speed, plug};

    /// Boot reports (HID 1.11, B.1): letters and shift are enough for the text.
    #[test]
    fn it_types_its_text() {
        let keyboard = plug(Speed::Full, super::run);
        // GET_DESCRIPTOR, report, from the interface (7.1.1): usage page 1, usage 6.
        let report = keyboard.control_in(0x81, 6, 0x2200, 0, 256).unwrap();
        assert_eq!(report[..4], [0x05, 0x01, 0x09, 0x06]);
        let mut interface = keyboard.claim(0);
        let mut input = interface.line(0x81);
        let mut typed = String::new();
        while !typed.ends_with('\n') {
            let report = input.read(8).unwrap();
            typed.extend(match report[2] {
                0 => None,
                key @ 4..=29 if report[0] & 0x22 != 0 => Some((b'A' + key - 4) as char),
                key @ 4..=29 => Some((b'a' + key - 4) as char),
                0x28 => Some('\n'),
                0x2c => Some(' '),
                0x37 => Some('.'),
                key => panic!("{key:#x}"),
            });
        }
        assert_eq!(typed, super::TEXT);
    }
}
