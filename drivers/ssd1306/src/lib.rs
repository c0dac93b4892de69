//! The crates.io driver `ssd1306`, untouched, as a component over I2C.
#![no_std]

use bindings::{bus, exports::periplasm::device::display};
use display::{Area, Format, Geometry};
use periplasm_driver::{Buffer, BusFault, Device, Error, I2c, picture, seven_bit};
use ssd1306::mode::{BufferedGraphicsMode, DisplayConfig};
use ssd1306::prelude::{DisplayRotation, DisplaySize128x64, I2CInterface};
use ssd1306::{I2CDisplayInterface, Ssd1306};

periplasm_driver::driver!(Display);

struct Display;

type Size = DisplaySize128x64;
type Screen = Ssd1306<I2CInterface<I2c>, Size, BufferedGraphicsMode<Size>>;

static SCREEN: Device<Screen> = Device::new(|| {
    let address = seven_bit(&bus::addresses())?;
    let bus = I2CDisplayInterface::new_custom_address(bus::open(), address);
    let screen = Ssd1306::new(bus, DisplaySize128x64, DisplayRotation::Rotate0);
    let mut screen = screen.into_buffered_graphics_mode();
    screen.init().map_err(fault)?;
    // The memory holds anything until it is written.
    screen.flush().map_err(fault)?;
    Ok(screen)
});

/// The driver keeps no more than that the bus failed.
fn fault<E>(_: E) -> Error {
    Error::Bus(BusFault::Other)
}

impl display::Guest for Display {
    fn screen() -> Result<Geometry, Error> {
        let (width, height) = SCREEN.with(|screen| Ok(screen.dimensions()))?;
        Ok(Geometry { width: width.into(), height: height.into(), format: Format::Mono })
    }

    fn draw(area: Area, pixels: &Buffer) -> Result<(), Error> {
        SCREEN.with(|screen| {
            let (corner, size) = ((area.x, area.y), (area.width, area.height));
            let drawn = picture::draw(screen, corner, size, pixels, fault);
            screen.flush().map_err(fault)?;
            // A wrong area is no reason to open the display anew.
            Ok(drawn)
        })?
    }
}
