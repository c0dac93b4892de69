//! `wasi:i2c/i2c`.

use wasmtime::component::{ComponentType, Lift, Lower, WasmList};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(variant)]
pub(in crate::runtime) enum ErrorCode {
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
pub(in crate::runtime) enum NoAcknowledgeSource {
    #[component(name = "address")]
    Address,
    #[component(name = "data")]
    Data,
    #[component(name = "unknown")]
    Unknown,
}

#[derive(ComponentType, Lift)]
#[component(variant)]
pub(in crate::runtime) enum Requested {
    #[component(name = "read")]
    Read(u64),
    #[component(name = "write")]
    Write(WasmList<u8>),
}
