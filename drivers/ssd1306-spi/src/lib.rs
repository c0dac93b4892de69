//! The crates.io driver `ssd1306`, untouched, as a component over SPI.
#![no_std]

use bindings::{dc, exports::periplasm::device::display, reset, spi};
use display::{Area, Format, Geometry};
use periplasm_driver::{Buffer, BusFault, Delay, Device, Error, OutputPin, SpiDevice, picture};
use ssd1306::Ssd1306;
use ssd1306::mode::{BufferedGraphicsMode, DisplayConfig};
use ssd1306::prelude::{DisplayRotation, DisplaySize128x64, SPIInterface};

periplasm_driver::driver!(Display);

struct Display;

type Size = DisplaySize128x64;
type Screen = Ssd1306<SPIInterface<SpiDevice, OutputPin>, Size, BufferedGraphicsMode<Size>>;

static SCREEN: Device<Screen> = Device::new(|| {
    let wires = SPIInterface::new(spi::open(), dc::open());
    let screen = Ssd1306::new(wires, DisplaySize128x64, DisplayRotation::Rotate0);
    let mut screen = screen.into_buffered_graphics_mode();
    screen.reset(&mut reset::open(), &mut Delay).map_err(fault)?;
    screen.init().map_err(fault)?;
    // The memory holds anything until it is written.
    screen.flush().map_err(fault)?;
    Ok(screen)
});

/// The driver keeps no more than that the bus or a pin failed.
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
