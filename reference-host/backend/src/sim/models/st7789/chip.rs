//! The commands (section 9.1).

use std::sync::{Arc, Mutex};

use super::memory::{COLUMNS, Memory, Pixel, ROWS};
use super::settings::{BGR, MV, Options, Settings};
use crate::Level;
use crate::sim::models::reset::ResetPin;
use crate::sim::{ConfigError, Model, Net, Picture, Screen, Site, SpiTarget, Wiring};

mod command {
    pub(super) const SOFTWARE_RESET: u8 = 0x01;
    pub(super) const SLEEP_IN: u8 = 0x10;
    pub(super) const SLEEP_OUT: u8 = 0x11;
    pub(super) const PARTIAL_ON: u8 = 0x12;
    pub(super) const NORMAL_ON: u8 = 0x13;
    pub(super) const INVERSION_OFF: u8 = 0x20;
    pub(super) const INVERSION_ON: u8 = 0x21;
    pub(super) const DISPLAY_OFF: u8 = 0x28;
    pub(super) const DISPLAY_ON: u8 = 0x29;
    pub(super) const COLUMN_ADDRESS: u8 = 0x2a;
    pub(super) const ROW_ADDRESS: u8 = 0x2b;
    pub(super) const MEMORY_WRITE: u8 = 0x2c;
    pub(super) const PARTIAL_AREA: u8 = 0x30;
    pub(super) const SCROLL_AREA: u8 = 0x33;
    pub(super) const MEMORY_ACCESS: u8 = 0x36;
    pub(super) const SCROLL_START: u8 = 0x37;
    pub(super) const IDLE_OFF: u8 = 0x38;
    pub(super) const IDLE_ON: u8 = 0x39;
    pub(super) const PIXEL_FORMAT: u8 = 0x3a;
    pub(super) const MEMORY_WRITE_CONTINUE: u8 = 0x3c;
}

/// Shorter pulses on the reset pin do nothing (section 7.4.5, tRW).
const RESET_NS: u64 = 10_000;
/// How long it takes no command after a reset or Sleep Out (sections 7.4.5,
/// 9.1.2 and 9.1.12).
const PAUSE_NS: u64 = 5_000_000;

/// An ST7789V with its panel.
#[derive(Clone, Debug)]
pub struct St7789 {
    options: Options,
    data_command: Net,
    reset: ResetPin,
    memory: Memory,
    settings: Settings,
    command: u8,
    parameters: [u8; 6],
    count: usize,
    deaf_until_ns: u64,
}

