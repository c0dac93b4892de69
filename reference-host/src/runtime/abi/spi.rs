//! `periplasm:hal/spi-types`.

use periplasm_backend as backend;
use wasmtime::component::{ComponentType, Lift, Lower, WasmList};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum SpiError {
    #[component(name = "overrun")]
    Overrun,
    #[component(name = "mode-fault")]
    ModeFault,
    #[component(name = "frame-format")]
    FrameFormat,
    #[component(name = "chip-select-fault")]
    ChipSelectFault,
    #[component(name = "too-long")]
    TooLong,
    #[component(name = "gone")]
    Gone,
    #[component(name = "other")]
    Other,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(in crate::runtime) struct Exchange {
    pub(in crate::runtime) write: WasmList<u8>,
    #[component(name = "read-len")]
    pub(in crate::runtime) read_len: u32,
}

#[derive(ComponentType, Lift)]
#[component(variant)]
pub(in crate::runtime) enum SpiRequested {
    #[component(name = "read")]
    Read(u32),
    #[component(name = "write")]
    Write(WasmList<u8>),
    #[component(name = "transfer")]
    Transfer(Exchange),
    #[component(name = "delay-ns")]
    DelayNs(u32),
}

impl From<backend::SpiError> for SpiError {
    fn from(error: backend::SpiError) -> Self {
        match error {
            backend::SpiError::Overrun => Self::Overrun,
            backend::SpiError::ModeFault => Self::ModeFault,
            backend::SpiError::FrameFormat => Self::FrameFormat,
            backend::SpiError::ChipSelectFault => Self::ChipSelectFault,
            backend::SpiError::TooLong { .. } => Self::TooLong,
            backend::SpiError::Gone => Self::Gone,
            _ => Self::Other,
        }
    }
}
