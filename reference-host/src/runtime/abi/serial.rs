//! `periplasm:hal/serial`.

use periplasm_backend as backend;
use wasmtime::component::{ComponentType, Lower};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum SerialError {
    #[component(name = "overrun")]
    Overrun,
    #[component(name = "parity")]
    Parity,
    #[component(name = "frame-format")]
    FrameFormat,
    #[component(name = "noise")]
    Noise,
    #[component(name = "gone")]
    Gone,
    #[component(name = "other")]
    Other,
}

impl From<backend::SerialError> for SerialError {
    fn from(error: backend::SerialError) -> Self {
        match error {
            backend::SerialError::Overrun => Self::Overrun,
            backend::SerialError::Parity => Self::Parity,
            backend::SerialError::FrameFormat => Self::FrameFormat,
            backend::SerialError::Noise => Self::Noise,
            backend::SerialError::Gone => Self::Gone,
            _ => Self::Other,
        }
    }
}
