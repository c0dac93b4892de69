//! Writes a firmware image with `dfu-nusb`, and reads it back:
//! `dfu-nusb-download 0483:df11 4096`.

use dfu_core::DfuIo;
use dfu_image::{Arguments, Requests, Result, START, compare, read_back};
use dfu_nusb::{DfuNusb, DfuSync};
use nusb::MaybeFuture;

/// A class request to an interface, and from it.
const TO: u8 = 0x21;
const FROM: u8 = 0xa1;

struct Bootloader(DfuNusb);

impl Requests for Bootloader {
    fn write(&self, request: u8, value: u16, data: &[u8]) -> Result<()> {
        DfuIo::write_control(&self.0, TO, request, value, data)?;
        Ok(())
    }

    fn read(&self, request: u8, value: u16, room: &mut [u8]) -> Result<usize> {
        Ok(DfuIo::read_control(&self.0, FROM, request, value, room)?)
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::read()?;
    let image = arguments.image();
    // The device stays on the bus, or it has to be found once more.
    let dfu = match open(&arguments)?.download_from_slice(&image)? {
        Some(dfu) => dfu,
        None => open(&arguments)?,
    };
    println!("wrote {} bytes", image.len());
    let bootloader = Bootloader(dfu.into_inner());
    let block = usize::from(DfuIo::functional_descriptor(&bootloader.0).transfer_size);
    compare(&image, &read_back(&bootloader, START, block, image.len())?)?;
    println!("read them back: the same");
    Ok(())
}

fn open(arguments: &Arguments) -> Result<DfuSync> {
    let (vendor, product) = (arguments.vendor, arguments.product);
    let found = nusb::list_devices()
        .wait()?
        .find(|device| (device.vendor_id(), device.product_id()) == (vendor, product));
    let device = found.ok_or("there is no such device")?.open().wait()?;
    let interface = device.claim_interface(0).wait()?;
    let mut dfu = pollster::block_on(DfuNusb::open(device, interface, 0))?.into_sync_dfu();
    dfu.override_address(START);
    Ok(dfu)
}
