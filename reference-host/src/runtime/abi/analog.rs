//! `periplasm:hal/pwm` and `adc`.

use periplasm_backend as backend;
use wasmtime::component::{ComponentType, Lower};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum PwmError {
    #[component(name = "above-max")]
    AboveMax,
    #[component(name = "gone")]
    Gone,
    #[component(name = "other")]
    Other,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum AdcError {
    #[component(name = "out-of-range")]
    OutOfRange,
    #[component(name = "gone")]
    Gone,
    #[component(name = "other")]
    Other,
}

impl From<backend::PwmError> for PwmError {
    fn from(error: backend::PwmError) -> Self {
        match error {
            backend::PwmError::AboveMax => Self::AboveMax,
            backend::PwmError::Gone => Self::Gone,
            _ => Self::Other,
        }
    }
}

impl From<backend::AdcError> for AdcError {
    fn from(error: backend::AdcError) -> Self {
        match error {
            backend::AdcError::OutOfRange => Self::OutOfRange,
            backend::AdcError::Gone => Self::Gone,
            _ => Self::Other,
        }
    }
}
