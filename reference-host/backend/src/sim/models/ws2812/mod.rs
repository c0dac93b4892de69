//! Worldsemi WS2812B: a chain of coloured lamps on one wire, driven here by the
//! data line of an SPI bus.
//!
//! Written from the WS2812B-2020 datasheet, sections "Data transfer time" and
//! "Data transmission method". What it leaves open, and what this model then
//! does:
//! - A high or low time outside of the datasheet's ranges spoils the chain's
//!   data until the next reset: nothing that comes after it is shown.
//! - A row of bits that is not a whole lamp when reset comes is dropped.
//! - Between two transfers the bus stands still and no time is counted: whether
//!   a real bus pauses there is up to its controller.

mod chain;
mod wire;

pub use chain::{Chain, Options};
