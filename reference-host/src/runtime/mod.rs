//! The only part that knows Wasmtime: the engine, what a pipeline imports, and
//! the limits around it.

mod abi;
mod bus;
mod delay;
mod diag;
mod engine;
mod limits;
mod linker;
mod log;
mod state;
mod stdin;
mod wait;
mod wasi;
mod watch;

pub use self::log::{LogLevel, LogRecord, LogSink};
pub use bus::{MAX_MESSAGE_BYTES, MAX_OPERATIONS};
pub use diag::MAX_LOG_MESSAGE_BYTES;
pub(crate) use engine::engine;
pub(crate) use limits::{Denied, Limiter};
pub(crate) use linker::{base, with_slots};
pub(crate) use state::{SlotState, State};
pub(crate) use wait::Waits;
pub(crate) use wasi::{set_clock, set_stdin};
pub(crate) use watch::{Running as Ticking, Stop, Watch};
