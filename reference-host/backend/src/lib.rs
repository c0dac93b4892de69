//! Where a host gets hardware from.
//!
//! The traits here know nothing of WebAssembly, of an operating system or of
//! threads, so that another host can implement or use them: a backend is what
//! implements [`Clock`] and what it has of [`I2cBus`], [`SpiDevice`],
//! [`SpiBus`], [`OutputPin`], [`InputPin`], [`Pwm`], [`Adc`], [`Serial`] and
//! [`CanBus`]. A wait has a moment on the clock at which it ends.
//!
//! - [`sim`]: a simulated board of register-level chip models, with faults.
//! - `linux` (on Linux): the kernel's own buses.
//! - [`native`]: a backend as embedded-hal's traits, for drivers outside components.
//! - [`trace`]: a wrapper that writes down what hardware was asked and answered.
#![deny(unsafe_code)]

mod analog;
mod can;
mod clock;
mod event;
mod i2c;
#[cfg(target_os = "linux")]
pub mod linux;
pub mod native;
mod pins;
mod serial;
pub mod sim;
mod spi;
pub mod trace;
mod transfer;
mod waker;
mod worker;

pub use analog::{Adc, AdcError, Pwm, PwmError};
pub use can::{CanBus, CanError, CanFrame, CanId, CanPayload, MAX_CAN_BYTES};
pub use clock::{Clock, RealClock};
pub use event::{Event, Moment};
pub use i2c::{I2cBus, I2cOperation, SharedI2c};
pub use periplasm_request::I2cAddress;
pub use pins::{Condition, Edge, InputPin, Level, MAX_EDGES, OutputPin, PinError};
pub use serial::{Serial, SerialError};
pub use spi::{SharedSpi, SpiBus, SpiDevice, SpiError, SpiOperation};
pub use transfer::{Outcome, Transfer};
pub use waker::with_waker;
