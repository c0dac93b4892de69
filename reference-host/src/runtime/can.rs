//! `periplasm:hal/can`.

use periplasm_backend::{CanBus, CanFrame, MAX_CAN_BYTES};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::abi::{CanError, Received, SentFrame, SentPayload};
use super::events::Waited;
use super::state::State;
use super::waiting::{self, NEVER};

pub(crate) struct CanSlot {
    /// A handle of its own: each slot gets each frame.
    pub(crate) bus: Box<dyn CanBus>,
}

type Answer<T> = wasmtime::Result<(Result<T, CanError>,)>;

pub(super) fn add_methods(can: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    can.func_wrap("[method]can.transmit", transmit)?;
    can.func_wrap("[method]can.receive", receive)?;
    can.func_wrap("[method]can.receivable", receivable)
}

fn transmit(
    mut store: StoreContextMut<'_, State>,
    (handle, frame, timeout_ns): (Resource<CanSlot>, SentFrame, Option<u64>),
) -> Answer<bool> {
    store.data_mut().called();
    let id = frame.id.into();
    let frame = match &frame.payload {
        SentPayload::Data(data) if data.len() > MAX_CAN_BYTES => None,
        SentPayload::Data(data) => CanFrame::new(id, data.as_le_slice(&store)),
        SentPayload::Remote(len) => CanFrame::remote(id, usize::from(*len)),
    };
    let Some(frame) = frame else { return Ok((Err(CanError::Other),)) };
    let state = store.data_mut();
    let until_ns = state.until_ns(timeout_ns);
    loop {
        let bounded_ns = state.bounded_ns(until_ns);
        match state.slot_mut(&handle)?.bus.transmit(&frame, bounded_ns) {
            Ok(false) => {}
            Ok(true) => return Ok((Ok(true),)),
            Err(error) => return Ok((Err(error.into()),)),
        }
        state.watch.check()?;
        if until_ns != NEVER {
            return Ok((Ok(false),));
        }
        waiting::idle();
    }
}

fn receive(
    mut store: StoreContextMut<'_, State>,
    (handle, timeout_ns): (Resource<CanSlot>, Option<u64>),
) -> Answer<Option<Received>> {
    let state = store.data_mut();
    state.called();
    let until_ns = state.until_ns(timeout_ns);
    loop {
        let bus = &mut state.slot_mut(&handle)?.bus;
        match bus.receive(0) {
            Ok(None) => {}
            Ok(Some(frame)) => return Ok((Ok(Some(frame.into())),)),
            Err(error) => return Ok((Err(error.into()),)),
        }
        let mut event = bus.receivable();
        if !state.wait_for(&mut *event, until_ns)? {
            return Ok((Ok(None),));
        }
    }
}

fn receivable(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<CanSlot>,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let event = state.slot_mut(&handle)?.bus.receivable();
    Ok((state.event(event)?,))
}
