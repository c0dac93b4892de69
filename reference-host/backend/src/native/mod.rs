//! Buses, pins and a clock for a driver that runs natively, without a component.
//!
//! What a driver sees here is what it would see inside a component over the
//! same backend; the conformance tests and the benchmarks compare the two.
//!
//! ```
//! use std::sync::Arc;
//! use embedded_hal::i2c::{Error, ErrorKind, I2c, NoAcknowledgeSource};
//! use periplasm_backend::{SharedI2c, native::NativeI2c, sim};
//!
//! let empty = sim::Bus::new(Arc::new(sim::VirtualClock::new()));
//! let mut i2c = NativeI2c::new(SharedI2c::new(empty));
//! let error = i2c.write(0x76_u8, &[0xd0]).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
//! ```

mod asynch;
mod can;
mod delay;
mod executor;
mod i2c;
mod pins;
mod pwm;
mod serial;
mod spi;

pub use can::{NativeCan, NativeFrame};
pub use delay::NativeDelay;
pub use executor::{Happening, block_on, happening};
pub use i2c::{Error, NativeI2c};
pub use pins::{NativeInput, NativeOutput};
pub use pwm::NativePwm;
pub use serial::NativeSerial;
pub use spi::{NativeSpi, NativeSpiBus};

/// How long a call of nb waits before it says that it would block, as one in a
/// component does: so a driver that asks in a loop lets the clock go on.
const PATIENCE_NS: u64 = 1_000_000;

/// How long to sleep when nothing is known to arrive. Another thread may still
/// have something arrive.
const SLICE: std::time::Duration = std::time::Duration::from_millis(1);
