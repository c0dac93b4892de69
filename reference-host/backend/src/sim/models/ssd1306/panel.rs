//! The panel: which pixel is on which wires, and what a person sees.

use serde::Deserialize;

use super::command::Settings;
use super::memory::{COLUMNS, Memory};
use crate::sim::Picture;

/// The chip's outputs for rows.
const COMS: usize = 64;

/// A panel that the chip drives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Panel {
    /// 128 × 64 pixels: neighbouring rows on the two sides of the chip, so it
    /// wants the alternative COM pin configuration (12h).
    #[default]
    #[serde(rename = "128x64")]
    Rows64,
    /// 128 × 32 pixels: rows on one side, so it wants the sequential COM pin
    /// configuration (02h).
    #[serde(rename = "128x32")]
    Rows32,
}

impl Panel {
    fn rows(self) -> usize {
        match self {
            Self::Rows64 => 64,
            Self::Rows32 => 32,
        }
    }

    /// The pin that a row of the panel is on; the panel's rows are counted from
    /// the lower edge.
    fn pin(self, row: usize) -> usize {
        match self {
            Self::Rows64 => alternative(row),
            Self::Rows32 => row,
        }
    }

    /// What a person would see: white on black.
    pub(super) fn picture(self, settings: &Settings, memory: &Memory) -> Picture {
        let mut rgb = Vec::with_capacity(3 * COLUMNS * self.rows());
        for y in 0..self.rows() {
            let shown = self.memory_row(self.rows() - 1 - y, settings);
            for x in 0..COLUMNS {
                let lit = shown.is_some_and(|row| {
                    settings.all_lit || memory.pixel(COLUMNS - 1 - x, row) != settings.inverted
                });
                rgb.extend([if lit { 0xff } else { 0 }; 3]);
            }
        }
        Picture { width: COLUMNS as u32, height: self.rows() as u32, rgb }
    }

    /// The row of the memory that a row of the panel shows, if it shows any.
    fn memory_row(self, row: usize, settings: &Settings) -> Option<usize> {
        if !settings.on || !settings.charge_pump {
            return None;
        }
        // From the pin back to the chip's row output (table 10-3).
        let pin = self.pin(row) ^ if settings.exchanged { COMS / 2 } else { 0 };
        let com = if settings.alternative { sequential(pin) } else { pin };
        // Tables 10-1 and 10-2.
        let rows = usize::from(settings.rows);
        let offset = usize::from(settings.offset);
        let line = if settings.reversed {
            (COMS + rows - 1 - com + offset) % COMS
        } else {
            (com + offset) % COMS
        };
        (line < rows).then(|| (line + usize::from(settings.start_line)) % COMS)
    }
}

/// The pin of a row output in the alternative configuration: even ones on one
/// side, odd ones on the other.
fn alternative(com: usize) -> usize {
    com / 2 + COMS / 2 * (com % 2)
}

/// Its inverse.
fn sequential(pin: usize) -> usize {
    2 * (pin % (COMS / 2)) + pin / (COMS / 2)
}
