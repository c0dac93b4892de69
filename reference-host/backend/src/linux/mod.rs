//! The kernel's own hardware. Each kind has a config, and a type that is
//! opened from it:
//!
//! | type | opened by | implements |
//! | --- | --- | --- |
//! | [`LinuxI2c`] | a path such as `/dev/i2c-1` | [`I2cBus`](crate::I2cBus) |
//! | [`LinuxSpi`] | [`SpiConfig`] | [`SpiDevice`](crate::SpiDevice) |
//! | [`LinuxSpiBus`] | [`SpiBusConfig`] | [`SpiBus`](crate::SpiBus) |
//! | [`LinuxOutput`] | [`OutputConfig`] | [`OutputPin`](crate::OutputPin) |
//! | [`LinuxInput`] | [`InputConfig`] and the clock | [`InputPin`](crate::InputPin) |
//! | [`LinuxPwm`] | [`PwmConfig`] | [`Pwm`](crate::Pwm) |
//! | [`LinuxAdc`] | [`AdcConfig`] | [`Adc`](crate::Adc) |
//! | [`LinuxSerial`] | [`SerialConfig`] and the clock | [`Serial`](crate::Serial) |
//! | [`LinuxCan`] | [`CanConfig`] and the clock | [`CanBus`](crate::CanBus) |
//!
//! [`OpenError`] says what is wrong with a node, and what to do.

mod adc;
mod can;
mod gpio;
mod i2c;
mod open;
mod pwm;
mod remedy;
mod serial;
mod shared;
mod spi;
mod sysfs;
mod time;
mod watch;

pub use adc::{AdcConfig, LinuxAdc};
pub use can::{CanConfig, LinuxCan};
pub use gpio::{GpioBias, GpioDrive, GpioLine, InputConfig, LinuxInput, LinuxOutput, OutputConfig};
pub use i2c::{LinuxI2c, MAX_MESSAGE_BYTES, MAX_MESSAGES};
pub use open::{Hardware, OpenError};
pub use pwm::{LinuxPwm, PwmConfig};
pub use serial::{LinuxSerial, SerialConfig, SerialFlow, SerialParity};
pub use spi::{LinuxSpi, LinuxSpiBus, SpiBusConfig, SpiConfig};
pub use watch::Watch;