impl St7789 {
    /// A chip and a panel, powered up. The pin `dc` is low for commands; `reset`
    /// is active low, and pulled up if it is not connected.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(options: &Options, wiring: &Wiring) -> Result<Self, ConfigError> {
        options.check()?;
        Ok(Self {
            options: *options,
            data_command: wiring.pin_or("dc", Level::Low),
            reset: ResetPin::new(wiring.pin_or("reset", Level::High), RESET_NS),
            memory: Memory::new(),
            settings: Settings::default(),
            command: 0,
            parameters: [0; 6],
            count: 0,
            deaf_until_ns: 0,
        })
    }

    /// Whether it hears what is sent now.
    fn awake(&mut self, now_ns: u64) -> bool {
        if let Some(at_ns) = self.reset.look(now_ns) {
            self.settings = Settings::default();
            self.command = 0;
            self.deaf_until_ns = at_ns.saturating_add(PAUSE_NS);
        }
        !self.reset.held() && now_ns >= self.deaf_until_ns
    }

    fn pause(&mut self, now_ns: u64) {
        self.deaf_until_ns = now_ns.saturating_add(PAUSE_NS);
    }

    fn command(&mut self, command: u8, now_ns: u64) {
        (self.command, self.count) = (command, 0);
        let settings = &mut self.settings;
        match command {
            command::SOFTWARE_RESET => {
                // Memory access control stays as it is.
                *settings = Settings { access: settings.access, ..Settings::default() };
                self.pause(now_ns);
            }
            command::SLEEP_IN => settings.sleeping = true,
            command::SLEEP_OUT => {
                settings.sleeping = false;
                self.pause(now_ns);
            }
            command::PARTIAL_ON => {
                (settings.partial, settings.scroll) = (Some(settings.partial_area), None);
            }
            command::NORMAL_ON => (settings.partial, settings.scroll) = (None, None),
            command::INVERSION_OFF => settings.inverted = false,
            command::INVERSION_ON => settings.inverted = true,
            command::DISPLAY_OFF => settings.on = false,
            command::DISPLAY_ON => settings.on = true,
            command::IDLE_OFF => settings.idle = false,
            command::IDLE_ON => settings.idle = true,
            command::MEMORY_WRITE => self.memory.begin(settings),
            command::MEMORY_WRITE_CONTINUE => self.memory.resume(),
            _ => {}
        }
    }

    fn data(&mut self, byte: u8) {
        if matches!(self.command, command::MEMORY_WRITE | command::MEMORY_WRITE_CONTINUE) {
            return self.memory.write(byte, &self.settings);
        }
        let Some(place) = self.parameters.get_mut(self.count) else { return };
        *place = byte;
        self.count += 1;
        let word = |at: usize| u16::from_be_bytes([self.parameters[at], self.parameters[at + 1]]);
        let settings = &mut self.settings;
        let (columns, rows) =
            if settings.access & MV == 0 { (COLUMNS, ROWS) } else { (ROWS, COLUMNS) };
        match (self.command, self.count) {
            (command::COLUMN_ADDRESS, 4) if word(0) <= word(2) && word(2) < columns => {
                settings.columns = (word(0), word(2));
            }
            (command::ROW_ADDRESS, 4) if word(0) <= word(2) && word(2) < rows => {
                settings.rows = (word(0), word(2));
            }
            (command::PARTIAL_AREA, 4) => {
                settings.partial_area = (word(0), word(2));
                if settings.partial.is_some() {
                    settings.partial = Some(settings.partial_area);
                }
            }
            // The three areas are as many rows as the memory has.
            (command::SCROLL_AREA, 6)
                if u32::from(word(0)) + u32::from(word(2)) + u32::from(word(4))
                    == u32::from(ROWS) =>
            {
                settings.scroll_area = (word(0), word(2));
            }
            (command::SCROLL_START, 2) => settings.scroll = Some(word(0)),
            (command::MEMORY_ACCESS, 1) => settings.access = byte,
            (command::PIXEL_FORMAT, 1) => {
                settings.pixel_bits = match byte & 0b111 {
                    0b011 => 12,
                    0b101 => 16,
                    0b110 => 18,
                    _ => settings.pixel_bits,
                };
            }
            _ => {}
        }
    }

    /// The row of the memory that is shown in this row, if one is.
    fn shown(&self, row: u16) -> Option<u16> {
        let (top, height) = self.settings.scroll_area;
        match (self.settings.partial, self.settings.scroll) {
            (Some((first, last)), _) => {
                // A last row before the first one goes round.
                let inside = if first <= last {
                    (first..=last).contains(&row)
                } else {
                    row >= first || row <= last
                };
                inside.then_some(row)
            }
            (None, Some(start)) if (top..top.saturating_add(height)).contains(&row) => {
                let start = start.saturating_sub(top) % height;
                Some(top + (row - top + start) % height)
            }
            _ => Some(row),
        }
    }

    fn colour(&self, pixel: Pixel) -> Pixel {
        let [red, green, blue] = if self.settings.idle {
            // Eight colours: the highest bit of each.
            pixel.map(|part| if part & 0x80 != 0 { 0xfc } else { 0 })
        } else {
            pixel
        };
        let [red, blue] = if self.settings.access & BGR == 0 { [red, blue] } else { [blue, red] };
        let inverted = self.settings.inverted != self.options.ips;
        [red, green, blue].map(|part| {
            let part = part | part >> 6;
            if inverted { !part } else { part }
        })
    }
}

impl SpiTarget for St7789 {
    fn select(&mut self, _: u64) {}

    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8 {
        self.write(&[sent], now_ns);
        0xff
    }

    fn write(&mut self, sent: &[u8], now_ns: u64) {
        let data = self.data_command.level(now_ns).is_high();
        let mut awake = self.awake(now_ns);
        for byte in sent {
            if !awake {
                return;
            }
            if data {
                self.data(*byte);
            } else {
                self.command(*byte, now_ns);
                awake = now_ns >= self.deaf_until_ns;
            }
        }
    }

    fn deselect(&mut self, _: u64) {}
}

impl Screen for St7789 {
    fn picture(&self) -> Picture {
        let Options { width, height, x_offset, y_offset, .. } = self.options;
        let dark = self.settings.sleeping || !self.settings.on || self.reset.held();
        let mut rgb = Vec::with_capacity(3 * usize::from(width) * usize::from(height));
        for row in y_offset..y_offset + height {
            let row = if dark { None } else { self.shown(row) };
            for column in x_offset..x_offset + width {
                rgb.extend(row.map_or([0; 3], |row| self.colour(self.memory.pixel(column, row))));
            }
        }
        Picture { width: width.into(), height: height.into(), rgb }
    }
}

impl Model<dyn SpiTarget> for St7789 {
    type Options = Options;
    const NAME: &'static str = "st7789";
    const PINS: &'static [&'static str] = &["dc", "reset"];
    const SHOWS: bool = true;

    fn build(options: &Options, site: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        let chip = Arc::new(Mutex::new(Self::new(options, site.wiring())?));
        site.show(chip.clone());
        Ok(Box::new(chip))
    }
}
