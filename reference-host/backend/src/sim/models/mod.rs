//! Simulated chips, register by register, written from their datasheets.
//!
//! Where a datasheet leaves something open, the model's documentation says what
//! it does. Where a datasheet says that something *may* fail, the model fails,
//! so that a driver that relies on luck is found out here.
//!
//! # To add a model
//!
//! 1. A file or folder here, with the chip and its `Options`, the struct that
//!    its part of a device's table is read into.
//! 2. `impl Model<dyn I2cTarget> for` the chip ([`Model`](super::Model); or `dyn SpiTarget`, or
//!    `dyn SerialTarget`, or several of them): name, pins, and how it is built.
//! 3. Its line in the list below. A board file may name it from then on.
//!
//! ```
//! use periplasm_backend::Level;
//! use periplasm_backend::sim::{ConfigError, Model, Net, Site, SpiTarget};
//!
//! /// What a board file may say about it.
//! #[derive(Default, serde::Deserialize)]
//! #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
//! pub struct Options {
//!     /// What it answers first.
//!     pub first_byte: u8,
//! }
//!
//! struct Echo {
//!     last: u8,
//!     busy: Net,
//! }
//!
//! impl Model<dyn SpiTarget> for Echo {
//!     type Options = Options;
//!     const NAME: &'static str = "echo";
//!     const PINS: &'static [&'static str] = &["busy"];
//!
//!     fn build(options: &Options, site: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
//!         let busy = site.pin_or("busy", Level::Low);
//!         Ok(Box::new(Echo { last: options.first_byte, busy }))
//!     }
//! }
//!
//! impl SpiTarget for Echo {
//!     fn select(&mut self, now_ns: u64) {
//!         self.busy.set(Level::High, now_ns);
//!     }
//!
//!     fn exchange(&mut self, sent: u8, _: u64) -> u8 {
//!         std::mem::replace(&mut self.last, sent)
//!     }
//!
//!     fn deselect(&mut self, now_ns: u64) {
//!         // 20 µs until it can be spoken to again.
//!         self.busy.set_at(Level::Low, now_ns.saturating_add(20_000));
//!     }
//! }
//! ```

use super::model::{Entry, Kind};
use super::{I2cTarget, SerialTarget, SpiTarget};

pub mod ads1115;
mod ahead;
pub mod bme280;
pub mod bytes;
pub mod ds1307;
pub mod lm75;
pub mod loopback;
pub mod mpu6050;
pub mod pca9685;
pub mod pcf8574;
pub mod pms;
pub mod registers;
mod reset;
pub mod script;
pub mod sdcard;
pub mod spi_registers;
pub mod ssd1306;
pub mod st7789;
pub mod stream;
pub mod sx1262;
pub mod tb6612fng;
pub mod tca9548a;
pub mod tmc2209;
pub mod tmp117;
pub mod w25q32;
mod words;
pub mod ws2812;

/// The models, in the order of the alphabet.
static I2C: &[Entry<dyn I2cTarget>] = &[
    Entry::of::<ads1115::Ads1115>(),
    Entry::of::<bme280::Bme280>(),
    Entry::of::<ds1307::Ds1307>(),
    Entry::of::<lm75::Lm75>(),
    Entry::of::<mpu6050::Mpu6050>(),
    Entry::of::<pca9685::Pca9685>(),
    Entry::of::<pcf8574::Pcf8574>(),
    Entry::of::<registers::Registers>(),
    Entry::of::<ssd1306::Ssd1306>(),
    Entry::of::<tca9548a::Tca9548a>(),
    Entry::of::<tmp117::Tmp117>(),
];

static SPI: &[Entry<dyn SpiTarget>] = &[
    Entry::of::<loopback::Loopback>(),
    Entry::of::<spi_registers::SpiRegisters>(),
    Entry::of::<sdcard::SdCard>(),
    Entry::of::<ssd1306::Ssd1306>(),
    Entry::of::<st7789::St7789>(),
    Entry::of::<sx1262::Sx1262>(),
    Entry::of::<w25q32::W25q32>(),
    Entry::of::<ws2812::Chain>(),
];

static SERIAL: &[Entry<dyn SerialTarget>] = &[
    Entry::of::<loopback::Loopback>(),
    Entry::of::<pms::Pms>(),
    Entry::of::<script::Script>(),
    Entry::of::<stream::Stream>(),
    Entry::of::<tmc2209::Tmc2209>(),
];

impl Kind for dyn I2cTarget {
    const BUS: &'static str = "I2C";

    fn models() -> &'static [Entry<Self>] {
        I2C
    }
}

impl Kind for dyn SpiTarget {
    const BUS: &'static str = "SPI";

    fn models() -> &'static [Entry<Self>] {
        SPI
    }
}

impl Kind for dyn SerialTarget {
    const BUS: &'static str = "serial";

    fn models() -> &'static [Entry<Self>] {
        SERIAL
    }
}
