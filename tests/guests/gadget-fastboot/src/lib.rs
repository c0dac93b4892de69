//! A bootloader that knows fastboot (AOSP, `system/core/fastboot/README.md`) as
//! a gadget: it takes an image and writes it to a partition in memory.
#![no_std]

extern crate alloc;

mod fastboot;

use core::ops::ControlFlow;

use bindings::{exports::periplasm::device::gadget, port};
use fastboot::Bootloader;
use periplasm_driver::Error;
use periplasm_gadget_bulk::Bulk;
use periplasm_usb_device::{Bus, Port, Speed, serve};
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
    // What hosts look for.
    let mut class = Bulk::new(&bus, [0xff, 0x42, 0x03], (0x81, 0x01), packet, ())
        .map_err(|_| periplasm_usb_device::Error::Invalid)?;
    let strings = StringDescriptors::default()
        .manufacturer("Periplasm")
        .product("fastboot")
        .serial_number(fastboot::SERIAL);
    // Google's, of fastboot in Android's emulator.
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x18d1, 0x4ee0))
        .strings(&[strings])
        .and_then(|builder| builder.max_packet_size_0(64))
        .expect("one language, and a size that USB knows")
        .build();
    let mut bootloader = Bootloader::default();
    serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        if device.state() != UsbDeviceState::Configured {
            bootloader.reset();
        }
        if let Some(packet) = class.receive() {
            bootloader.take(&packet, |answer| class.send(answer));
        }
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use periplasm_gadget_testing::{Line, Speed, plug};

    fn ask(lines: &mut (Line, Line), command: &str) -> String {
        lines.1.write(command.as_bytes()).unwrap();
        answer(lines)
    }

    fn answer(lines: &mut (Line, Line)) -> String {
        String::from_utf8(lines.0.read(64).unwrap()).unwrap()
    }

    #[test]
    fn an_image_is_downloaded_and_flashed() {
        for speed in [Speed::Full, Speed::High] {
            let board = plug(speed, super::run);
            let mut interface = board.claim(0);
            let mut lines = (interface.line(0x81), interface.line(0x01));
            assert_eq!(ask(&mut lines, "getvar:version"), "OKAY0.4");
            assert_eq!(ask(&mut lines, "getvar:nothing"), "OKAY");
            let image: Vec<u8> = (0..100_000_u32).map(|n| (n % 249) as u8).collect();
            let size = format!("{:08x}", image.len());
            assert_eq!(ask(&mut lines, &format!("download:{size}")), format!("DATA{size}"));
            lines.1.write(&image).unwrap();
            assert_eq!(answer(&mut lines), "OKAY");
            assert_eq!(ask(&mut lines, "flash:nowhere"), "FAILno such partition");
            assert_eq!(ask(&mut lines, "flash:boot"), "OKAY");
            // zlib's crc32 of the image.
            let checksum = "OKAY0x568a5b4b";
            assert_eq!(ask(&mut lines, "getvar:partition-crc32:boot"), checksum);
            assert_eq!(ask(&mut lines, "erase:boot"), "OKAY");
            assert_eq!(ask(&mut lines, "getvar:partition-crc32:boot"), "OKAY0x00000000");
            assert_eq!(ask(&mut lines, "flash:boot"), "OKAY");
            assert_eq!(ask(&mut lines, "download:7fffffff"), "FAILtoo large");
            assert_eq!(ask(&mut lines, "dance"), "FAILunknown command");
            assert_eq!(ask(&mut lines, "getvar:all"), "INFOversion:0.4");
            let rest = core::iter::repeat_with(|| answer(&mut lines));
            let rest: Vec<_> = rest.take_while(|line| line != "OKAY").collect();
            assert!(rest.iter().all(|line| line.starts_with("INFO")) && rest.len() > 3, "{rest:?}");
        }
    }
}
