//! Paints a display red, with a square in it whose colour goes from green to
//! blue.

use bindings::periplasm::device::display::{self, Area};
use periplasm_app::{Buffer, Error};

periplasm_app::app!();

fn main() -> Result<(), Error> {
    let screen = display::screen()?;
    println!("{} x {}, {:?}", screen.width, screen.height, screen.format);
    let whole = Area { x: 0, y: 0, width: screen.width, height: screen.height };
    paint(whole, |_| 31 << 11)?;
    let square = Area { x: 10, y: 20, width: 64, height: 64 };
    paint(square, |row| (63 - row) << 5 | row >> 1)?;
    let outside = Area { x: screen.width - 63, ..square };
    println!("outside: {:?}", paint(outside, |_| 0));
    Ok(())
}

/// Fills an area, each row with its colour.
fn paint(area: Area, colour: impl Fn(u16) -> u16) -> Result<(), Error> {
    let row = |row| colour(row).to_be_bytes().repeat(area.width.into());
    let pixels: Vec<u8> = (0..area.height).flat_map(row).collect();
    let buffer = Buffer::new(pixels.len() as u32);
    buffer.write(0, &pixels).map_err(|_| Error::InvalidData)?;
    display::draw(area, &buffer)
}
