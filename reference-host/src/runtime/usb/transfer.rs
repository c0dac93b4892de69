//! Transfers that are waited for: of `usb-device` on the default pipe, and of
//! `pipe`.

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, WasmList};

use super::flow::{Place, Start};
use super::submit::{control_in, control_out, inbound, out};
use super::{Device, Pipe};
use crate::runtime::abi::{Completion, Setup, TransferError};
use crate::runtime::state::State;

pub(super) fn add(usb: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    usb.func_wrap("[method]usb-device.control-in", device_control_in)?;
    usb.func_wrap("[method]usb-device.control-out", device_control_out)?;
    usb.func_wrap("[method]pipe.transfer-out", transfer_out)?;
    usb.func_wrap("[method]pipe.transfer-in", transfer_in)
}

type Answer = wasmtime::Result<(Completion,)>;

fn done(
    state: &mut State,
    place: Place,
    prepared: Result<Start, TransferError>,
    timeout_ns: Option<u64>,
) -> Answer {
    match prepared {
        Ok(start) => Ok((state.transfer(place, start, timeout_ns)?,)),
        Err(error) => Ok((state.usb.refused(error),)),
    }
}

fn device_control_in(
    mut store: StoreContextMut<'_, State>,
    (device, setup, len, timeout_ns): (Resource<Device>, Setup, u16, Option<u64>),
) -> Answer {
    let state = store.data_mut();
    state.called();
    done(state, Place::control(&device), control_in(setup, len), timeout_ns)
}

fn device_control_out(
    mut store: StoreContextMut<'_, State>,
    (device, setup, data, timeout_ns): (Resource<Device>, Setup, WasmList<u8>, Option<u64>),
) -> Answer {
    store.data_mut().called();
    let prepared = control_out(&mut store, setup, &data);
    done(store.data_mut(), Place::control(&device), prepared, timeout_ns)
}

fn transfer_out(
    mut store: StoreContextMut<'_, State>,
    (pipe, data, timeout_ns): (Resource<Pipe>, WasmList<u8>, Option<u64>),
) -> Answer {
    store.data_mut().called();
    let prepared = out(&mut store, &data);
    done(store.data_mut(), Place::Pipe(pipe.rep()), prepared, timeout_ns)
}

fn transfer_in(
    mut store: StoreContextMut<'_, State>,
    (pipe, len, timeout_ns): (Resource<Pipe>, u32, Option<u64>),
) -> Answer {
    let state = store.data_mut();
    state.called();
    let prepared = inbound(state, len);
    done(state, Place::Pipe(pipe.rep()), prepared, timeout_ns)
}
