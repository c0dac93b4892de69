//! A host whose transfers are written down.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::Capture;
use super::pipe::CapturedPipe;
use super::port::Port;
use crate::descriptors::{configurations, kinds, walk};
use crate::{
    Changes, DeviceId, DeviceInfo, Pipe, Setup, TransferType, UsbDevice, UsbError, UsbHost,
    UsbInterface,
};

// Standard requests (USB 2.0, table 9-4).
const GET_DESCRIPTOR: u8 = 6;
const SET_CONFIGURATION: u8 = 9;
const SET_INTERFACE: u8 = 11;

pub(super) struct Captured {
    host: Arc<dyn UsbHost>,
    capture: Capture,
    name: String,
    /// Devices whose descriptors were written.
    known: Mutex<BTreeSet<DeviceId>>,
}

impl Captured {
    pub(super) fn new(host: Arc<dyn UsbHost>, capture: Capture, name: &str) -> Self {
        Self { host, capture, name: name.to_owned(), known: Mutex::default() }
    }
}

impl UsbHost for Captured {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.host.devices()
    }

    fn watch(&self) -> Box<dyn Changes> {
        self.host.watch()
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        let device = self.host.open(id)?;
        let info = self.host.devices().into_iter().find(|info| info.id == id);
        let info = info.ok_or(UsbError::NotFound)?;
        let (capture, name) = (self.capture.clone(), self.name.clone());
        let port = Port { capture, name, bus: info.bus, device: info.address };
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(id) {
            introduce(&port, &info.descriptors);
        }
        Ok(Arc::new(CapturedDevice { device, port, descriptors: info.descriptors }))
    }
}

/// Writes descriptors as if they were read.
fn introduce(port: &Port, descriptors: &[u8]) {
    let read = |kind: u8, index: u8, bytes: &[u8]| {
        let value = u16::from_le_bytes([index, kind]);
        let setup = Setup { request_type: 0x80, request: GET_DESCRIPTOR, value, index: 0 };
        let len = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        let _ = port.request(setup, len, bytes, || Ok(()));
    };
    if let Some(Ok(first)) = walk(descriptors).next()
        && first.kind == kinds::DEVICE
    {
        read(kinds::DEVICE, 0, first.bytes);
    }
    for (index, one) in (0..).zip(configurations(descriptors).flatten()) {
        read(kinds::CONFIGURATION, index, one.bytes);
    }
}

struct CapturedDevice {
    device: Arc<dyn UsbDevice>,
    port: Port,
    descriptors: Arc<[u8]>,
}

impl UsbDevice for CapturedDevice {
    fn configuration(&self) -> Result<u8, UsbError> {
        self.device.configuration()
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        let interface = self.device.claim(number)?;
        let (port, descriptors) = (self.port.clone(), self.descriptors.clone());
        Ok(Box::new(CapturedInterface { interface, number, setting: 0, port, descriptors }))
    }

    fn control(&self) -> Box<dyn Pipe> {
        let pipe = self.device.control();
        Box::new(CapturedPipe::new(pipe, self.port.clone(), 0, TransferType::Control))
    }

    fn reset(&self) -> Result<(), UsbError> {
        self.device.reset()
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        let value_ = u16::from(value);
        let setup = Setup { request_type: 0, request: SET_CONFIGURATION, value: value_, index: 0 };
        self.port.request(setup, 0, &[], || self.device.set_configuration(value))
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        self.device.kernel_driver_active(number)
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.device.detach_kernel_driver(number)
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.device.attach_kernel_driver(number)
    }
}

struct CapturedInterface {
    interface: Box<dyn UsbInterface>,
    number: u8,
    /// The chosen one.
    setting: u8,
    port: Port,
    descriptors: Arc<[u8]>,
}

impl CapturedInterface {
    /// What transfers an endpoint does, as far as descriptors say.
    fn transfers(&self, address: u8) -> TransferType {
        let own = |alternate| {
            configurations(&self.descriptors).flatten().find_map(move |configuration| {
                configuration.interface(self.number, alternate)?.endpoint(address)
            })
        };
        let endpoint = own(self.setting).or_else(|| own(0));
        endpoint.map_or(TransferType::Bulk, |endpoint| endpoint.transfers())
    }
}

impl UsbInterface for CapturedInterface {
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError> {
        let (value, index) = (u16::from(setting), u16::from(self.number));
        let setup = Setup { request_type: 1, request: SET_INTERFACE, value, index };
        self.port.request(setup, 0, &[], || self.interface.set_alternate(setting))?;
        self.setting = setting;
        Ok(())
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError> {
        let pipe = self.interface.pipe(endpoint)?;
        let (port, transfers) = (self.port.clone(), self.transfers(endpoint));
        Ok(Box::new(CapturedPipe::new(pipe, port, endpoint, transfers)))
    }
}
