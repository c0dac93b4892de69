//! `usb-device`: an open device.

use std::sync::Arc;

use periplasm_usb::UsbDevice;
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::flow::Flow;
use super::{Answer, Device, Interface, Pipe, Usb};
use crate::runtime::abi::TransferError;
use crate::runtime::state::{State, not_a_handle};
use crate::runtime::watch::Stop;

/// An open device.
pub(super) struct Opened {
    pub(super) device: Arc<dyn UsbDevice>,
    /// The queue for requests that are waited for, from the first one on.
    pub(super) control: Option<Flow>,
}

impl Opened {
    pub(super) fn new(device: Arc<dyn UsbDevice>) -> Self {
        Self { device, control: None }
    }
}

impl Usb {
    pub(super) fn device(&self, handle: &Resource<Device>) -> wasmtime::Result<&Opened> {
        self.devices.get(handle.rep()).ok_or_else(not_a_handle)
    }
}

pub(super) fn add(usb: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    usb.func_wrap("[method]usb-device.configuration", configuration)?;
    usb.func_wrap("[method]usb-device.claim", claim)?;
    usb.func_wrap("[method]usb-device.control", control)
}

fn configuration(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<Device>,),
) -> Answer<u8> {
    let state = store.data_mut();
    state.called();
    let value = state.usb.device(&handle)?.device.configuration();
    Ok((value.map_err(TransferError::from),))
}

fn claim(
    mut store: StoreContextMut<'_, State>,
    (handle, number): (Resource<Device>, u8),
) -> Answer<Resource<Interface>> {
    let state = store.data_mut();
    state.called();
    if !state.usb.interfaces.has_room() {
        return Ok((Err(TransferError::Exhausted),));
    }
    let interface = match state.usb.device(&handle)?.device.claim(number) {
        Ok(interface) => interface,
        Err(error) => return Ok((Err(error.into()),)),
    };
    let number = state.usb.interfaces.insert(interface);
    Ok((number.map(Resource::new_own).ok_or(TransferError::Exhausted),))
}

fn control(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<Device>,),
) -> wasmtime::Result<(Resource<Pipe>,)> {
    let state = store.data_mut();
    state.called();
    let flow = Flow::new(state.usb.device(&handle)?.device.control());
    let number = state.usb.pipes.insert(flow);
    Ok((Resource::new_own(number.ok_or(Stop::TooMuch("256 USB pipes at once"))?),))
}
