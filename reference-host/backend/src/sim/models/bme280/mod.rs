//! Bosch BME280: temperature, pressure, humidity.
//!
//! Written from BST-BME280-DS002 ("DS002", revision 1.6). What the datasheet
//! leaves open, and what this model then does:
//! - Before start-up after a reset has ended, `im_update` reads 1, every other
//!   register 0, and writes have no effect.
//! - Writes to `config` in normal mode "may be ignored" (section 5.4.6): they
//!   are.
//! - The copy of the trimming parameters before each measurement takes no time,
//!   so `im_update` shows only after a reset.
//! - The filter's memory is exact; what it puts out is rounded to 20 bits.
//! - Every byte written is acknowledged; registers that do not exist read 0.

mod calibration;
mod chip;
mod compensation;
mod measuring;
mod options;
mod settings;

pub use calibration::Calibration;
pub use chip::Bme280;
pub use compensation::{Climate, Raw, compensate};
pub use options::{MeasurementTime, Options, Value};
