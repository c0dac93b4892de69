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

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use periplasm_gadget_testing::{Plugged, Speed, plug};

    const START: u32 = 0x0800_0000;

    /// DFU_DNLOAD (DFU 1.1, 6.1.1), and DFU_GETSTATUS until it is done: the state.
    fn download(dfu: &Plugged, block: u16, data: &[u8]) -> u8 {
        dfu.control_out(0x21, 1, block, 0, data).unwrap();
        loop {
            let status = dfu.control_in(0xa1, 3, 0, 0, 6).unwrap();
            assert_eq!(status[0], 0, "bStatus");
            if status[4] != 4 {
                return status[4]; // Not dfuDNBUSY.
            }
        }
    }

    /// One of ST's commands with an address: erase a page, or set the pointer
    /// (AN3156, 5).
    fn command(dfu: &Plugged, command: u8, address: u32) {
        let mut data = Vec::from([command]);
        data.extend(address.to_le_bytes());
        assert_eq!(download(dfu, 0, &data), 5); // dfuDNLOAD-IDLE
    }

    #[test]
    fn an_image_goes_down_and_comes_back() {
        let dfu = plug(Speed::Full, super::run);
        let image: Vec<u8> = (0..64 * 1024_u32).map(|n| (n * 7 % 253) as u8).collect();
        for page in 0..64 {
            command(&dfu, 0x41, START + page * 1024);
        }
        command(&dfu, 0x21, START);
        for (block, data) in (2..).zip(image.chunks(128)) {
            assert_eq!(download(&dfu, block, data), 5);
        }
        // DFU_ABORT, then DFU_UPLOAD until a block is short.
        dfu.control_out(0x21, 6, 0, 0, &[]).unwrap();
        let mut back = Vec::new();
        for block in 2.. {
            let data = dfu.control_in(0xa1, 2, block, 0, 128).unwrap();
            back.extend_from_slice(&data);
            if data.len() < 128 {
                break;
            }
        }
        assert!(back == image);
    }
}
