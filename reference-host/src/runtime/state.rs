//! What the host functions of one pipeline work on.

use std::sync::Arc;

use periplasm_backend::{Clock, I2cAddress, SharedI2c};
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::WasiCtx;

use super::limits::Limiter;
use super::log::LogSink;
use super::wait::Waits;
use super::watch::Watch;
use crate::pipeline::Slot;

/// The type of `i2c` handles. A handle's number is its slot's place in
/// [`State::slots`], so a lookup is an index, and a thousand handles of one
/// slot take no more than one.
pub(crate) struct I2c(());

/// The type of `diag` handles, numbered the same way.
pub(crate) struct Diag(());

/// The data of a store.
pub(crate) struct State {
    /// One a slot, in the order of the pipeline's slots.
    pub(crate) slots: Box<[SlotState]>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether a delay takes real time.
    pub(crate) real_time: bool,
    pub(crate) watch: Watch,
    /// The moments the app waits for at once.
    pub(crate) waits: Waits,
    pub(crate) limiter: Limiter,
    pub(crate) panic: Option<PanicReport>,
    pub(crate) log: LogSink,
    pub(crate) wasi: WasiCtx,
    pub(crate) table: ResourceTable,
}

/// What a stage said last through `panicked`.
#[derive(Clone, Debug)]
pub(crate) struct PanicReport {
    pub(crate) stage: Arc<str>,
    pub(crate) message: String,
    pub(crate) location: Option<String>,
}

/// What one slot was granted.
pub(crate) enum SlotState {
    I2c(I2cSlot),
    Diag(DiagSlot),
}

pub(crate) struct I2cSlot {
    pub(crate) stage: Arc<str>,
    pub(crate) slot: Arc<str>,
    pub(crate) bus: SharedI2c,
    /// In the order of the request. There are few, so searching them in turn
    /// is faster than any map.
    pub(crate) addresses: Box<[I2cAddress]>,
    /// Whether a warning about a call out of bounds was given.
    pub(crate) warned: bool,
}

pub(crate) struct DiagSlot {
    pub(crate) stage: Arc<str>,
    pub(crate) bytes_left: usize,
    /// Whether it was said that messages are being dropped.
    pub(crate) dropping: bool,
}

impl SlotState {
    pub(crate) fn i2c(slot: &Slot, bus: SharedI2c, addresses: &[I2cAddress]) -> Self {
        let (stage, slot) = (slot.stage().into(), slot.name().into());
        Self::I2c(I2cSlot { stage, slot, bus, addresses: addresses.into(), warned: false })
    }

    pub(crate) fn diag(slot: &Slot, log_bytes: usize) -> Self {
        let stage = slot.stage().into();
        Self::Diag(DiagSlot { stage, bytes_left: log_bytes, dropping: false })
    }
}

impl State {
    /// To be called by each host function first.
    #[inline]
    pub(super) fn called(&mut self) {
        self.watch.reset();
        self.limiter.forget();
    }

    // A guest cannot make up a number: Wasmtime looks it up in the guest's
    // table of handles. Should one be wrong all the same, the call fails.
    #[inline]
    pub(super) fn i2c(&self, handle: &Resource<I2c>) -> wasmtime::Result<&I2cSlot> {
        match self.slots.get(handle.rep() as usize) {
            Some(SlotState::I2c(slot)) => Ok(slot),
            _ => Err(not_a_handle()),
        }
    }

    pub(super) fn i2c_mut(&mut self, handle: &Resource<I2c>) -> wasmtime::Result<&mut I2cSlot> {
        match self.slots.get_mut(handle.rep() as usize) {
            Some(SlotState::I2c(slot)) => Ok(slot),
            _ => Err(not_a_handle()),
        }
    }

    pub(super) fn diag_mut(&mut self, handle: &Resource<Diag>) -> wasmtime::Result<&mut DiagSlot> {
        match self.slots.get_mut(handle.rep() as usize) {
            Some(SlotState::Diag(slot)) => Ok(slot),
            _ => Err(not_a_handle()),
        }
    }
}

#[cold]
fn not_a_handle() -> wasmtime::Error {
    wasmtime::Error::msg("a handle that was not opened")
}
