//! CAN.

mod frame;

use core::fmt;

use embedded_can::{Error, ErrorKind, blocking};

use crate::Can;
use crate::bindings::periplasm::hal::can as wit;
use crate::patience::PATIENCE_NS;
pub use frame::CanFrame;

/// Why a frame could not be sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanError {
    /// The host or the bus said so.
    Bus(ErrorKind),
    /// The bus is not there any more.
    Gone,
    /// The host gave something that is no frame.
    NoFrame,
}

impl Error for CanError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(kind) => *kind,
            Self::Gone | Self::NoFrame => ErrorKind::Other,
        }
    }
}

impl fmt::Display for CanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(kind) => kind.fmt(f),
            Self::Gone => f.write_str("the bus is gone"),
            Self::NoFrame => f.write_str("the host gave something that is no frame"),
        }
    }
}

impl core::error::Error for CanError {}

impl From<wit::Error> for CanError {
    fn from(error: wit::Error) -> Self {
        Self::Bus(match error {
            wit::Error::Overrun => ErrorKind::Overrun,
            wit::Error::Bit => ErrorKind::Bit,
            wit::Error::Stuff => ErrorKind::Stuff,
            wit::Error::Crc => ErrorKind::Crc,
            wit::Error::Form => ErrorKind::Form,
            wit::Error::Acknowledge => ErrorKind::Acknowledge,
            wit::Error::Other => ErrorKind::Other,
            wit::Error::Gone => return Self::Gone,
        })
    }
}

impl blocking::Can for Can {
    type Frame = CanFrame;
    type Error = CanError;

    fn transmit(&mut self, frame: &CanFrame) -> Result<(), CanError> {
        // Without a timeout it returns when there was room.
        wit::Can::transmit(self, &frame.to_wit(), None)?;
        Ok(())
    }

    fn receive(&mut self) -> Result<CanFrame, CanError> {
        let frame = wit::Can::receive(self, None)?.ok_or(CanError::NoFrame)?;
        CanFrame::from_wit(frame)
    }
}

impl embedded_can::nb::Can for Can {
    type Frame = CanFrame;
    type Error = CanError;

    /// Never gives back a frame: the host's queue drops none for another.
    fn transmit(&mut self, frame: &CanFrame) -> nb::Result<Option<CanFrame>, CanError> {
        match wit::Can::transmit(self, &frame.to_wit(), Some(PATIENCE_NS)) {
            Ok(true) => Ok(None),
            Ok(false) => Err(nb::Error::WouldBlock),
            Err(error) => Err(nb::Error::Other(error.into())),
        }
    }

    fn receive(&mut self) -> nb::Result<CanFrame, CanError> {
        match wit::Can::receive(self, Some(PATIENCE_NS)) {
            Ok(Some(frame)) => CanFrame::from_wit(frame).map_err(nb::Error::Other),
            Ok(None) => Err(nb::Error::WouldBlock),
            Err(error) => Err(nb::Error::Other(error.into())),
        }
    }
}
