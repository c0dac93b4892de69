//! `pipe`: what becomes of transfers.

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::flow::Place;
use super::{Answer, Pipe};
use crate::runtime::abi::{Completion, TransferError};
use crate::runtime::buffer::Buffer;
use crate::runtime::events::Waited;
use crate::runtime::state::State;

pub(super) fn add(usb: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    usb.func_wrap("[method]pipe.wait", wait)?;
    usb.func_wrap("[method]pipe.wait-into", wait_into)?;
    usb.func_wrap("[method]pipe.ready", ready)?;
    usb.func_wrap("[method]pipe.pending", pending)?;
    usb.func_wrap("[method]pipe.cancel", cancel)?;
    usb.func_wrap("[method]pipe.cancel-all", cancel_all)?;
    usb.func_wrap("[method]pipe.clear-halt", clear_halt)
}

fn place(pipe: &Resource<Pipe>) -> Place {
    Place::Pipe(pipe.rep())
}

fn wait(
    mut store: StoreContextMut<'_, State>,
    (pipe, timeout_ns): (Resource<Pipe>, Option<u64>),
) -> wasmtime::Result<(Option<Completion>,)> {
    let state = store.data_mut();
    state.called();
    let ended = state.ended(place(&pipe), timeout_ns)?;
    Ok((ended.map(|ended| state.usb.completion(ended)),))
}

fn wait_into(
    mut store: StoreContextMut<'_, State>,
    (pipe, timeout_ns, buffer, offset): (Resource<Pipe>, Option<u64>, Resource<Buffer>, u32),
) -> wasmtime::Result<(Option<Completion>,)> {
    let state = store.data_mut();
    state.called();
    let Some(ended) = state.ended(place(&pipe), timeout_ns)? else { return Ok((None,)) };
    let mut completion = state.usb.completion(ended);
    let room = state.buffers.rest_mut(&buffer, offset)?;
    let fits = room.len().min(completion.data.len());
    if let (Some(to), Some(from)) = (room.get_mut(..fits), completion.data.get(..fits)) {
        to.copy_from_slice(from);
    }
    if fits < completion.data.len() {
        completion.status = Some(TransferError::Overflow);
    }
    completion.data = state.usb.pool.none();
    Ok((Some(completion),))
}

fn ready(
    mut store: StoreContextMut<'_, State>,
    (pipe,): (Resource<Pipe>,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let event = state.usb.flow(place(&pipe))?.pipe.ready();
    Ok((state.outside_event(event)?,))
}

fn pending(
    mut store: StoreContextMut<'_, State>,
    (pipe,): (Resource<Pipe>,),
) -> wasmtime::Result<(u32,)> {
    let state = store.data_mut();
    state.called();
    let pending = state.usb.flow(place(&pipe))?.pipe.pending();
    // There are no more than the pipeline may have.
    Ok((u32::try_from(pending).unwrap_or(u32::MAX),))
}

fn cancel(
    mut store: StoreContextMut<'_, State>,
    (pipe, tag): (Resource<Pipe>, u32),
) -> wasmtime::Result<()> {
    let state = store.data_mut();
    state.called();
    state.usb.flow(place(&pipe))?.pipe.cancel(tag);
    Ok(())
}

fn cancel_all(
    mut store: StoreContextMut<'_, State>,
    (pipe,): (Resource<Pipe>,),
) -> wasmtime::Result<()> {
    let state = store.data_mut();
    state.called();
    state.usb.flow(place(&pipe))?.pipe.cancel_all();
    Ok(())
}

fn clear_halt(mut store: StoreContextMut<'_, State>, (pipe,): (Resource<Pipe>,)) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    Ok((state.usb.flow(place(&pipe))?.pipe.clear_halt().map_err(TransferError::from),))
}
