//! `usb-interface`: an interface that was taken.

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::flow::Flow;
use super::{Answer, Interface, Pipe};
use crate::runtime::abi::TransferError;
use crate::runtime::state::{State, not_a_handle};

pub(super) fn add(usb: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    usb.func_wrap("[method]usb-interface.set-alternate", set_alternate)?;
    usb.func_wrap("[method]usb-interface.pipe", pipe)
}

fn set_alternate(
    mut store: StoreContextMut<'_, State>,
    (handle, setting): (Resource<Interface>, u8),
) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    let interface = state.usb.interfaces.get_mut(handle.rep()).ok_or_else(not_a_handle)?;
    Ok((interface.set_alternate(setting).map_err(TransferError::from),))
}

fn pipe(
    mut store: StoreContextMut<'_, State>,
    (handle, endpoint): (Resource<Interface>, u8),
) -> Answer<Resource<Pipe>> {
    let state = store.data_mut();
    state.called();
    if !state.usb.pipes.has_room() {
        return Ok((Err(TransferError::Exhausted),));
    }
    let interface = state.usb.interfaces.get_mut(handle.rep()).ok_or_else(not_a_handle)?;
    let flow = match interface.pipe(endpoint) {
        Ok(pipe) => Flow::new(pipe),
        Err(error) => return Ok((Err(error.into()),)),
    };
    let number = state.usb.pipes.insert(flow);
    Ok((number.map(Resource::new_own).ok_or(TransferError::Exhausted),))
}
