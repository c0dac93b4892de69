//! `periplasm:hal/serial`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use periplasm_backend::Serial;
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, WasmList};

use super::abi::SerialError;
use super::events::Waited;
use super::state::State;
use crate::machine::Lease;

/// The most bytes that one call reads, or takes to be sent: 64 KiB, more than
/// any kernel keeps for a port.
pub const MAX_SERIAL_BYTES: usize = 64 << 10;

pub(crate) struct SerialSlot {
    // Nobody else has it: the lock lets what is written be read where it
    // stands in the guest's memory, beside the state.
    port: Mutex<Lease<dyn Serial>>,
}

impl SerialSlot {
    pub(crate) fn new(port: Lease<dyn Serial>) -> Self {
        Self { port: Mutex::new(port) }
    }

    fn port(&self) -> MutexGuard<'_, Lease<dyn Serial>> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Answer<T> = wasmtime::Result<(Result<T, SerialError>,)>;

pub(super) fn add_methods(serial: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    serial.func_wrap("[method]serial.read", read)?;
    serial.func_wrap("[method]serial.write", write)?;
    serial.func_wrap("[method]serial.flush", flush)?;
    serial.func_wrap("[method]serial.read-ready", read_ready)?;
    serial.func_wrap("[method]serial.readable", readable)
}

fn read(
    mut store: StoreContextMut<'_, State>,
    (handle, max, timeout_ns): (Resource<SerialSlot>, u32, Option<u64>),
) -> Answer<Vec<u8>> {
    let state = store.data_mut();
    state.called();
    let slot = state.slot(&handle)?;
    let max = usize::try_from(max).unwrap_or(MAX_SERIAL_BYTES).min(MAX_SERIAL_BYTES);
    let mut data = vec![0; max];
    let until_ns = state.until_ns(timeout_ns);
    loop {
        let mut port = slot.port();
        match port.get()?.read(&mut data, 0) {
            Ok(0) if max > 0 => {}
            Ok(len) => {
                data.truncate(len);
                return Ok((Ok(data),));
            }
            Err(error) => return Ok((Err(error.into()),)),
        }
        let mut event = port.get()?.readable();
        drop(port);
        if !state.wait_for(&mut *event, until_ns)? {
            return Ok((Ok(Vec::new()),));
        }
    }
}

fn write(
    mut store: StoreContextMut<'_, State>,
    (handle, data): (Resource<SerialSlot>, WasmList<u8>),
) -> Answer<u32> {
    store.data_mut().called();
    let data = data.as_le_slice(&store);
    let data = data.get(..MAX_SERIAL_BYTES).unwrap_or(data);
    let written = store.data().slot(&handle)?.port().get()?.write(data);
    // There are no more than were handed over.
    Ok((written.map(|len| len as u32).map_err(SerialError::from),))
}

fn flush(mut store: StoreContextMut<'_, State>, (handle,): (Resource<SerialSlot>,)) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.port().get()?.flush().map_err(SerialError::from),))
}

fn read_ready(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<SerialSlot>,),
) -> Answer<bool> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.port().get()?.read_ready().map_err(SerialError::from),))
}

fn readable(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<SerialSlot>,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let event = state.slot(&handle)?.port().get()?.readable();
    Ok((state.event(event)?,))
}
