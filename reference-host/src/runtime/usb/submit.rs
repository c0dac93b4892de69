//! `pipe`: transfers that are started now and waited for later.

use periplasm_usb::Request;
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, WasmList};

use super::flow::{Place, Start};
use super::{Answer, MAX_USB_PACKETS, Pipe};
use crate::runtime::abi::{Setup, TransferError};
use crate::runtime::buffer::Buffer;
use crate::runtime::state::State;

/// The direction bit of `bmRequestType`: to the host (USB 2.0, table 9-2).
const IN: u8 = 0x80;

pub(super) fn add(usb: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    usb.func_wrap("[method]pipe.submit-out", submit_out)?;
    usb.func_wrap("[method]pipe.submit-out-from", submit_out_from)?;
    usb.func_wrap("[method]pipe.submit-in", submit_in)?;
    usb.func_wrap("[method]pipe.submit-control-out", submit_control_out)?;
    usb.func_wrap("[method]pipe.submit-control-in", submit_control_in)?;
    usb.func_wrap("[method]pipe.submit-isochronous-out", submit_isochronous_out)?;
    usb.func_wrap("[method]pipe.submit-isochronous-in", submit_isochronous_in)
}

type Prepared = Result<Start, TransferError>;

/// A transfer of what a guest holds, in memory that was used before if there is
/// some: the only copy on its way out.
pub(super) fn out(store: &mut StoreContextMut<'_, State>, data: &WasmList<u8>) -> Prepared {
    let data = read(store, data)?;
    Ok(Start { bytes: data.len(), request: Request::Out(data) })
}

/// A transfer of at most `len` bytes to a guest.
pub(super) fn inbound(state: &mut State, len: u32) -> Prepared {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    state.usb.room(len)?;
    let room = state.usb.pool.take(len);
    Ok(Start { request: Request::In { len, room }, bytes: len })
}

pub(super) fn control_out(
    store: &mut StoreContextMut<'_, State>,
    setup: Setup,
    data: &WasmList<u8>,
) -> Prepared {
    let setup = periplasm_usb::Setup::from(setup);
    if setup.request_type & IN != 0 || data.len() > usize::from(u16::MAX) {
        return Err(TransferError::Invalid);
    }
    let data = read(store, data)?;
    Ok(Start { bytes: data.len(), request: Request::ControlOut { setup, data } })
}

pub(super) fn control_in(setup: Setup, len: u16) -> Prepared {
    let setup = periplasm_usb::Setup::from(setup);
    if setup.request_type & IN == 0 {
        return Err(TransferError::Invalid);
    }
    Ok(Start { bytes: len.into(), request: Request::ControlIn { setup, len } })
}

fn read(
    store: &mut StoreContextMut<'_, State>,
    data: &WasmList<u8>,
) -> Result<Vec<u8>, TransferError> {
    store.data().usb.room(data.len())?;
    let mut bytes = store.data_mut().usb.pool.take(data.len());
    bytes.extend_from_slice(data.as_le_slice(&*store));
    Ok(bytes)
}

/// The lengths of packets, and their sum.
fn packets(
    store: &StoreContextMut<'_, State>,
    packets: &WasmList<u32>,
) -> Result<(Vec<u32>, usize), TransferError> {
    if packets.len() > MAX_USB_PACKETS {
        return Err(TransferError::Exhausted);
    }
    let packets = packets.as_le_slice(store);
    let sum: u64 = packets.iter().map(|len| u64::from(*len)).sum();
    let sum = usize::try_from(sum).unwrap_or(usize::MAX);
    store.data().usb.room(sum)?;
    Ok((packets.to_vec(), sum))
}

fn start(state: &mut State, pipe: &Resource<Pipe>, prepared: Prepared) -> Answer<u32> {
    match prepared {
        Ok(start) => Ok((state.usb.submit(Place::Pipe(pipe.rep()), start)?,)),
        Err(error) => Ok((Err(error),)),
    }
}

fn submit_out(
    mut store: StoreContextMut<'_, State>,
    (pipe, data): (Resource<Pipe>, WasmList<u8>),
) -> Answer<u32> {
    store.data_mut().called();
    let prepared = out(&mut store, &data);
    start(store.data_mut(), &pipe, prepared)
}

fn submit_out_from(
    mut store: StoreContextMut<'_, State>,
    (pipe, buffer, offset, len): (Resource<Pipe>, Resource<Buffer>, u32, u32),
) -> Answer<u32> {
    let state = store.data_mut();
    state.called();
    let Some(bytes) = state.buffers.part(&buffer, offset, len)? else {
        return Ok((Err(TransferError::Invalid),));
    };
    let prepared = state.usb.room(bytes.len()).map(|()| {
        let mut data = state.usb.pool.take(bytes.len());
        data.extend_from_slice(bytes);
        Start { bytes: data.len(), request: Request::Out(data) }
    });
    start(state, &pipe, prepared)
}

fn submit_in(
    mut store: StoreContextMut<'_, State>,
    (pipe, len): (Resource<Pipe>, u32),
) -> Answer<u32> {
    let state = store.data_mut();
    state.called();
    let prepared = inbound(state, len);
    start(state, &pipe, prepared)
}

fn submit_control_out(
    mut store: StoreContextMut<'_, State>,
    (pipe, setup, data): (Resource<Pipe>, Setup, WasmList<u8>),
) -> Answer<u32> {
    store.data_mut().called();
    let prepared = control_out(&mut store, setup, &data);
    start(store.data_mut(), &pipe, prepared)
}

fn submit_control_in(
    mut store: StoreContextMut<'_, State>,
    (pipe, setup, len): (Resource<Pipe>, Setup, u16),
) -> Answer<u32> {
    let state = store.data_mut();
    state.called();
    start(state, &pipe, control_in(setup, len))
}

fn submit_isochronous_out(
    mut store: StoreContextMut<'_, State>,
    (pipe, data, lens): (Resource<Pipe>, WasmList<u8>, WasmList<u32>),
) -> Answer<u32> {
    store.data_mut().called();
    let prepared = packets(&store, &lens).and_then(|(packets, sum)| {
        if sum != data.len() {
            return Err(TransferError::Invalid);
        }
        let data = read(&mut store, &data)?;
        Ok(Start { bytes: sum, request: Request::IsochronousOut { data, packets } })
    });
    start(store.data_mut(), &pipe, prepared)
}

fn submit_isochronous_in(
    mut store: StoreContextMut<'_, State>,
    (pipe, lens): (Resource<Pipe>, WasmList<u32>),
) -> Answer<u32> {
    store.data_mut().called();
    let prepared = packets(&store, &lens)
        .map(|(packets, sum)| Start { bytes: sum, request: Request::IsochronousIn { packets } });
    start(store.data_mut(), &pipe, prepared)
}
