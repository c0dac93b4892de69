//! The types that cross between host and stages, as `wit/` describes them.
//!
//! The derived implementations are `unsafe` because a wrong memory layout would
//! be. The macros make the layout from the type, and Wasmtime checks the type
//! against the component's when they are linked. Nothing here is unsafe by hand.
#![allow(unsafe_code)]

use wasmtime::component::{ComponentType, Lift, Lower, WasmList, WasmStr};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(variant)]
pub(super) enum ErrorCode {
    #[component(name = "bus")]
    Bus,
    #[component(name = "arbitration-loss")]
    ArbitrationLoss,
    #[component(name = "no-acknowledge")]
    NoAcknowledge(NoAcknowledgeSource),
    #[component(name = "overrun")]
    Overrun,
    #[component(name = "other")]
    Other,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(super) enum NoAcknowledgeSource {
    #[component(name = "address")]
    Address,
    #[component(name = "data")]
    Data,
    #[component(name = "unknown")]
    Unknown,
}

#[derive(ComponentType, Lift)]
#[component(variant)]
pub(super) enum Requested {
    #[component(name = "read")]
    Read(u64),
    #[component(name = "write")]
    Write(WasmList<u8>),
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
// Guests make the values.
#[allow(dead_code)]
pub(super) enum Level {
    #[component(name = "error")]
    Error,
    #[component(name = "warn")]
    Warn,
    #[component(name = "info")]
    Info,
    #[component(name = "debug")]
    Debug,
    #[component(name = "trace")]
    Trace,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(super) struct Location {
    pub(super) file: WasmStr,
    pub(super) line: u32,
    pub(super) column: u32,
}
