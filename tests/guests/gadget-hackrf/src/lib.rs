//! A HackRF One (its firmware's `usb_api`) as a gadget: a radio that receives a
//! pattern of samples as long as it is told to.
#![no_std]

extern crate alloc;

mod radio;

use core::ops::ControlFlow;

use bindings::{exports::periplasm::device::gadget, port};
use periplasm_driver::Error;
use periplasm_gadget_bulk::Bulk;
use periplasm_usb_device::{Bus, Port, Speed, serve};
use radio::Radio;
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
    let bus = Bus::new(port);
    let packet = if bus.speed() == Speed::High { 512 } else { 64 };
    let bus = UsbBusAllocator::new(bus);
    let mut class = Bulk::new(&bus, [0xff, 0xff, 0xff], (0x81, 0x02), packet, Radio::default())
        .map_err(|_| periplasm_usb_device::Error::Invalid)?;
    let strings = StringDescriptors::default()
        .manufacturer("Great Scott Gadgets")
        .product("HackRF One")
        .serial_number("0000000000000001");
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x1d50, 0x6089))
        .device_release(0x0109)
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .build();
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        let _transmitted = class.receive();
        class.flush();
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use periplasm_gadget_testing::{Speed, UsbError, plug};

    #[test]
    fn it_streams_while_it_receives() {
        let radio = plug(Speed::High, super::run);
        assert_eq!(radio.control_in(0xc0, 14, 0, 0, 1).unwrap(), [2]); // HackRF One
        assert_eq!(radio.control_in(0xc0, 15, 0, 0, 16).unwrap(), b"2024.02.1");
        radio.control_out(0x40, 16, 0, 0, &[0x93, 3, 0, 0, 0, 0, 0, 0]).unwrap(); // 915 MHz
        // 8 GHz is out of its range.
        let far = radio.control_out(0x40, 16, 0, 0, &[0x40, 0x1f, 0, 0, 0, 0, 0, 0]);
        assert_eq!(far, Err(UsbError::Stall));
        assert_eq!(radio.control_in(0xc0, 19, 0, 16, 1).unwrap(), [1]); // LNA 16 dB
        assert_eq!(radio.control_in(0xc0, 19, 0, 48, 1).unwrap(), [0]);
        let mut interface = radio.claim(0);
        let mut input = interface.line(0x81);
        for round in 0..2 {
            radio.control_out(0x40, 1, 1, 0, &[]).unwrap(); // Receive.
            let samples = input.read(66_560).unwrap();
            // From the start each time, but for a packet that may be on its way.
            let late = if round > 0 && samples[..2] != [0, 0] { 512 } else { 0 };
            let samples = &samples[late..];
            let expected: Vec<u8> =
                (0..samples.len() as u32 / 2).flat_map(|n| [n as u8, (n >> 8) as u8]).collect();
            assert!(*samples == expected);
            radio.control_out(0x40, 1, 0, 0, &[]).unwrap(); // Off.
        }
    }
}
