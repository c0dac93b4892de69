//! The types that cross between host and stages, as `wit/` describes them.
//!
//! The derived implementations are `unsafe` because a wrong memory layout would
//! be. The macros make the layout from the type, and Wasmtime checks the type
//! against the component's when they are linked. Nothing here is unsafe by hand.
#![allow(unsafe_code)]

mod analog;
mod buffer;
mod can;
mod diag;
mod i2c;
mod pins;
mod serial;
mod spi;
mod usb;
mod usb_device;

pub(super) use analog::{AdcError, PwmError};
pub(super) use buffer::BufferError;
pub(super) use can::{CanError, Received, SentFrame, SentPayload};
pub(super) use diag::{Level, Location};
pub(super) use i2c::{ErrorCode, NoAcknowledgeSource, Requested};
pub(super) use pins::{Condition, Edge, PinError};
pub(super) use serial::SerialError;
pub(super) use spi::{Exchange, SpiError, SpiRequested};
pub(super) use usb::{Change, Completion, DeviceInfo, Packet, Setup, TransferError};
pub(super) use usb_device::{ControllerError, Endpoint, Events, PortSpeed};
