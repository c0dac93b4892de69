//! The frame memory, and the pointer into it.

use super::settings::{MV, MX, MY, Settings};

/// Columns of the memory.
pub(super) const COLUMNS: u16 = 240;
/// Rows of the memory.
pub(super) const ROWS: u16 = 320;

/// 6 bits a colour in 8, red first.
pub(super) type Pixel = [u8; 3];

/// The frame memory (section 8.10), with the pixel that arrives.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    pixels: Vec<Pixel>,
    /// Where the next pixel goes, in the window's own columns and rows.
    pointer: (u16, u16),
    /// Bytes of a pixel that is not complete.
    bytes: [u8; 3],
    count: usize,
}

impl Memory {
    pub(super) fn new() -> Self {
        let pixels = vec![[0; 3]; usize::from(COLUMNS) * usize::from(ROWS)];
        Self { pixels, pointer: (0, 0), bytes: [0; 3], count: 0 }
    }

    /// The pixel in this column and row of the memory.
    pub(super) fn pixel(&self, column: u16, row: u16) -> Pixel {
        self.pixels[usize::from(row) * usize::from(COLUMNS) + usize::from(column)]
    }

    /// Memory Write begins at the window's first pixel.
    pub(super) fn begin(&mut self, settings: &Settings) {
        self.pointer = (settings.columns.0, settings.rows.0);
        self.count = 0;
    }

    /// Memory Write goes on where it was.
    pub(super) fn resume(&mut self) {
        self.count = 0;
    }

    /// One byte of pixels (section 8.8.4x, "4-line serial interface").
    pub(super) fn write(&mut self, byte: u8, settings: &Settings) {
        self.bytes[self.count] = byte;
        self.count += 1;
        let [a, b, c] = self.bytes;
        match (settings.pixel_bits, self.count) {
            (16, 2) => {
                let word = u16::from_be_bytes([a, b]);
                let (red, green, blue) = (word >> 11, word >> 5 & 0x3f, word & 0x1f);
                self.put([five(red), six(green), five(blue)], settings);
            }
            // Two pixels in three bytes.
            (12, 2) => return self.put([four(a >> 4), four(a & 15), four(b >> 4)], settings),
            (12, 3) => self.put([four(b & 15), four(c >> 4), four(c & 15)], settings),
            (_, 3) => self.put([a & 0xfc, b & 0xfc, c & 0xfc], settings),
            _ => return,
        }
        self.count = 0;
    }

    fn put(&mut self, pixel: Pixel, settings: &Settings) {
        let (x, y) = self.pointer;
        // Section 8.12, "Address control": the order of columns and rows.
        let (mut column, mut row) = if settings.access & MV == 0 { (x, y) } else { (y, x) };
        if settings.access & MX != 0 {
            column = (COLUMNS - 1).wrapping_sub(column);
        }
        if settings.access & MY != 0 {
            row = (ROWS - 1).wrapping_sub(row);
        }
        if column < COLUMNS && row < ROWS {
            self.pixels[usize::from(row) * usize::from(COLUMNS) + usize::from(column)] = pixel;
        }
        let ((first_x, last_x), (first_y, last_y)) = (settings.columns, settings.rows);
        self.pointer = match (x < last_x, y < last_y) {
            (true, _) => (x + 1, y),
            (false, true) => (first_x, y + 1),
            (false, false) => (first_x, first_y),
        };
    }
}

/// 4, 5 or 6 bits to 6 in the upper ones, so that full stays full.
fn four(value: u8) -> u8 {
    (value << 4 | value) & 0xfc
}

fn five(value: u16) -> u8 {
    ((value << 3 | value >> 2) & 0xfc) as u8
}

fn six(value: u16) -> u8 {
    (value << 2) as u8
}
