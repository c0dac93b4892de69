//! Where a host gets hardware from.
//!
//! The traits here know nothing of WebAssembly, of an operating system or of
//! threads, so that another host can implement or use them: a backend is what
//! implements [`I2cBus`] and [`Clock`].
//!
//! - [`sim`]: a simulated board of register-level chip models, with faults.
//! - `linux` (on Linux): the kernel's own buses.
//! - [`native`]: a backend as embedded-hal's traits, for drivers outside components.
//! - [`trace`]: a wrapper that writes down what a bus was asked and answered.
#![deny(unsafe_code)]

mod clock;
mod i2c;
#[cfg(target_os = "linux")]
pub mod linux;
pub mod native;
pub mod sim;
pub mod trace;

pub use clock::{Clock, RealClock};
pub use i2c::{I2cBus, SharedI2c};
pub use periplasm_request::I2cAddress;
