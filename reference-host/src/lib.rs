//! The reference host: runs composed pipelines on a real or a simulated board.
//!
//! Data flows one way: a [`Pipeline`] (a component, and what it asks for) and a
//! [`Board`] (what there is, and what may be asked for) meet in
//! [`Grants::decide`]; only what was granted is opened on a [`Machine`] and
//! handed to a [`Running`] pipeline. A request that the board does not cover
//! stops here, before anything is compiled or runs.
//!
//! ```no_run
//! use periplasm_host::{Board, Grants, Host, HostOptions, Machine, Pipeline, RunOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pipeline = Pipeline::load("weather.wasm")?;
//! let board = Board::load("board.toml")?;
//! let grants = Grants::decide(&pipeline, &board)?;
//!
//! let host = Host::new(HostOptions::default())?;
//! let compiled = host.compile(&pipeline)?;
//! let machine = Machine::open(&board)?;
//! let mut running = host.start(&compiled, &machine, &grants, RunOptions::default())?;
//! let exit_code = running.run_app()?;
//! # Ok(())
//! # }
//! ```
//!
//! Everything that comes from a pipeline, a board file or a bus is taken for
//! hostile until it has been checked. A guest can fail a call, or itself; never
//! the host or another pipeline.
#![deny(unsafe_code)]

pub mod board;
mod cache;
pub mod device;
pub mod grants;
mod host;
mod machine;
mod names;
mod output;
pub mod pipeline;
pub mod remote;
mod run;
mod runtime;
mod text;

pub use board::Board;
pub use cache::CacheError;
pub use grants::Grants;
pub use host::{Compiled, Host, HostError, HostOptions, RunOptions, StartError};
pub use machine::{Machine, MachineError, TraceSink};
pub use output::{Captured, Output};
pub use periplasm_backend::I2cAddress;
pub use periplasm_backend::sim::Picture;
pub use periplasm_request::Request;
pub use periplasm_usb::Capture;
pub use pipeline::Pipeline;
pub use run::{Cause, ExportError, RunError, Running};
pub use runtime::{
    LogLevel, LogRecord, LogSink, MAX_BUFFER_BYTES, MAX_BUFFERS, MAX_EVENTS, MAX_EVENTS_OF_ANY,
    MAX_LOG_MESSAGE_BYTES, MAX_MESSAGE_BYTES, MAX_OPERATIONS, MAX_SERIAL_BYTES, MAX_SPI_BYTES,
    MAX_SPI_OPERATIONS, MAX_TRANSFERS, MAX_USB_BYTES, MAX_USB_HANDLES, MAX_USB_PACKETS,
    MAX_USB_TRANSFERS, Stopper,
};
