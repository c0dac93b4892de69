//! `periplasm:device/types`, for whoever calls a driver's functions from
//! outside of a pipeline: tests, benchmarks, hosts with a display.
//!
//! A thermometer's function is
//! `running.typed_func::<(), (Result<i32, DeviceError>,)>(THERMOMETER, "temperature")`.
//!
//! As in `runtime::abi`, the derived implementations are `unsafe` and made by
//! Wasmtime's macros; nothing here is unsafe by hand.
#![allow(unsafe_code)]

use wasmtime::component::{ComponentType, Lift, Lower};

/// The interface with `temperature`, in milli-°C as `i32`.
pub const THERMOMETER: &str = "periplasm:device/thermometer@0.1.0";
/// The interface with `humidity`, in milli-% as `u32`.
pub const HYGROMETER: &str = "periplasm:device/hygrometer@0.1.0";
/// The interface with `pressure`, in milli-Pa as `u32`.
pub const BAROMETER: &str = "periplasm:device/barometer@0.1.0";

/// What went wrong on the wires between driver and chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ComponentType, Lift, Lower, thiserror::Error)]
#[component(enum)]
#[repr(u8)]
pub enum BusFault {
    /// A misplaced START or STOP, or a line stuck low.
    #[error("bus")]
    #[component(name = "bus")]
    Bus,
    /// Another controller won the bus.
    #[error("arbitration loss")]
    #[component(name = "arbitration-loss")]
    ArbitrationLoss,
    /// The chip did not acknowledge: absent, busy, or not granted.
    #[error("no acknowledge")]
    #[component(name = "no-acknowledge")]
    NoAcknowledge,
    /// Bytes were lost.
    #[error("overrun")]
    #[component(name = "overrun")]
    Overrun,
    /// Anything else.
    #[error("other")]
    #[component(name = "other")]
    Other,
}

/// Why a device could not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ComponentType, Lift, Lower, thiserror::Error)]
#[component(variant)]
pub enum DeviceError {
    /// The bus failed.
    #[error("its bus failed ({0})")]
    #[component(name = "bus")]
    Bus(BusFault),
    /// The chip's answer makes no sense.
    #[error("what it was told makes no sense")]
    #[component(name = "invalid-data")]
    InvalidData,
    /// The device has nothing to say yet.
    #[error("it is not ready")]
    #[component(name = "not-ready")]
    NotReady,
    /// The device is not there any more.
    #[error("its device is gone")]
    #[component(name = "gone")]
    Gone,
}
