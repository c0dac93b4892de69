//! `periplasm:hal/output-pin` and `input-pin`.
//!
//! Setting a pin is benchmarked: the slot has it for itself, so there is no lock.

use periplasm_backend as backend;
use periplasm_backend::{Level, OutputPin};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::abi::{Condition, Edge, PinError};
use super::events::Waited;
use super::state::State;
use super::waiting::NEVER;
use crate::machine::{Input, InputSource, Lease};

pub(crate) struct OutputPinSlot {
    pub(crate) pin: Lease<dyn OutputPin>,
}

pub(crate) struct InputPinSlot {
    source: InputSource,
    pin: Input,
    /// Whether the handle was opened: edges count from then on.
    opened: bool,
}

impl InputPinSlot {
    /// Nothing, if the pin cannot be read any more.
    pub(crate) fn new(source: InputSource) -> Option<Self> {
        let pin = source.open()?;
        Some(Self { source, pin, opened: false })
    }
}

type Answer<T> = wasmtime::Result<(Result<T, PinError>,)>;

pub(super) fn add_output(pin: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    pin.func_wrap("[method]output-pin.set", set)?;
    pin.func_wrap("[method]output-pin.is-set-high", is_set_high)
}

pub(super) fn add_input(pin: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    pin.func_wrap("[method]input-pin.is-high", is_high)?;
    pin.func_wrap("[method]input-pin.wait-for", wait_for)?;
    pin.func_wrap("[method]input-pin.next-edge", next_edge)?;
    pin.func_wrap("[method]input-pin.watch", watch)
}

fn set(
    mut store: StoreContextMut<'_, State>,
    (handle, high): (Resource<OutputPinSlot>, bool),
) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    let pin = state.slot_mut(&handle)?.pin.get()?;
    Ok((pin.set(Level::from(high)).map_err(PinError::from),))
}

fn is_set_high(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<OutputPinSlot>,),
) -> Answer<bool> {
    let state = store.data_mut();
    state.called();
    let pin = state.slot_mut(&handle)?.pin.get()?;
    Ok((pin.get().map(Level::is_high).map_err(PinError::from),))
}

/// What an input's slot does when it is opened for the first time.
pub(super) fn opened(state: &mut State, handle: &Resource<InputPinSlot>) -> wasmtime::Result<()> {
    let slot = state.slot_mut(handle)?;
    if !std::mem::replace(&mut slot.opened, true)
        && let Some(pin) = slot.source.open()
    {
        slot.pin = pin;
    }
    Ok(())
}

fn is_high(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<InputPinSlot>,),
) -> Answer<bool> {
    let state = store.data_mut();
    state.called();
    let level = state.slot_mut(&handle)?.pin.level();
    Ok((level.map(Level::is_high).map_err(PinError::from),))
}

fn wait_for(
    mut store: StoreContextMut<'_, State>,
    (handle, condition, timeout_ns): (Resource<InputPinSlot>, Condition, Option<u64>),
) -> Answer<bool> {
    let state = store.data_mut();
    state.called();
    let until_ns = state.until_ns(timeout_ns);
    let mut event = match state.slot_mut(&handle)?.pin.watch(condition.into()) {
        Ok(event) => event,
        Err(error) => return Ok((Err(error.into()),)),
    };
    Ok((Ok(state.wait_for(&mut *event, until_ns)?),))
}

fn next_edge(
    mut store: StoreContextMut<'_, State>,
    (handle, timeout_ns): (Resource<InputPinSlot>, Option<u64>),
) -> Answer<Option<Edge>> {
    let state = store.data_mut();
    state.called();
    let until_ns = state.until_ns(timeout_ns);
    // On a simulated board the pin itself moves the clock to its next edge, and
    // only what another pipeline may do has to be waited for here.
    let at_once_ns = if state.real_time { 0 } else { until_ns };
    let pin = &mut state.slot_mut(&handle)?.pin;
    match pin.next_edge(at_once_ns) {
        Ok(None) if state.real_time || until_ns == NEVER => {}
        edge => return Ok((edge.map(|edge| edge.map(Edge::from)).map_err(PinError::from),)),
    }
    loop {
        // Watched before it is looked at, so that no edge falls in between.
        let pin = &mut state.slot_mut(&handle)?.pin;
        let event = pin.watch(backend::Condition::AnyEdge);
        let (mut event, edge) = match event.and_then(|event| Ok((event, pin.next_edge(0)?))) {
            Ok(found) => found,
            Err(error) => return Ok((Err(error.into()),)),
        };
        if edge.is_some() || !state.wait_for(&mut *event, until_ns)? {
            return Ok((Ok(edge.map(Edge::from)),));
        }
    }
}

fn watch(
    mut store: StoreContextMut<'_, State>,
    (handle, condition): (Resource<InputPinSlot>, Condition),
) -> Answer<Resource<Waited>> {
    let state = store.data_mut();
    state.called();
    match state.slot_mut(&handle)?.pin.watch(condition.into()) {
        Ok(event) => Ok((Ok(state.event(event)?),)),
        Err(error) => Ok((Err(error.into()),)),
    }
}
