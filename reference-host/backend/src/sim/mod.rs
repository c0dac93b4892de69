//! A simulated board: buses with register-level chip models, and faults.
//!
//! A [`Bus`] moves bytes between a controller and its targets as the two wires
//! would; a model ([`models`]) is an [`I2cTarget`] written from the chip's
//! datasheet. Transfers take no time unless the board gives a speed: the models
//! see the clock stand still within a transaction, and move only with delays
//! ([`VirtualClock`]) or with the machine's own time
//! ([`RealClock`](crate::RealClock)). A transaction that is only started moves no
//! clock: its model sees the time at which it will have happened.
//!
//! Everything of one board lives in a [`World`]: the same wires, the same
//! screens, the same clock.
//!
//! ```
//! use std::sync::Arc;
//! use embedded_hal::i2c::I2c;
//! use periplasm_backend::{SharedI2c, native::NativeI2c, sim};
//!
//! let device: sim::DeviceConfig = toml::from_str(
//!     r#"
//!     model = "lm75"
//!     address = 0x48
//!     temperature = 25.5
//!     "#,
//! )?;
//! let mut bus = sim::Bus::new(Arc::new(sim::VirtualClock::new()));
//! bus.attach(&device)?;
//!
//! let mut i2c = NativeI2c::new(SharedI2c::new(bus));
//! let mut temperature = [0; 2];
//! i2c.write_read(0x48_u8, &[0x00], &mut temperature)?;
//! assert_eq!(temperature, [0x19, 0x80]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adc;
mod bus;
mod can;
mod can_config;
mod clock;
mod config;
mod described;
mod error;
mod fault;
mod faults;
mod line;
mod model;
pub mod models;
mod net;
mod pin;
mod pin_config;
mod pwm;
mod serial;
mod serial_config;
mod spi;
mod spi_config;
mod target;
mod value;
mod waiting;
mod wakers;
mod world;

pub use adc::{AdcConfig, Converter, Voltage, VoltageChange};
pub use bus::Bus;
pub use can::Can;
pub use can_config::{CanConfig, CanPeer};
pub use clock::VirtualClock;
pub use config::{Behind, DeviceConfig};
pub use error::ConfigError;
pub use fault::{Fault, NoAcknowledge};
pub use faults::{AdcFault, CanFault, PinFault, PwmFault, Scheduled, SerialFault, SpiFault};
pub use model::Model;
pub use net::{Net, Nets, Wiring};
pub use pin::{Input, Output};
pub use pin_config::{Change, InputConfig, LevelName, MAX_CHANGES, OutputConfig, Square};
pub use pwm::{Duty, Pulses, PwmConfig};
pub use serial::{SERIAL_QUEUE, Serial};
pub use serial_config::SerialConfig;
pub use spi::{SpiBus, SpiDevice};
pub use spi_config::SpiConfig;
pub use target::{Ack, Direction, I2cTarget, Picture, Screen, SerialTarget, SpiTarget};
pub use world::{Screens, Site, World};
