//! USB, from both sides: `periplasm:usb/usb` and `usb-admin`, and
//! `periplasm:usb-device/usb-device`.
//!
//! The host keeps what a pipeline has opened by number. Each of it holds what it
//! needs of the backend, so handles may be dropped in any order, and a pipeline
//! that ends gives all of it back.

mod admin;
mod budget;
mod controller;
mod device;
mod flow;
mod host;
mod interface;
mod pipe;
mod pool;
mod submit;
mod transfer;

use periplasm_usb::UsbInterface;
use wasmtime::component::{LinkerInstance, ResourceType};

use super::abi::TransferError;
use super::slab::Slab;
use super::state::State;
pub(super) use admin::add as add_admin;
use budget::Budget;
pub use budget::{MAX_USB_BYTES, MAX_USB_PACKETS, MAX_USB_TRANSFERS};
pub(crate) use controller::UsbDeviceSlot;
pub(super) use controller::add as add_controller;
use device::Opened;
use flow::Flow;
pub(crate) use host::UsbSlot;
use pool::Pool;

/// The most devices, interfaces and pipes, of each, that one pipeline may have
/// open.
pub const MAX_USB_HANDLES: usize = 256;

/// What one pipeline has open.
pub(crate) struct Usb {
    devices: Slab<Opened>,
    interfaces: Slab<Box<dyn UsbInterface>>,
    pipes: Slab<Flow>,
    budget: Budget,
    pool: Pool,
}

impl Default for Usb {
    fn default() -> Self {
        Self {
            devices: Slab::new(MAX_USB_HANDLES),
            interfaces: Slab::new(MAX_USB_HANDLES),
            pipes: Slab::new(MAX_USB_HANDLES),
            budget: Budget::default(),
            pool: Pool::default(),
        }
    }
}

/// The type of `usb-device` handles, of the host's side.
pub(super) struct Device(());
/// The type of `usb-interface` handles.
pub(super) struct Interface(());
/// The type of `pipe` handles.
pub(super) struct Pipe(());

type Answer<T> = wasmtime::Result<(Result<T, TransferError>,)>;

/// The resources of `usb` that no slot opens, and all methods.
pub(super) fn add_host(usb: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    usb.resource("usb-device", ResourceType::host::<Device>(), |mut store, number| {
        store.data_mut().usb.close_device(number);
        Ok(())
    })?;
    usb.resource("usb-interface", ResourceType::host::<Interface>(), |mut store, number| {
        drop(store.data_mut().usb.interfaces.remove(number));
        Ok(())
    })?;
    usb.resource("pipe", ResourceType::host::<Pipe>(), |mut store, number| {
        store.data_mut().usb.close(number);
        Ok(())
    })?;
    host::add(usb)?;
    device::add(usb)?;
    interface::add(usb)?;
    pipe::add(usb)?;
    submit::add(usb)?;
    transfer::add(usb)
}

impl Usb {
    fn close_device(&mut self, number: u32) {
        if let Some(flow) = self.devices.remove(number).and_then(|opened| opened.control) {
            flow.give_back(&mut self.budget);
        }
    }

    fn close(&mut self, number: u32) {
        if let Some(flow) = self.pipes.remove(number) {
            flow.give_back(&mut self.budget);
        }
    }
}
