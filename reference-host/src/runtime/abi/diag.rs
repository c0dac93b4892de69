//! `periplasm:hal/diag`.

use wasmtime::component::{ComponentType, Lift, WasmStr};

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
// Guests make the values.
#[allow(dead_code)]
pub(in crate::runtime) enum Level {
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
pub(in crate::runtime) struct Location {
    pub(in crate::runtime) file: WasmStr,
    pub(in crate::runtime) line: u32,
    pub(in crate::runtime) column: u32,
}
