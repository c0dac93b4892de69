//! An open device.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use periplasm_usb_host::{Completion, Device as UsbDevice, Error, Setup, admin};

use super::claims::Claims;
use super::endpoint::Endpoint;
use super::{Body, Code, Context, Device, Key, Order, Result, locked, nanoseconds};
use crate::constants::*;

/// `bmRequestType` of requests that functions stand for.
const TO_DEVICE: u8 = LIBUSB_ENDPOINT_OUT | LIBUSB_REQUEST_TYPE_STANDARD | LIBUSB_RECIPIENT_DEVICE;
const TO_INTERFACE: u8 =
    LIBUSB_ENDPOINT_OUT | LIBUSB_REQUEST_TYPE_STANDARD | LIBUSB_RECIPIENT_INTERFACE;

/// An open device.
#[derive(Debug)]
pub(crate) struct Handle {
    /// Tells it from other handles of the context.
    id: u64,
    claims: Mutex<Claims>,
    /// For control transfers that do not block.
    control: OnceLock<Arc<Endpoint>>,
    auto_detach: AtomicBool,
    usb: UsbDevice,
    pub(crate) device: Arc<Device>,
    pub(crate) context: Arc<Context>,
}

impl Handle {
    pub(crate) fn open(device: &Arc<Device>) -> Result<Arc<Self>> {
        let context = device.context()?;
        Ok(Arc::new(Self {
            id: context.next_handle(),
            claims: Mutex::default(),
            control: OnceLock::new(),
            auto_detach: AtomicBool::new(false),
            usb: context.host.open(device.info.id)?,
            device: Arc::clone(device),
            context,
        }))
    }

    /// Ends all transfers, of which nobody is told: which ones.
    pub(crate) fn close(&self) -> Vec<Key> {
        let claims = locked(&self.claims);
        let endpoints = claims.endpoints().chain(self.control.get());
        let mut keys: Vec<Key> = endpoints.flat_map(|endpoint| endpoint.forget()).collect();
        keys.extend(self.context.forget(self.id));
        self.context.sweep();
        keys
    }

    pub(crate) fn configuration(&self) -> Result<u8> {
        Ok(self.usb.configuration()?)
    }

    pub(crate) fn set_configuration(&self, value: u8) -> Result<()> {
        Ok(admin::set_configuration(&self.usb, value)?)
    }

    pub(crate) fn reset(&self) -> Result<()> {
        let mut ended = Vec::new();
        locked(&self.claims).reset(&mut ended);
        if let Some(control) = self.control.get() {
            control.drain(&mut ended);
        }
        self.context.keep(ended);
        admin::reset(&self.usb).map_err(|error| match error {
            // It came back as another device.
            Error::Gone => Code::NOT_FOUND,
            error => error.into(),
        })
    }

    pub(crate) fn claim(&self, number: u8) -> Result<()> {
        let mut claims = locked(&self.claims);
        if claims.has(number) {
            return Ok(());
        }
        let detached = self.auto_detach.load(Ordering::Relaxed)
            && self.kernel_driver_active(number).unwrap_or(false);
        if detached {
            self.detach(number)?;
        }
        claims.add(number, self.usb.claim(number)?, detached);
        Ok(())
    }

    pub(crate) fn release(&self, number: u8) -> Result<()> {
        let mut ended = Vec::new();
        let detached = locked(&self.claims).remove(number, &mut ended)?;
        self.context.keep(ended);
        match if detached { self.attach(number) } else { Ok(()) } {
            Err(Code::NOT_FOUND | Code::BUSY) => Ok(()),
            end => end,
        }
    }

    pub(crate) fn set_alternate(&self, number: u8, setting: u8) -> Result<()> {
        let mut ended = Vec::new();
        let end = locked(&self.claims).set_alternate(number, setting, &mut ended);
        self.context.keep(ended);
        end
    }

    pub(crate) fn clear_halt(&self, address: u8) -> Result<()> {
        self.endpoint(address)?.clear_halt()
    }

    pub(crate) fn set_auto_detach(&self, on: bool) {
        self.auto_detach.store(on, Ordering::Relaxed);
    }

    pub(crate) fn kernel_driver_active(&self, number: u8) -> Result<bool> {
        Ok(admin::kernel_driver_active(&self.usb, number)?)
    }

    pub(crate) fn detach(&self, number: u8) -> Result<()> {
        Ok(admin::detach_kernel_driver(&self.usb, number)?)
    }

    pub(crate) fn attach(&self, number: u8) -> Result<()> {
        Ok(admin::attach_kernel_driver(&self.usb, number)?)
    }

    /// A control transfer that blocks, at most `len` bytes from the device.
    pub(crate) fn control_in(&self, setup: Setup, len: u16, timeout_ms: u32) -> Completion {
        self.usb.control_in(setup, len, nanoseconds(timeout_ms))
    }

    /// The same to the device.
    pub(crate) fn control_out(
        &self,
        setup: Setup,
        data: &[u8],
        timeout_ms: u32,
    ) -> Result<Completion> {
        match (setup.request_type, setup.request) {
            (TO_DEVICE, LIBUSB_REQUEST_SET_CONFIGURATION) => {
                self.set_configuration(setup.value as u8)?
            }
            (TO_INTERFACE, LIBUSB_REQUEST_SET_INTERFACE) => {
                self.set_alternate(setup.index as u8, setup.value as u8)?
            }
            _ => return Ok(self.usb.control_out(setup, data, nanoseconds(timeout_ms))),
        }
        Ok(Completion { tag: 0, status: None, actual: 0, data: Vec::new(), packets: Vec::new() })
    }

    /// A bulk or interrupt transfer that blocks, in one call of the host.
    /// Nothing when others are in flight on the endpoint.
    pub(crate) fn transfer(
        &self,
        address: u8,
        body: &Body<'_>,
        timeout_ms: u32,
    ) -> Result<Option<Completion>> {
        Ok(self.endpoint(address)?.transfer(body, timeout_ms))
    }

    /// Starts a transfer, whose end the context tells.
    pub(crate) fn start(&self, mut order: Order<'_>) -> Result<()> {
        let endpoint = match order.body {
            Body::ControlIn { .. } | Body::ControlOut { .. } => {
                let new = || Arc::new(Endpoint::new(self.id, self.usb.control()));
                Arc::clone(self.control.get_or_init(new))
            }
            _ => self.endpoint(order.endpoint)?,
        };
        if let (Body::Out { data }, true) = (&order.body, order.zero_packet) {
            let size = self.packet_size(order.endpoint)?;
            order.zero_packet = !data.is_empty() && data.len() % size == 0;
        }
        endpoint.start(&order)?;
        self.context.watch(&endpoint);
        Ok(())
    }

    fn endpoint(&self, address: u8) -> Result<Arc<Endpoint>> {
        locked(&self.claims).endpoint(self.id, address)
    }

    /// The bytes of a full packet of an endpoint that is in use.
    fn packet_size(&self, address: u8) -> Result<usize> {
        let config = self.device.config_by_value(self.configuration()?)?;
        let setting = locked(&self.claims).setting_of(address);
        let endpoint = config.find(address, setting).ok_or(Code::NOT_FOUND)?;
        let size = usize::from(config.packets(endpoint).1 & 0x07ff);
        if size == 0 { Err(Code::INVALID) } else { Ok(size) }
    }
}
