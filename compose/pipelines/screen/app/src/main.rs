//! Reads a weather sensor once and shows what it measured on a display.

mod card;

use std::process::ExitCode;

use bindings::periplasm::device::display::{self, Area, Format};
use bindings::periplasm::device::{barometer, hygrometer, thermometer};
use card::{Card, HEIGHT, WIDTH};
use periplasm_app::{Buffer, Error, decimal, describe};

periplasm_app::app!();

fn main() -> ExitCode {
    let shown = weather().and_then(|card| show(&card));
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no picture: {}", describe(&error));
            ExitCode::FAILURE
        }
    }
}

fn weather() -> Result<Card, Error> {
    let temperature = decimal(thermometer::temperature()?.into(), 2);
    // 1 hPa is 100 Pa, so a thousandth of it is 100 milli-Pa.
    let pressure = decimal((i64::from(barometer::pressure()?) + 50) / 100, 2);
    let humidity = decimal(hygrometer::humidity()?.into(), 2);
    let small = [format!("{pressure} hPa"), format!("{humidity} %RH")];
    let small = [small[0].as_str(), small[1].as_str()];
    match card::draw(&format!("{temperature} C"), small) {
        Ok(card) => Ok(card),
        Err(never) => match never {},
    }
}

fn show(card: &Card) -> Result<(), Error> {
    let screen = display::screen()?;
    let (width, height) = (WIDTH as u16, HEIGHT as u16);
    if screen.format != Format::Mono || (screen.width, screen.height) != (width, height) {
        eprintln!(
            "this card is for a display of {width} x {height} pixels of one colour, \
             and this is another"
        );
        return Err(Error::InvalidData);
    }
    let pixels = Buffer::new(card.data().len() as u32);
    // As long as the card, so it fits.
    pixels.write(0, card.data()).map_err(|_| Error::InvalidData)?;
    display::draw(Area { x: 0, y: 0, width, height }, &pixels)
}
