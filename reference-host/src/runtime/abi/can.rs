//! `periplasm:hal/can`.

use periplasm_backend as backend;
use periplasm_backend::{CanFrame, CanId, CanPayload};
use wasmtime::component::{ComponentType, Lift, Lower, WasmList};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum CanError {
    #[component(name = "overrun")]
    Overrun,
    #[component(name = "bit")]
    Bit,
    #[component(name = "stuff")]
    Stuff,
    #[component(name = "crc")]
    Crc,
    #[component(name = "form")]
    Form,
    #[component(name = "acknowledge")]
    Acknowledge,
    #[component(name = "gone")]
    Gone,
    #[component(name = "other")]
    Other,
}

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(variant)]
pub(in crate::runtime) enum Id {
    #[component(name = "standard")]
    Standard(u16),
    #[component(name = "extended")]
    Extended(u32),
}

/// What a guest sends: read where it stands.
#[derive(ComponentType, Lift)]
#[component(variant)]
pub(in crate::runtime) enum SentPayload {
    #[component(name = "data")]
    Data(WasmList<u8>),
    #[component(name = "remote")]
    Remote(u8),
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(in crate::runtime) struct SentFrame {
    pub(in crate::runtime) id: Id,
    pub(in crate::runtime) payload: SentPayload,
}

/// What a guest gets.
#[derive(ComponentType, Lower)]
#[component(variant)]
pub(in crate::runtime) enum ReceivedPayload {
    #[component(name = "data")]
    Data(Vec<u8>),
    #[component(name = "remote")]
    Remote(u8),
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct Received {
    pub(in crate::runtime) id: Id,
    pub(in crate::runtime) payload: ReceivedPayload,
}

impl From<backend::CanError> for CanError {
    fn from(error: backend::CanError) -> Self {
        match error {
            backend::CanError::Overrun => Self::Overrun,
            backend::CanError::Bit => Self::Bit,
            backend::CanError::Stuff => Self::Stuff,
            backend::CanError::Crc => Self::Crc,
            backend::CanError::Form => Self::Form,
            backend::CanError::Acknowledge => Self::Acknowledge,
            backend::CanError::Gone => Self::Gone,
            _ => Self::Other,
        }
    }
}

impl From<Id> for CanId {
    fn from(id: Id) -> Self {
        match id {
            Id::Standard(id) => Self::Standard(id),
            Id::Extended(id) => Self::Extended(id),
        }
    }
}

impl From<CanFrame> for Received {
    fn from(frame: CanFrame) -> Self {
        let id = match frame.id() {
            CanId::Standard(id) => Id::Standard(id),
            CanId::Extended(id) => Id::Extended(id),
        };
        let payload = match frame.payload() {
            CanPayload::Data { .. } => ReceivedPayload::Data(frame.data().to_vec()),
            CanPayload::Remote(len) => ReceivedPayload::Remote(len),
        };
        Self { id, payload }
    }
}
