//! `periplasm:hal/pin-types`.

use periplasm_backend as backend;
use wasmtime::component::{ComponentType, Lift, Lower};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum PinError {
    #[component(name = "gone")]
    Gone,
    #[component(name = "other")]
    Other,
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
// Guests make the values.
#[allow(dead_code)]
pub(in crate::runtime) enum Condition {
    #[component(name = "high")]
    High,
    #[component(name = "low")]
    Low,
    #[component(name = "rising-edge")]
    RisingEdge,
    #[component(name = "falling-edge")]
    FallingEdge,
    #[component(name = "any-edge")]
    AnyEdge,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct Edge {
    pub(in crate::runtime) rising: bool,
    #[component(name = "at-ns")]
    pub(in crate::runtime) at_ns: u64,
    pub(in crate::runtime) lost: u64,
}

impl From<backend::PinError> for PinError {
    fn from(error: backend::PinError) -> Self {
        match error {
            backend::PinError::Gone => Self::Gone,
            _ => Self::Other,
        }
    }
}

impl From<Condition> for backend::Condition {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::High => Self::High,
            Condition::Low => Self::Low,
            Condition::RisingEdge => Self::RisingEdge,
            Condition::FallingEdge => Self::FallingEdge,
            Condition::AnyEdge => Self::AnyEdge,
        }
    }
}

impl From<backend::Edge> for Edge {
    fn from(edge: backend::Edge) -> Self {
        Self { rising: edge.to.is_high(), at_ns: edge.at_ns, lost: edge.lost }
    }
}
