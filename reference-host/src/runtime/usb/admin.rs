//! `periplasm:usb/usb-admin`: what changes a device for everybody. Each was
//! granted by its own word, or is denied by the device.

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::{Answer, Device};
use crate::runtime::abi::TransferError;
use crate::runtime::state::State;

pub(in crate::runtime) fn add(admin: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    admin.func_wrap("reset", reset)?;
    admin.func_wrap("set-configuration", set_configuration)?;
    admin.func_wrap("kernel-driver-active", kernel_driver_active)?;
    admin.func_wrap("detach-kernel-driver", detach_kernel_driver)?;
    admin.func_wrap("attach-kernel-driver", attach_kernel_driver)
}

fn reset(mut store: StoreContextMut<'_, State>, (device,): (Resource<Device>,)) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    Ok((state.usb.device(&device)?.device.reset().map_err(TransferError::from),))
}

fn set_configuration(
    mut store: StoreContextMut<'_, State>,
    (device, value): (Resource<Device>, u8),
) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    let set = state.usb.device(&device)?.device.set_configuration(value);
    Ok((set.map_err(TransferError::from),))
}

fn kernel_driver_active(
    mut store: StoreContextMut<'_, State>,
    (device, number): (Resource<Device>, u8),
) -> Answer<bool> {
    let state = store.data_mut();
    state.called();
    let active = state.usb.device(&device)?.device.kernel_driver_active(number);
    Ok((active.map_err(TransferError::from),))
}

fn detach_kernel_driver(
    mut store: StoreContextMut<'_, State>,
    (device, number): (Resource<Device>, u8),
) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    let detached = state.usb.device(&device)?.device.detach_kernel_driver(number);
    Ok((detached.map_err(TransferError::from),))
}

fn attach_kernel_driver(
    mut store: StoreContextMut<'_, State>,
    (device, number): (Resource<Device>, u8),
) -> Answer<()> {
    let state = store.data_mut();
    state.called();
    let attached = state.usb.device(&device)?.device.attach_kernel_driver(number);
    Ok((attached.map_err(TransferError::from),))
}
