//! The crates.io class `usbd-gscan`, untouched, as a component: a CAN adapter
//! (gs_usb, as candleLight's) on a bus of its own.
#![no_std]

extern crate alloc;

mod adapter;

use core::ops::ControlFlow;

use adapter::Adapter;
use bindings::{exports::periplasm::device::gadget, port};
use periplasm_driver::Error;
use periplasm_usb_device::{Bus, Port, serve};
use usb_device::bus::UsbBusAllocator;
use usb_device::prelude::*;
use usbd_gscan::GsCan;

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
    let mut class = GsCan::new(&bus, Adapter::default());
    let strings = StringDescriptors::default()
        .manufacturer("Periplasm")
        .product("CAN adapter")
        .serial_number("0001");
    // candleLight's, which drivers look for.
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x1d50, 0x606f))
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .build();
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        while let Some(frame) = class.device.next_received() {
            class.transmit(0, &frame, frame.flags);
        }
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    use periplasm_gadget_testing::{Speed, plug};

    /// Linux's gs_usb.h: the bytes of requests and frames.
    #[test]
    fn a_frame_comes_back_twice() {
        let adapter = plug(Speed::Full, super::run);
        // BT_CONST: what it can do, and its clock.
        let constants = adapter.control_in(0xc1, 4, 0, 0, 40).unwrap();
        assert_eq!(constants[..4], 0x2002_u32.to_le_bytes());
        assert_eq!(constants[4..8], 40_000_000_u32.to_le_bytes());
        // MODE: start, loop back.
        adapter.control_out(0x41, 2, 0, 0, &[1, 0, 0, 0, 2, 0, 0, 0]).unwrap();
        // GET_STATE: active.
        assert_eq!(adapter.control_in(0xc1, 14, 0, 0, 12).unwrap(), [0; 12]);
        let mut interface = adapter.claim(0);
        let (mut input, mut output) = (interface.line(0x81), interface.line(0x02));
        let frame = *b"\x07\0\0\0\x23\x01\0\0\x03\0\0\0abc\0\0\0\0\0";
        assert_eq!(output.write(&frame), Ok(20));
        // What was sent, by its number; and what came, which has none.
        assert_eq!(input.read(64).unwrap(), frame);
        let received = input.read(64).unwrap();
        assert_eq!((&received[..4], &received[4..]), (&[0xff; 4][..], &frame[4..]));
        // What is no frame comes back, and is not on the bus.
        for (at, value) in [(8, 200), (5, 0x70)] {
            let mut wrong = frame;
            wrong[at] = value;
            assert_eq!(output.write(&wrong), Ok(20));
            assert_eq!(input.read(64).unwrap(), wrong);
        }
        assert_eq!(output.write(&frame), Ok(20));
        assert_eq!(input.read(64).unwrap(), frame);
    }
}
