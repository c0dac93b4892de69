//! What the panel is, and what the commands set.

use serde::Deserialize;

use super::memory::{COLUMNS, ROWS};
use crate::sim::ConfigError;
use crate::sim::error::within;

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Columns of the panel, from 1 to 240.
    pub width: u16,
    /// Rows of the panel, from 1 to 320.
    pub height: u16,
    /// The column of the memory that the panel begins with.
    pub x_offset: u16,
    /// The row of the memory that the panel begins with.
    pub y_offset: u16,
    /// Whether the panel shows colours inverted unless display inversion is on.
    pub ips: bool,
}

impl Default for Options {
    /// A panel that shows the whole memory as it is.
    fn default() -> Self {
        Self { width: COLUMNS, height: ROWS, x_offset: 0, y_offset: 0, ips: false }
    }
}

impl Options {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let most = |size: u16, whole: u16| (1.0, f64::from(whole.saturating_sub(size)));
        within("`width`", self.width.into(), most(self.x_offset, COLUMNS), "")?;
        within("`height`", self.height.into(), most(self.y_offset, ROWS), "")?;
        Ok(())
    }
}

/// How the memory is shown and written.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) sleeping: bool,
    pub(super) on: bool,
    pub(super) inverted: bool,
    pub(super) idle: bool,
    /// Memory access control: MY, MX, MV, ML, RGB, MH from bit 7 on.
    pub(super) access: u8,
    /// Bits a pixel on the interface: 12, 16 or 18.
    pub(super) pixel_bits: u8,
    /// First and last column and row of the window.
    pub(super) columns: (u16, u16),
    pub(super) rows: (u16, u16),
    /// First and last row of the partial area, in partial mode.
    pub(super) partial: Option<(u16, u16)>,
    pub(super) partial_area: (u16, u16),
    /// Top fixed and scrolling rows.
    pub(super) scroll_area: (u16, u16),
    /// The row that the scrolling area begins with, in scroll mode.
    pub(super) scroll: Option<u16>,
}

pub(super) const MY: u8 = 1 << 7;
pub(super) const MX: u8 = 1 << 6;
pub(super) const MV: u8 = 1 << 5;
pub(super) const BGR: u8 = 1 << 3;

impl Default for Settings {
    /// Section 8.19.2, "Reset table", hardware reset.
    fn default() -> Self {
        Self {
            sleeping: true,
            on: false,
            inverted: false,
            idle: false,
            access: 0,
            pixel_bits: 18,
            columns: (0, COLUMNS - 1),
            rows: (0, ROWS - 1),
            partial: None,
            partial_area: (0, ROWS - 1),
            scroll_area: (0, ROWS),
            scroll: None,
        }
    }
}
