//! `usb-host`: the devices that a slot was granted.

use std::sync::Arc;

use periplasm_usb::{Changes, DeviceId, UsbHost};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::device::Opened;
use super::{Answer, Device};
use crate::runtime::abi::{Change, DeviceInfo, TransferError};
use crate::runtime::events::Waited;
use crate::runtime::state::State;

pub(crate) struct UsbSlot {
    /// Shows and does nothing but what was granted.
    host: Arc<dyn UsbHost>,
    /// From the first time that somebody asks for one.
    changes: Option<Box<dyn Changes>>,
}

impl UsbSlot {
    pub(crate) fn new(host: Arc<dyn UsbHost>) -> Self {
        Self { host, changes: None }
    }

    fn changes(&mut self) -> &mut dyn Changes {
        let host = &self.host;
        &mut **self.changes.get_or_insert_with(|| host.watch())
    }
}

pub(super) fn add(usb: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    usb.func_wrap("[method]usb-host.devices", devices)?;
    usb.func_wrap("[method]usb-host.next-change", next_change)?;
    usb.func_wrap("[method]usb-host.changed", changed)?;
    usb.func_wrap("[method]usb-host.descriptors", descriptors)?;
    usb.func_wrap("[method]usb-host.open", open)
}

fn devices(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbSlot>,),
) -> wasmtime::Result<(Vec<DeviceInfo>,)> {
    let state = store.data_mut();
    state.called();
    let devices = state.slot(&handle)?.host.devices();
    Ok((devices.into_iter().map(DeviceInfo::from).collect(),))
}

fn next_change(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbSlot>,),
) -> wasmtime::Result<(Option<Change>,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot_mut(&handle)?.changes().next().map(Change::from),))
}

fn changed(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbSlot>,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let event = state.slot_mut(&handle)?.changes().changed();
    Ok((state.outside_event(event)?,))
}

fn descriptors(
    mut store: StoreContextMut<'_, State>,
    (handle, id): (Resource<UsbSlot>, u64),
) -> Answer<Vec<u8>> {
    let state = store.data_mut();
    state.called();
    let devices = state.slot(&handle)?.host.devices();
    // A number that was listed stands for no other device ever.
    let device = devices.into_iter().find(|device| device.id == DeviceId(id));
    Ok((device.map(|device| device.descriptors.to_vec()).ok_or(TransferError::Gone),))
}

fn open(
    mut store: StoreContextMut<'_, State>,
    (handle, id): (Resource<UsbSlot>, u64),
) -> Answer<Resource<Device>> {
    let state = store.data_mut();
    state.called();
    if !state.usb.devices.has_room() {
        return Ok((Err(TransferError::Exhausted),));
    }
    let device = match state.slot(&handle)?.host.open(DeviceId(id)) {
        Ok(device) => Opened::new(device),
        Err(error) => return Ok((Err(error.into()),)),
    };
    let number = state.usb.devices.insert(device);
    Ok((number.map(Resource::new_own).ok_or(TransferError::Exhausted),))
}
