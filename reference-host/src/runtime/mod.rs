//! The only part that knows Wasmtime: the engine, what a pipeline imports, and
//! the limits around it.

mod abi;
mod analog;
mod buffer;
mod bus;
mod can;
mod delay;
mod diag;
mod engine;
mod events;
mod limits;
mod linker;
mod log;
mod pins;
mod serial;
mod slab;
mod spi;
mod start;
mod state;
mod stdin;
mod stop;
mod usb;
mod wait;
mod waiting;
mod wasi;
mod watch;

pub use self::log::{LogLevel, LogRecord, LogSink};
pub use buffer::{MAX_BUFFER_BYTES, MAX_BUFFERS};
pub use bus::{MAX_MESSAGE_BYTES, MAX_OPERATIONS};
pub use diag::MAX_LOG_MESSAGE_BYTES;
pub use events::{MAX_EVENTS, MAX_EVENTS_OF_ANY};
pub use serial::MAX_SERIAL_BYTES;
pub use spi::{MAX_SPI_BYTES, MAX_SPI_OPERATIONS};
pub use start::MAX_TRANSFERS;
pub use stop::Stopper;
pub use usb::{MAX_USB_BYTES, MAX_USB_HANDLES, MAX_USB_PACKETS, MAX_USB_TRANSFERS};

pub(crate) use analog::{AdcSlot, PwmSlot};
pub(crate) use buffer::Buffers;
pub(crate) use bus::I2cSlot;
pub(crate) use can::CanSlot;
pub(crate) use diag::DiagSlot;
pub(crate) use engine::engine;
pub(crate) use limits::{Denied, Limiter};
pub(crate) use linker::{base, with_slots};
pub(crate) use pins::{InputPinSlot, OutputPinSlot};
pub(crate) use serial::SerialSlot;
pub(crate) use slab::Slab;
pub(crate) use spi::{SpiBusSlot, SpiSlot};
pub(crate) use start::Transfers;
pub(crate) use state::{Owner, SlotState, State};
pub(crate) use usb::{Usb, UsbDeviceSlot, UsbSlot};
pub(crate) use wait::Waits;
pub(crate) use wasi::{set_clock, set_stdin};
pub(crate) use watch::{Running as Ticking, Stop, Watch};
