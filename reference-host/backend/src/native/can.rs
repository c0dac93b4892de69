//! CAN.

use std::fmt;
use std::sync::Arc;

use embedded_can::{self as can, ErrorKind, ExtendedId, Frame, Id, StandardId};

use super::{PATIENCE_NS, SLICE};
use crate::{CanBus, CanError, CanFrame, CanId, CanPayload, Clock};

/// A bus as embedded-can's `Can`, blocking and nb.
pub struct NativeCan {
    bus: Box<dyn CanBus>,
    clock: Arc<dyn Clock>,
}

impl NativeCan {
    /// Talks on `bus`, which lives by `clock`.
    pub fn new(bus: impl CanBus + 'static, clock: Arc<dyn Clock>) -> Self {
        Self { bus: Box::new(bus), clock }
    }

    /// When a call of nb says that it would block.
    fn patience(&self) -> u64 {
        self.clock.now_ns().saturating_add(PATIENCE_NS)
    }

    fn transmit_until(&mut self, frame: &NativeFrame, until_ns: u64) -> nb::Result<(), CanError> {
        match self.bus.transmit(&frame.0, until_ns)? {
            true => Ok(()),
            false => Err(nb::Error::WouldBlock),
        }
    }

    fn receive_until(&mut self, until_ns: u64) -> nb::Result<NativeFrame, CanError> {
        self.bus.receive(until_ns)?.map(NativeFrame).ok_or(nb::Error::WouldBlock)
    }
}

fn until_done<T>(mut call: impl FnMut() -> nb::Result<T, CanError>) -> Result<T, CanError> {
    loop {
        match call() {
            Ok(done) => return Ok(done),
            Err(nb::Error::Other(error)) => return Err(error),
            Err(nb::Error::WouldBlock) => std::thread::sleep(SLICE),
        }
    }
}

impl fmt::Debug for NativeCan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeCan").finish_non_exhaustive()
    }
}

impl can::blocking::Can for NativeCan {
    type Frame = NativeFrame;
    type Error = CanError;

    fn transmit(&mut self, frame: &NativeFrame) -> Result<(), CanError> {
        until_done(|| self.transmit_until(frame, u64::MAX))
    }

    fn receive(&mut self) -> Result<NativeFrame, CanError> {
        until_done(|| self.receive_until(u64::MAX))
    }
}

impl can::nb::Can for NativeCan {
    type Frame = NativeFrame;
    type Error = CanError;

    fn transmit(&mut self, frame: &NativeFrame) -> nb::Result<Option<NativeFrame>, CanError> {
        self.transmit_until(frame, self.patience()).map(|()| None)
    }

    fn receive(&mut self) -> nb::Result<NativeFrame, CanError> {
        self.receive_until(self.patience())
    }
}

impl can::Error for CanError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overrun => ErrorKind::Overrun,
            Self::Bit => ErrorKind::Bit,
            Self::Stuff => ErrorKind::Stuff,
            Self::Crc => ErrorKind::Crc,
            Self::Form => ErrorKind::Form,
            Self::Acknowledge => ErrorKind::Acknowledge,
            Self::Gone | Self::Other => ErrorKind::Other,
        }
    }
}

/// A frame as embedded-can's `Frame`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeFrame(pub CanFrame);

fn native(id: impl Into<Id>) -> CanId {
    match id.into() {
        Id::Standard(id) => CanId::Standard(id.as_raw()),
        Id::Extended(id) => CanId::Extended(id.as_raw()),
    }
}

impl Frame for NativeFrame {
    fn new(id: impl Into<Id>, data: &[u8]) -> Option<Self> {
        CanFrame::new(native(id), data).map(Self)
    }

    fn new_remote(id: impl Into<Id>, dlc: usize) -> Option<Self> {
        CanFrame::remote(native(id), dlc).map(Self)
    }

    fn is_extended(&self) -> bool {
        matches!(self.0.id(), CanId::Extended(_))
    }

    fn is_remote_frame(&self) -> bool {
        matches!(self.0.payload(), CanPayload::Remote(_))
    }

    fn id(&self) -> Id {
        // A frame's identifier exists, so neither is ever replaced.
        match self.0.id() {
            CanId::Standard(id) => StandardId::new(id).unwrap_or(StandardId::MAX).into(),
            CanId::Extended(id) => ExtendedId::new(id).unwrap_or(ExtendedId::MAX).into(),
        }
    }

    fn dlc(&self) -> usize {
        match self.0.payload() {
            CanPayload::Data { len, .. } | CanPayload::Remote(len) => len.into(),
        }
    }

    fn data(&self) -> &[u8] {
        self.0.data()
    }
}
