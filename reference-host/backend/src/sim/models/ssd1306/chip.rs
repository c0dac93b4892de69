//! The two interfaces (section 8.1).

use std::sync::{Arc, Mutex};

use serde::Deserialize;

use super::command::{Command, Settings};
use super::memory::Memory;
use super::panel::Panel;
use crate::Level;
use crate::sim::{
    Ack, ConfigError, Direction, I2cTarget, Model, Net, Picture, Screen, Site, SpiTarget, Wiring,
};

/// The control byte: one more byte and then another control byte; data.
const CO: u8 = 1 << 7;
const DATA: u8 = 1 << 6;

/// The status: the display is off (section 9, "Read status register").
const OFF: u8 = 1 << 6;

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// `"128x64"` unless given, or `"128x32"`.
    pub panel: Panel,
}

/// An SSD1306 with its panel. It is an [`I2cTarget`] or an [`SpiTarget`], as its
/// BS pins would say.
#[derive(Debug)]
pub struct Ssd1306 {
    panel: Panel,
    settings: Settings,
    memory: Memory,
    command: Command,
    dc: Net,
    reset: Net,
    /// Falling edges of RES# that have been obeyed.
    resets: u64,
    control: Control,
}

/// What the next byte over I2C is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Control {
    Byte,
    /// One byte, then a control byte.
    One {
        data: bool,
    },
    /// All bytes until STOP.
    All {
        data: bool,
    },
}

impl Ssd1306 {
    /// A display that was powered up and reset.
    ///
    /// # Errors
    /// None today.
    pub fn new(options: &Options, wiring: &Wiring) -> Result<Self, ConfigError> {
        let reset = wiring.pin_or("reset", Level::High);
        Ok(Self {
            panel: options.panel,
            settings: Settings::default(),
            memory: Memory::new(),
            command: Command::default(),
            dc: wiring.pin_or("dc", Level::Low),
            resets: reset.falls(0),
            reset,
            control: Control::Byte,
        })
    }

    /// Whether RES# lets it work at `now_ns`; a pulse since then resets it.
    fn works(&mut self, now_ns: u64) -> bool {
        let falls = self.reset.falls(now_ns);
        if falls != self.resets {
            self.resets = falls;
            self.settings = Settings::default();
            self.command = Command::default();
            self.memory.reset();
        }
        // A wire that was never driven is no reset: modules pull it up.
        falls == 0 || self.reset.level(now_ns).is_high()
    }

    fn take(&mut self, byte: u8, data: bool) {
        if data {
            self.memory.write(byte);
        } else {
            self.command.take(byte, &mut self.settings, &mut self.memory);
        }
    }
}

impl Ssd1306 {
    /// On `site`, and shown there.
    fn shown(options: &Options, site: &Site) -> Result<Arc<Mutex<Self>>, ConfigError> {
        let chip = Arc::new(Mutex::new(Self::new(options, site.wiring())?));
        site.show(chip.clone());
        Ok(chip)
    }
}

impl Model<dyn I2cTarget> for Ssd1306 {
    type Options = Options;
    const NAME: &'static str = "ssd1306";
    const PINS: &'static [&'static str] = &["reset"];
    const SHOWS: bool = true;

    fn build(options: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::shown(options, site)?))
    }
}

impl Model<dyn SpiTarget> for Ssd1306 {
    type Options = Options;
    const NAME: &'static str = "ssd1306";
    const PINS: &'static [&'static str] = &["dc", "reset"];
    const SHOWS: bool = true;

    fn build(options: &Options, site: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        Ok(Box::new(Self::shown(options, site)?))
    }
}

impl I2cTarget for Ssd1306 {
    fn start(&mut self, _: Direction, now_ns: u64) -> Ack {
        self.control = Control::Byte;
        if self.works(now_ns) { Ack::Ack } else { Ack::Nack }
    }

    fn write(&mut self, byte: u8, _: u64) -> Ack {
        match self.control {
            Control::Byte => {
                let data = byte & DATA != 0;
                self.control =
                    if byte & CO != 0 { Control::One { data } } else { Control::All { data } };
            }
            Control::One { data } => {
                self.take(byte, data);
                self.control = Control::Byte;
            }
            Control::All { data } => self.take(byte, data),
        }
        Ack::Ack
    }

    fn read(&mut self, _: u64) -> u8 {
        if self.settings.on { 0 } else { OFF }
    }

    fn stop(&mut self, _: u64) {}
}

impl SpiTarget for Ssd1306 {
    fn select(&mut self, now_ns: u64) {
        self.works(now_ns);
    }

    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8 {
        SpiTarget::write(self, &[sent], now_ns);
        0
    }

    fn write(&mut self, sent: &[u8], now_ns: u64) {
        if self.works(now_ns) {
            // D/C# is sampled with each byte's last bit; it cannot change
            // within one moment.
            let data = self.dc.level(now_ns).is_high();
            sent.iter().for_each(|byte| self.take(*byte, data));
        }
    }

    fn deselect(&mut self, _: u64) {}
}

impl Screen for Ssd1306 {
    fn picture(&self) -> Picture {
        self.panel.picture(&self.settings, &self.memory)
    }
}
