//! The strokes of the benchmarks of USB as a driver.

use bindings::exports::test::strokes_usb::strokes as wit;
use periplasm_driver::{Device, Error};
use strokes_usb::{Failed, Strokes};

periplasm_driver::driver!(Usb);

struct Usb;

static STROKES: Device<Strokes> = Device::new(|| Strokes::open().map_err(|_| Error::Gone));

fn stroke(f: impl FnOnce(&mut Strokes) -> Result<(), Failed>) -> Result<(), ()> {
    STROKES.with(|strokes| f(strokes).map_err(|_| Error::InvalidData)).map_err(drop)
}

impl wit::Guest for Usb {
    fn bulk(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.bulk(count, len as usize))
    }

    fn interrupt(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.interrupt(count, len as usize))
    }

    fn control(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.control(count, len as usize))
    }

    fn read(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.read(count, len as usize))
    }

    fn write(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.write(count, len as usize))
    }

    fn read_random(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.read_random(count, len as usize))
    }

    fn write_random(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.write_random(count, len as usize))
    }

    fn stream_in(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.stream_in(count, len as usize))
    }

    fn stream_out(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.stream_out(count, len as usize))
    }

    fn isochronous(count: u32, len: u32) -> Result<(), ()> {
        stroke(|strokes| strokes.isochronous(count, len as usize))
    }
}
