//! What the display shows, drawn with embedded-graphics.

use std::convert::Infallible;

use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::{FONT_6X10, FONT_10X20};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::pixelcolor::raw::{BigEndian, RawU1};
use embedded_graphics::prelude::{Drawable, Primitive};
use embedded_graphics::primitives::{PrimitiveStyle, Rectangle, RoundedRectangle, Triangle};
use embedded_graphics::text::Text;

/// Pixels in a row, and rows.
pub(crate) const WIDTH: usize = 128;
pub(crate) const HEIGHT: usize = 64;

/// embedded-graphics' framebuffer of one bit a pixel lies in memory as the
/// format `mono` says.
pub(crate) type Card = Framebuffer<
    BinaryColor,
    RawU1,
    BigEndian,
    WIDTH,
    HEIGHT,
    { buffer_size::<BinaryColor>(WIDTH, HEIGHT) },
>;

/// A card with a large line and two small ones.
pub(crate) fn draw(large: &str, small: [&str; 2]) -> Result<Card, Infallible> {
    let mut card = Card::new();
    let frame = Rectangle::new(Point::zero(), Size::new(WIDTH as u32, HEIGHT as u32));
    RoundedRectangle::with_equal_corners(frame, Size::new_equal(6))
        .into_styled(PrimitiveStyle::with_stroke(BinaryColor::On, 1))
        .draw(&mut card)?;
    let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
    Text::new(large, Point::new(8, 24), style).draw(&mut card)?;
    let style = MonoTextStyle::new(&FONT_6X10, BinaryColor::On);
    for (text, y) in small.into_iter().zip([42, 56]) {
        Text::new(text, Point::new(8, y), style).draw(&mut card)?;
    }
    Triangle::new(Point::new(120, 8), Point::new(108, 56), Point::new(120, 56))
        .into_styled(PrimitiveStyle::with_fill(BinaryColor::On))
        .draw(&mut card)?;
    Ok(card)
}
