//! The crates.io driver `mipidsi`, untouched, as a component: an ST7789.
#![no_std]

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;

use bindings::exports::periplasm::device::display::{self, Area, Format, Geometry};
use bindings::{dc, reset, screen};
use mipidsi::interface::{SpiError as WireError, SpiInterface};
use mipidsi::models::ST7789;
use mipidsi::options::ColorInversion;
use mipidsi::{Builder, Display, InitError};
use periplasm_driver::{
    Buffer, Delay, Device, Error, OutputPin, PinError, SpiDevice, SpiError, picture,
};
use self_cell::{MutBorrow, self_cell};

periplasm_driver::driver!(Screen);

struct Screen;

const WIDTH: u16 = 240;
const HEIGHT: u16 = 320;

type Panel<'a> = Display<SpiInterface<'a, SpiDevice, OutputPin>, ST7789, OutputPin>;

self_cell!(
    /// The driver borrows the buffer from which pixels are sent.
    struct Owned {
        owner: MutBorrow<Vec<u8>>,
        #[not_covariant]
        dependent: Panel,
    }
);

static SCREEN: Device<Owned> = Device::new(|| {
    Owned::try_new(MutBorrow::new(vec![0; 4096]), |buffer| {
        let wires = SpiInterface::new(screen::open(), dc::open(), buffer.borrow_mut());
        Builder::new(ST7789, wires)
            .display_size(WIDTH, HEIGHT)
            // Panels of this kind show colours inverted otherwise.
            .invert_colors(ColorInversion::Inverted)
            .reset_pin(reset::open())
            .init(&mut Delay)
            .map_err(|error| match error {
                InitError::Interface(error) => fault(error),
                InitError::ResetPin(error) => error.into(),
                InitError::InvalidConfiguration(_) => Error::InvalidData,
            })
    })
});

fn fault(error: WireError<SpiError, PinError>) -> Error {
    match error {
        WireError::Spi(error) => error.into(),
        WireError::Dc(error) => error.into(),
    }
}

impl display::Guest for Screen {
    fn screen() -> Result<Geometry, Error> {
        Ok(Geometry { width: WIDTH, height: HEIGHT, format: Format::Rgb565 })
    }

    fn draw(area: Area, pixels: &Buffer) -> Result<(), Error> {
        let (corner, size) = ((area.x, area.y), (area.width, area.height));
        SCREEN.with(|screen| {
            screen.with_dependent_mut(|_, panel| picture::draw(panel, corner, size, pixels, fault))
        })
    }
}
