//! `periplasm:usb-device/usb-device`: a controller that a gadget drives.

use std::sync::{Mutex, MutexGuard, PoisonError};

use periplasm_usb::{BusEvents, EndpointConfig, UsbController};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, WasmList};

use crate::machine::Lease;
use crate::runtime::abi::{ControllerError, Endpoint, Events, PortSpeed};
use crate::runtime::events::Waited;
use crate::runtime::state::State;
use crate::runtime::waiting::deadline;

/// The most bytes of a packet at high speed (USB 2.0, 5.6.3 and 5.7.3).
const MAX_PACKET_BYTES: usize = 1024;

/// Sixteen numbers, in both directions (USB 2.0, 8.3.2.2).
const MAX_ENDPOINTS: usize = 32;

pub(crate) struct UsbDeviceSlot {
    // Nobody else has it: the lock lets a packet be read where it stands in the
    // guest's memory, beside the state.
    port: Mutex<Lease<dyn UsbController>>,
}

impl UsbDeviceSlot {
    pub(crate) fn new(port: Lease<dyn UsbController>) -> Self {
        Self { port: Mutex::new(port) }
    }

    fn port(&self) -> MutexGuard<'_, Lease<dyn UsbController>> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A gadget that has ended is unplugged.
impl Drop for UsbDeviceSlot {
    fn drop(&mut self) {
        if let Ok(port) = self.port().get() {
            port.disable();
        }
    }
}

type Answer<T> = wasmtime::Result<(Result<T, ControllerError>,)>;

pub(in crate::runtime) fn add(device: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    device.func_wrap("[method]usb-device.speed", speed)?;
    device.func_wrap("[method]usb-device.enable", enable)?;
    device.func_wrap("[method]usb-device.disable", disable)?;
    device.func_wrap("[method]usb-device.poll", poll)?;
    device.func_wrap("[method]usb-device.wait", wait)?;
    device.func_wrap("[method]usb-device.happened", happened)?;
    device.func_wrap("[method]usb-device.write", write)?;
    device.func_wrap("[method]usb-device.read", read)?;
    device.func_wrap("[method]usb-device.set-stalled", set_stalled)?;
    device.func_wrap("[method]usb-device.is-stalled", is_stalled)?;
    device.func_wrap("[method]usb-device.set-address", set_address)?;
    device.func_wrap("[method]usb-device.remote-wakeup", remote_wakeup)
}

fn speed(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbDeviceSlot>,),
) -> wasmtime::Result<(PortSpeed,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.port().get()?.speed().into(),))
}

fn enable(
    mut store: StoreContextMut<'_, State>,
    (handle, endpoints): (Resource<UsbDeviceSlot>, WasmList<Endpoint>),
) -> Answer<()> {
    store.data_mut().called();
    if endpoints.len() > MAX_ENDPOINTS {
        return Ok((Err(ControllerError::Invalid),));
    }
    let endpoints: Vec<EndpointConfig> = endpoints
        .iter(&mut store)?
        .map(|endpoint| endpoint.map(EndpointConfig::from))
        .collect::<wasmtime::Result<_>>()?;
    let enabled = store.data().slot(&handle)?.port().get()?.enable(&endpoints);
    Ok((enabled.map_err(ControllerError::from),))
}

fn disable(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbDeviceSlot>,),
) -> wasmtime::Result<()> {
    let state = store.data_mut();
    state.called();
    state.slot(&handle)?.port().get()?.disable();
    Ok(())
}

fn poll(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbDeviceSlot>,),
) -> wasmtime::Result<(Events,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.port().get()?.poll().into(),))
}

fn wait(
    mut store: StoreContextMut<'_, State>,
    (handle, timeout_ns): (Resource<UsbDeviceSlot>, Option<u64>),
) -> wasmtime::Result<(Events,)> {
    let state = store.data_mut();
    state.called();
    let slot = state.slot(&handle)?;
    let end = timeout_ns.and_then(deadline);
    loop {
        let mut port = slot.port();
        let events = port.get()?.poll();
        let happened = events.bus != BusEvents::default()
            || events.setup.is_some()
            || events.out_ready != 0
            || events.in_complete != 0;
        if happened {
            return Ok((events.into(),));
        }
        let mut event = port.get()?.happened();
        drop(port);
        if !state.wait_outside(&mut *event, end)? {
            return Ok((events.into(),));
        }
    }
}

fn happened(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbDeviceSlot>,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let event = state.slot(&handle)?.port().get()?.happened();
    Ok((state.outside_event(event)?,))
}

fn write(
    mut store: StoreContextMut<'_, State>,
    (handle, number, packet): (Resource<UsbDeviceSlot>, u8, WasmList<u8>),
) -> Answer<()> {
    store.data_mut().called();
    let packet = packet.as_le_slice(&store);
    let written = store.data().slot(&handle)?.port().get()?.write(number, packet);
    Ok((written.map_err(ControllerError::from),))
}

fn read(
    mut store: StoreContextMut<'_, State>,
    (handle, number, max): (Resource<UsbDeviceSlot>, u8, u32),
) -> Answer<Vec<u8>> {
    let state = store.data_mut();
    state.called();
    // No packet needs more.
    let max = usize::try_from(max).unwrap_or(MAX_PACKET_BYTES).min(MAX_PACKET_BYTES);
    let mut packet = vec![0; max];
    let read = state.slot(&handle)?.port().get()?.read(number, &mut packet);
    let packet = read.map(|len| {
        packet.truncate(len);
        packet
    });
    Ok((packet.map_err(ControllerError::from),))
}

fn set_stalled(
    mut store: StoreContextMut<'_, State>,
    (handle, address, stalled): (Resource<UsbDeviceSlot>, u8, bool),
) -> wasmtime::Result<()> {
    let state = store.data_mut();
    state.called();
    state.slot(&handle)?.port().get()?.set_stalled(address, stalled);
    Ok(())
}

fn is_stalled(
    mut store: StoreContextMut<'_, State>,
    (handle, address): (Resource<UsbDeviceSlot>, u8),
) -> wasmtime::Result<(bool,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.port().get()?.is_stalled(address),))
}

fn set_address(
    mut store: StoreContextMut<'_, State>,
    (handle, address): (Resource<UsbDeviceSlot>, u8),
) -> wasmtime::Result<()> {
    let state = store.data_mut();
    state.called();
    state.slot(&handle)?.port().get()?.set_address(address);
    Ok(())
}

fn remote_wakeup(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<UsbDeviceSlot>,),
) -> wasmtime::Result<()> {
    let state = store.data_mut();
    state.called();
    state.slot(&handle)?.port().get()?.remote_wakeup();
    Ok(())
}
