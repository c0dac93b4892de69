//! The display memory and its pointers (sections 8.7 and 10.1.3).

pub(super) const COLUMNS: usize = 128;
pub(super) const PAGES: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Addressing {
    Horizontal,
    Vertical,
    Page,
}

#[derive(Clone, Debug)]
pub(super) struct Memory {
    /// Eight rows a byte, the upper one in bit 0; by page and segment.
    bytes: [[u8; COLUMNS]; PAGES],
    pub(super) addressing: Addressing,
    /// A0h and A1h: column 0 is SEG0, or SEG127.
    pub(super) remap: bool,
    column: u8,
    page: u8,
    columns: (u8, u8),
    pages: (u8, u8),
}

impl Memory {
    /// Powered up: noise.
    pub(super) fn new() -> Self {
        let mut noise = 0xace1_u16;
        let mut bytes = [[0; COLUMNS]; PAGES];
        for byte in bytes.iter_mut().flatten() {
            // A linear feedback shift register of 16 bits.
            let bit = noise & 1;
            noise = noise >> 1 ^ if bit == 1 { 0xb400 } else { 0 };
            *byte = noise as u8;
        }
        let mut memory = Self {
            bytes,
            addressing: Addressing::Page,
            remap: false,
            column: 0,
            page: 0,
            columns: (0, 127),
            pages: (0, 7),
        };
        memory.reset();
        memory
    }

    /// RES#: the pointers are reset, the bytes stay (section 8.5).
    pub(super) fn reset(&mut self) {
        self.addressing = Addressing::Page;
        self.remap = false;
        (self.column, self.page) = (0, 0);
        (self.columns, self.pages) = ((0, 127), (0, 7));
    }

    /// Whether the pixel at `segment` in `row` of the memory is set.
    pub(super) fn pixel(&self, segment: usize, row: usize) -> bool {
        self.bytes[row / 8 % PAGES][segment % COLUMNS] >> (row % 8) & 1 == 1
    }

    pub(super) fn set_columns(&mut self, begin: u8, end: u8) {
        let begin = begin & 0x7f;
        self.columns = (begin, (end & 0x7f).max(begin));
        self.column = begin;
    }

    pub(super) fn set_pages(&mut self, begin: u8, end: u8) {
        let begin = begin & 7;
        self.pages = (begin, (end & 7).max(begin));
        self.page = begin;
    }

    /// B0h to B7h: of page addressing only (section 10.1.13).
    pub(super) fn set_page(&mut self, page: u8) {
        if self.addressing == Addressing::Page {
            self.page = page & 7;
        }
    }

    /// 00h to 1Fh: of page addressing only (sections 10.1.1 and 10.1.2).
    pub(super) fn set_column_nibble(&mut self, nibble: u8, high: bool) {
        if self.addressing == Addressing::Page {
            let column =
                if high { self.column & 0x0f | nibble << 4 } else { self.column & 0xf0 | nibble };
            self.column = column & 0x7f;
        }
    }

    pub(super) fn write(&mut self, byte: u8) {
        // The remap is done as bytes come in: what is there stays (10.1.8).
        let segment = if self.remap { 127 - self.column } else { self.column };
        self.bytes[usize::from(self.page)][usize::from(segment)] = byte;
        match self.addressing {
            Addressing::Page => self.column = (self.column + 1) & 0x7f,
            Addressing::Horizontal => {
                if step(&mut self.column, self.columns, 127) {
                    step(&mut self.page, self.pages, 7);
                }
            }
            Addressing::Vertical => {
                if step(&mut self.page, self.pages, 7) {
                    step(&mut self.column, self.columns, 127);
                }
            }
        }
    }
}

/// One further within the range, or back to its begin; whether it went back. A
/// pointer beyond its range, which page addressing can leave, goes round.
fn step(place: &mut u8, (begin, end): (u8, u8), last: u8) -> bool {
    let back = *place == end;
    *place = if back { begin } else { (*place + 1) & last };
    back
}
