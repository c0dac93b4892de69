//! Drawing on a display of a few pixels.

extern crate std;
use core::cell::RefCell;
use core::convert::Infallible;
use std::vec::Vec;
use std::{format, vec};

use embedded_graphics_core::Pixel as At;
use embedded_graphics_core::geometry::OriginDimensions;

use super::*;

struct Grid<C> {
    size: (u32, u32),
    pixels: Vec<Option<C>>,
}

impl<C: Pixel> Grid<C> {
    fn new(width: u32, height: u32) -> Self {
        Self { size: (width, height), pixels: vec![None; (width * height) as usize] }
    }
}

impl<C> OriginDimensions for Grid<C> {
    fn size(&self) -> Size {
        self.size.into()
    }
}

impl<C: Pixel> DrawTarget for Grid<C> {
    type Color = C;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = At<C>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        for At(point, colour) in pixels {
            self.pixels[point.y as usize * self.size.0 as usize + point.x as usize] = Some(colour);
        }
        Ok(())
    }
}

fn infallible(error: Infallible) -> Error {
    match error {}
}

/// What is drawn, a letter a pixel: `.` untouched, `o` off, `#` on.
fn mono(grid: &Grid<BinaryColor>) -> std::string::String {
    let letter = |pixel: &Option<BinaryColor>| match pixel {
        None => '.',
        Some(BinaryColor::Off) => 'o',
        Some(BinaryColor::On) => '#',
    };
    let rows = grid.pixels.chunks(grid.size.0 as usize);
    rows.map(|row| format!("{}\n", row.iter().map(letter).collect::<std::string::String>()))
        .collect()
}

#[test]
fn the_leftmost_pixel_is_the_highest_bit_and_rows_start_with_a_byte() {
    let mut grid = Grid::new(12, 3);
    let pixels = RefCell::new(vec![0b1000_0001, 0b0100_0000, 0b0000_0010, 0b1000_0000]);
    draw(&mut grid, (1, 1), (10, 2), &pixels, infallible).unwrap();
    assert_eq!(mono(&grid), "............\n.#oooooo#o#.\n.oooooo#o#o.\n");
}

#[test]
fn a_colour_has_its_high_byte_first() {
    let mut grid = Grid::new(2, 1);
    draw(&mut grid, (0, 0), (2, 1), &RefCell::new(vec![0xf8, 0, 0x07, 0xe1]), infallible).unwrap();
    assert_eq!(grid.pixels, [Some(Rgb565::new(31, 0, 0)), Some(Rgb565::new(0, 63, 1))]);
}

/// More than is taken at once.
#[test]
fn a_large_picture_is_drawn_whole() {
    let mut grid = Grid::new(100, 120);
    let pixels: Vec<u8> = (0..100 * 120_u16).flat_map(u16::to_be_bytes).collect();
    draw(&mut grid, (0, 0), (100, 120), &RefCell::new(pixels), infallible).unwrap();
    let expected = (0..100 * 120_u16).map(|n| Some(Rgb565::from(RawU16::new(n))));
    assert!(grid.pixels.into_iter().eq(expected));
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_drawn() {
    let enough = RefCell::new(vec![0xff; 100]);
    let short = RefCell::new(vec![0xff; 3]);
    let wrong = [
        ((0, 0), (13, 1), &enough),
        ((1, 0), (12, 1), &enough),
        ((0, 3), (1, 1), &enough),
        ((u16::MAX, u16::MAX), (u16::MAX, u16::MAX), &enough),
        ((0, 0), (12, 2), &short),
    ];
    for (corner, size, pixels) in wrong {
        let mut grid = Grid::<BinaryColor>::new(12, 3);
        let error = draw(&mut grid, corner, size, pixels, infallible).unwrap_err();
        assert!(matches!(error, Error::InvalidData), "{error:?}");
        assert!(grid.pixels.iter().all(Option::is_none));
    }
    let mut grid = Grid::<BinaryColor>::new(12, 3);
    draw(&mut grid, (12, 3), (0, 0), &short, infallible).unwrap();
}
