//! Commands: a byte, and its arguments (section 9, table 9-1).

use super::memory::{Addressing, Memory};

/// How many bytes follow.
fn arguments(command: u8) -> usize {
    match command {
        0x20 | 0x81 | 0x8d | 0xa8 | 0xad | 0xd3 | 0xd5 | 0xd9 | 0xda | 0xdb => 1,
        0x21 | 0x22 | 0xa3 => 2,
        0x29 | 0x2a => 5,
        0x26 | 0x27 => 6,
        _ => 0,
    }
}

/// What the commands set, but for the memory.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// AEh and AFh.
    pub(super) on: bool,
    /// 8Dh: the only supply of the panel.
    pub(super) charge_pump: bool,
    /// A4h and A5h: every pixel is lit.
    pub(super) all_lit: bool,
    /// A6h and A7h: a 0 is lit.
    pub(super) inverted: bool,
    /// 40h to 7Fh.
    pub(super) start_line: u8,
    /// D3h.
    pub(super) offset: u8,
    /// A8h: rows that are driven.
    pub(super) rows: u8,
    /// C0h and C8h: rows are scanned from the last one on.
    pub(super) reversed: bool,
    /// DAh: odd rows are on the pins of the upper half.
    pub(super) alternative: bool,
    /// DAh: the halves are exchanged.
    pub(super) exchanged: bool,
}

impl Default for Settings {
    /// After a reset (section 8.5 and table 9-1).
    fn default() -> Self {
        Self {
            on: false,
            charge_pump: false,
            all_lit: false,
            inverted: false,
            start_line: 0,
            offset: 0,
            rows: 64,
            reversed: false,
            alternative: true,
            exchanged: false,
        }
    }
}

/// The command that is coming in.
#[derive(Clone, Debug, Default)]
pub(super) struct Command {
    bytes: [u8; 7],
    len: usize,
}

impl Command {
    /// A byte came in; a command that is complete is done.
    pub(super) fn take(&mut self, byte: u8, settings: &mut Settings, memory: &mut Memory) {
        self.bytes[self.len] = byte;
        self.len += 1;
        let [command, first, second, ..] = self.bytes;
        if self.len <= arguments(command) {
            return;
        }
        self.len = 0;
        match command {
            0x00..=0x0f => memory.set_column_nibble(command & 0x0f, false),
            0x10..=0x1f => memory.set_column_nibble(command & 0x07, true),
            0x20 => {
                memory.addressing = match first & 0b11 {
                    0b00 => Addressing::Horizontal,
                    0b01 => Addressing::Vertical,
                    _ => Addressing::Page,
                }
            }
            0x21 => memory.set_columns(first, second),
            0x22 => memory.set_pages(first, second),
            0x40..=0x7f => settings.start_line = command & 0x3f,
            0x8d => settings.charge_pump = first & 0x04 != 0,
            0xa0 | 0xa1 => memory.remap = command & 1 == 1,
            0xa4 | 0xa5 => settings.all_lit = command & 1 == 1,
            0xa6 | 0xa7 => settings.inverted = command & 1 == 1,
            // 16 to 64 rows; less is forbidden.
            0xa8 => settings.rows = (first & 0x3f).max(15) + 1,
            0xae | 0xaf => settings.on = command & 1 == 1,
            0xb0..=0xb7 => memory.set_page(command),
            0xc0..=0xcf => settings.reversed = command & 0x08 != 0,
            0xd3 => settings.offset = first & 0x3f,
            0xda => {
                settings.alternative = first & 0x10 != 0;
                settings.exchanged = first & 0x20 != 0;
            }
            _ => {}
        }
    }
}
