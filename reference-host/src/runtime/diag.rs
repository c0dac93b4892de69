//! `periplasm:hal/diag`: what a stage says about itself.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, WasmStr};

use super::abi::{Level, Location};
use super::log::{LogLevel, LogRecord};
use super::state::{PanicReport, State};
use crate::text::printable;

/// The most bytes of one message that are shown.
pub const MAX_LOG_MESSAGE_BYTES: usize = 4096;

/// What a message takes of its stage's log at the least: an empty one is a line
/// too.
const MIN_LOG_COST: usize = 8;

/// The most bytes of a source file's name.
const MAX_FILE_BYTES: usize = 256;

pub(crate) struct DiagSlot {
    pub(crate) stage: Arc<str>,
    pub(crate) bytes_left: usize,
    /// Whether it was said that messages are being dropped.
    pub(crate) dropping: bool,
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warn => Self::Warn,
            Level::Info => Self::Info,
            Level::Debug => Self::Debug,
            Level::Trace => Self::Trace,
        }
    }
}

pub(super) fn add_methods(diag: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    diag.func_wrap("[method]diag.log", log)?;
    diag.func_wrap("[method]diag.panicked", panicked)
}

fn log(
    mut store: StoreContextMut<'_, State>,
    (handle, level, message): (Resource<DiagSlot>, Level, WasmStr),
) -> wasmtime::Result<()> {
    // A guest that lacks memory may say so, so the refusal is not forgotten.
    store.data_mut().watch.reset();
    if store.data_mut().slot_mut(&handle)?.bytes_left == 0 {
        return drop_message(store.data_mut(), &handle);
    }
    let message = printable(&message.to_str(&store)?, MAX_LOG_MESSAGE_BYTES).into_owned();
    let state = store.data_mut();
    let slot = state.slot_mut(&handle)?;
    let cost = message.len().max(MIN_LOG_COST);
    if cost > slot.bytes_left {
        slot.bytes_left = 0;
        return drop_message(state, &handle);
    }
    slot.bytes_left -= cost;
    let stage = slot.stage.clone();
    state.log.put(LogRecord { stage: &stage, level: level.into(), message: &message });
    Ok(())
}

/// Says once that a stage's messages are not shown any more.
fn drop_message(state: &mut State, handle: &Resource<DiagSlot>) -> wasmtime::Result<()> {
    let slot = state.slot_mut(handle)?;
    if !std::mem::replace(&mut slot.dropping, true) {
        let stage: Arc<str> = slot.stage.clone();
        let message = "it has used up its log; its further messages are dropped";
        state.log.put(LogRecord { stage: &stage, level: LogLevel::Warn, message });
    }
    Ok(())
}

fn panicked(
    mut store: StoreContextMut<'_, State>,
    (handle, message, location): (Resource<DiagSlot>, WasmStr, Option<Location>),
) -> wasmtime::Result<()> {
    store.data_mut().watch.reset();
    let message = printable(&message.to_str(&store)?, MAX_LOG_MESSAGE_BYTES).into_owned();
    let location = match location {
        Some(Location { file, line, column }) => {
            let file = file.to_str(&store)?;
            Some(format!("{}:{line}:{column}", printable(&file, MAX_FILE_BYTES)))
        }
        None => None,
    };
    let state = store.data_mut();
    let stage = state.slot_mut(&handle)?.stage.clone();
    state.panic = Some(PanicReport { stage, message, location });
    Ok(())
}
