//! From the pixels of `periplasm:device/display` to an embedded-graphics
//! display.

use embedded_graphics_core::geometry::{Point, Size};
use embedded_graphics_core::pixelcolor::raw::RawU16;
use embedded_graphics_core::pixelcolor::{BinaryColor, PixelColor, Rgb565};
use embedded_graphics_core::prelude::DrawTarget;
use embedded_graphics_core::primitives::Rectangle;

use crate::{Bytes, Error};

/// The most bytes that are taken from a buffer at once, unless a row is longer.
const CHUNK_BYTES: usize = 4096;

/// A colour as it lies in a buffer: `periplasm:device/display.format`.
pub trait Pixel: PixelColor {
    /// The bytes of a row of `width` pixels.
    fn row_bytes(width: u16) -> usize;

    /// The pixel at `x` in a row.
    fn at(row: &[u8], x: usize) -> Self;
}

/// The format `mono`.
impl Pixel for BinaryColor {
    fn row_bytes(width: u16) -> usize {
        usize::from(width).div_ceil(8)
    }

    fn at(row: &[u8], x: usize) -> Self {
        row.get(x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0).into()
    }
}

/// The format `rgb565`.
impl Pixel for Rgb565 {
    fn row_bytes(width: u16) -> usize {
        usize::from(width) * 2
    }

    fn at(row: &[u8], x: usize) -> Self {
        let bytes = row.get(2 * x..2 * x + 2).map_or([0; 2], |b| [b[0], b[1]]);
        RawU16::new(u16::from_be_bytes(bytes)).into()
    }
}

/// Draws `pixels` on `display`, with the upper left corner at `corner` and
/// `size` pixels wide and high. `fault` says what the display's error is to the
/// device interface.
///
/// # Errors
///
/// [`Error::InvalidData`] when that does not lie within the display or `pixels`
/// has fewer; then nothing is drawn. And the display's own.
///
/// ```ignore
/// fn draw(area: Area, pixels: &Buffer) -> Result<(), Error> {
///     SCREEN.with(|screen| {
///         picture::draw(screen, (area.x, area.y), (area.width, area.height), pixels, fault)
///     })
/// }
/// ```
pub fn draw<D>(
    display: &mut D,
    corner: (u16, u16),
    (width, height): (u16, u16),
    pixels: &impl Bytes,
    fault: impl FnOnce(D::Error) -> Error,
) -> Result<(), Error>
where
    D: DrawTarget<Color: Pixel>,
{
    let row_bytes = D::Color::row_bytes(width);
    let (columns, rows) = (usize::from(width), usize::from(height));
    let area = Rectangle::new(
        Point::new(corner.0.into(), corner.1.into()),
        Size::new(width.into(), height.into()),
    );
    let whole = display.bounding_box();
    let fits = |from: i32, len: u32, all_from: i32, all: u32| {
        let (from, all_from) = (i64::from(from), i64::from(all_from));
        from >= all_from && from + i64::from(len) <= all_from + i64::from(all)
    };
    if !fits(area.top_left.x, area.size.width, whole.top_left.x, whole.size.width)
        || !fits(area.top_left.y, area.size.height, whole.top_left.y, whole.size.height)
        || (row_bytes * rows) as u64 > u64::from(pixels.len())
    {
        return Err(Error::InvalidData);
    }
    if columns == 0 || rows == 0 {
        return Ok(());
    }
    let at_once = (CHUNK_BYTES / row_bytes).max(1);
    let colours = (0..rows).step_by(at_once).flat_map(|first| {
        let taken = at_once.min(rows - first);
        // Within the buffer, as was checked.
        let bytes = pixels.read((first * row_bytes) as u32, (taken * row_bytes) as u32);
        let bytes = bytes.unwrap_or_default();
        (0..taken * columns).map(move |i| {
            let row = bytes.get(i / columns * row_bytes..).unwrap_or_default();
            D::Color::at(row, i % columns)
        })
    });
    display.fill_contiguous(&area, colours).map_err(fault)
}

#[cfg(test)]
mod tests;
