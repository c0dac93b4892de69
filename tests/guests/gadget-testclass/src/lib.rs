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

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use periplasm_gadget_testing::{Line, Request, Speed, UsbError, plug};

    /// The whole suite is run by the project's test `testclass`.
    #[test]
    fn what_it_is_sent_comes_back() {
        let class = plug(Speed::Full, super::run);
        assert_eq!((class.info.vendor(), class.info.product_id()), (0x16c0, 0x05dc));
        assert_eq!(class.info.serial.as_deref(), Some("TestClass Serial"));
        // WRITE_BUFFER and READ_BUFFER, up to what usb-device has room for.
        let long: Vec<u8> = (0..128).collect();
        class.control_out(0x40, 3, 0, 0, &long).unwrap();
        assert_eq!(class.control_in(0xc0, 2, 0, 0, 128).unwrap(), long);
        assert_eq!(class.control_in(0xc0, 42, 0, 0, 1), Err(UsbError::Stall));

        let mut interface = class.claim(0);
        let (mut input, mut output) = (interface.line(0x81), interface.line(0x01));
        for len in [1, 63, 65, 200] {
            assert_eq!(output.write(&long.repeat(2)[..len]), Ok(len));
            assert_eq!(input.read(256).unwrap(), long.repeat(2)[..len]);
        }
        let (mut quick_input, mut quick_output) = (interface.line(0x82), interface.line(0x02));
        assert_eq!(quick_output.write(&long[..31]), Ok(31));
        assert_eq!(quick_input.read(31).unwrap(), long[..31]);

        // SET_FEATURE, ENDPOINT_HALT (USB 2.0, 9.4.9).
        class.control_out(0x02, 3, 0, 0x81, &[]).unwrap();
        assert_eq!(input.read(64), Err(UsbError::Stall));
        input.clear_halt();
        assert_eq!(output.write(b"again"), Ok(5));
        assert_eq!(input.read(64).unwrap(), b"again");
    }

    /// The gadget answers as often as it is asked, with many transfers in flight.
    #[test]
    fn a_benchmark_keeps_both_directions_busy() {
        let class = plug(Speed::Full, super::run);
        let mut interface = class.claim(0);
        let (mut input, mut output) = (interface.line(0x81), interface.line(0x01));
        // SET_BENCH_ENABLED.
        class.control_out(0x40, 4, 1, 0, &[]).unwrap();
        let start = |line: &mut Line, out: bool| {
            let data = std::vec![0; 4096];
            line.start(if out {
                Request::Out(data)
            } else {
                Request::In { len: 4096, room: data }
            });
        };
        for line in 0..8 {
            start(if line % 2 == 0 { &mut input } else { &mut output }, line % 2 != 0);
        }
        for _ in 0..20 {
            assert_eq!(input.finish().actual, 4096);
            start(&mut input, false);
            assert_eq!(output.finish().actual, 4096);
            start(&mut output, true);
        }
    }
}
