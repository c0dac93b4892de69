//! Writes a firmware image with `dfu-libusb`, and reads it back:
//! `dfu-libusb-download 0483:df11 4096`.

use dfu_core::DfuIo;
use dfu_image::{Arguments, Requests, Result, START, compare, read_back};
use dfu_libusb::{Dfu, DfuLibusb};
use rusb::{Context, UsbContext};

/// A class request to an interface, and from it.
const TO: u8 = 0x21;
const FROM: u8 = 0xa1;

struct Bootloader(DfuLibusb<Context>);

impl Requests for Bootloader {
    fn write(&self, request: u8, value: u16, data: &[u8]) -> Result<()> {
        self.0.write_control(TO, request, value, data)?;
        Ok(())
    }

    fn read(&self, request: u8, value: u16, room: &mut [u8]) -> Result<usize> {
        Ok(self.0.read_control(FROM, request, value, room)?)
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::read()?;
    let context = Context::new()?;
    println!("{} devices", context.devices()?.len());
    let image = arguments.image();
    // The device stays on the bus, or it has to be found once more.
    let dfu = match open(&context, &arguments)?.download_from_slice(&image)? {
        Some(dfu) => dfu,
        None => open(&context, &arguments)?,
    };
    println!("wrote {} bytes", image.len());
    let bootloader = Bootloader(dfu.into_inner());
    let block = usize::from(bootloader.0.functional_descriptor().transfer_size);
    compare(&image, &read_back(&bootloader, START, block, image.len())?)?;
    println!("read them back: the same");
    Ok(())
}

fn open(context: &Context, arguments: &Arguments) -> Result<Dfu<Context>> {
    let mut dfu = DfuLibusb::open(context, arguments.vendor, arguments.product, 0, 0)?;
    dfu.override_address(START);
    Ok(dfu)
}
