//! The chain: which bits are whose ("Data transmission method").

use std::sync::{Arc, Mutex};

use serde::Deserialize;

use super::wire::{Symbol, Wire};
use crate::sim::error::within;
use crate::sim::{ConfigError, Model, Picture, Screen, Site, SpiTarget};

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// How many lamps are in the chain, up to 4096.
    pub lamps: u16,
    /// The speed of the bus: what a clock lasts.
    pub clock_hz: u32,
}

impl Default for Options {
    /// 8 lamps on a bus of 3 MHz.
    fn default() -> Self {
        Self { lamps: 8, clock_hz: 3_000_000 }
    }
}

/// A chain of lamps.
#[derive(Clone, Debug)]
pub struct Chain {
    wire: Wire,
    /// Red, green and blue of each lamp.
    shown: Vec<[u8; 3]>,
    /// What came since the last reset: green, red, blue, highest bit first.
    bits: Vec<bool>,
    spoiled: bool,
}

impl Chain {
    /// A chain that is dark.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        within("`lamps`", options.lamps.into(), (1.0, 4096.0), "")?;
        within("`clock-hz`", options.clock_hz.into(), (1.0, 1e9), " Hz")?;
        Ok(Self {
            wire: Wire::new(options.clock_hz),
            shown: vec![[0; 3]; options.lamps.into()],
            bits: Vec::new(),
            spoiled: false,
        })
    }

    /// Red, green and blue of each lamp, the nearest to the bus first.
    pub fn colours(&self) -> &[[u8; 3]] {
        &self.shown
    }

    fn take(&mut self, symbol: Symbol) {
        match symbol {
            Symbol::Bit(bit) => {
                // What goes on beyond the last lamp is nobody's.
                if !self.spoiled && self.bits.len() < 24 * self.shown.len() {
                    self.bits.push(bit);
                }
            }
            Symbol::Noise => self.spoiled = true,
            Symbol::Reset => {
                for (lamp, bits) in self.shown.iter_mut().zip(self.bits.chunks_exact(24)) {
                    let byte =
                        |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
                    let (green, rest) = bits.split_at(8);
                    let (red, blue) = rest.split_at(8);
                    *lamp = [byte(red), byte(green), byte(blue)];
                }
                self.bits.clear();
                self.spoiled = false;
            }
        }
    }
}

impl Model<dyn SpiTarget> for Chain {
    type Options = Options;
    const NAME: &'static str = "ws2812";
    const SHOWS: bool = true;

    fn build(options: &Options, site: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        let chain = Arc::new(Mutex::new(Self::new(options)?));
        site.show(chain.clone());
        Ok(Box::new(chain))
    }
}

impl SpiTarget for Chain {
    fn select(&mut self, _: u64) {}

    /// The lamps say nothing: what is read is a line that is pulled up.
    fn exchange(&mut self, sent: u8, _: u64) -> u8 {
        for place in (0..8).rev() {
            if let Some(symbol) = self.wire.clock(sent >> place & 1 != 0) {
                self.take(symbol);
            }
        }
        0xff
    }

    fn deselect(&mut self, _: u64) {}
}

impl Screen for Chain {
    /// One row, a pixel a lamp.
    fn picture(&self) -> Picture {
        Picture { width: self.shown.len() as u32, height: 1, rgb: self.shown.concat() }
    }
}
