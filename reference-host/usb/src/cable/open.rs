//! A device that was opened.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    DeviceId, Pipe, PortSpeed, Request, Setup, Transfer, TransferType, UsbDevice, UsbError,
    UsbInterface, wait_any,
};

use crate::descriptors::Endpoint;

use super::bus::{Rest, Shared};
use super::device::Device;
use super::entry::Entry;
use super::enumerate::Enumeration;
use super::listen::{Subject, Waiting};
use super::pipe::CablePipe;
use super::port::Port;
use super::queue::Target;

/// A handle on a device.
#[derive(Clone)]
pub(super) struct OpenDevice {
    shared: Arc<Shared>,
    port: usize,
    id: DeviceId,
}

impl OpenDevice {
    pub(super) fn new(shared: &Arc<Shared>, port: usize, id: DeviceId) -> Self {
        Self { shared: Arc::clone(shared), port, id }
    }

    /// Does something with the device, if it is still there.
    fn with<R>(
        &self,
        act: impl FnOnce(&mut Port, &mut Rest) -> Result<R, UsbError>,
    ) -> Result<R, UsbError> {
        self.shared.with(|bus| {
            let (port, rest) = bus.port(self.port).ok_or(UsbError::Gone)?;
            port.device(self.id)?;
            act(port, rest)
        })
    }

    fn device<R>(
        &self,
        act: impl FnOnce(&mut Device, &mut Rest) -> Result<R, UsbError>,
    ) -> Result<R, UsbError> {
        self.with(|port, rest| act(port.device(self.id)?, rest))
    }

    /// Sends a request without data, and waits for its end.
    pub(super) fn request(&self, setup: Setup) -> Result<(), UsbError> {
        let mut pipe = CablePipe::control(&self.shared, self.port, self.id);
        let request = Request::ControlOut { setup, data: Vec::new() };
        pipe.submit(Transfer { tag: 0, request })?;
        // If the time is up, dropping the pipe cancels the request.
        wait_any(&mut [&mut *pipe.ready()], Some(self.patience()));
        pipe.take().map_or(Err(UsbError::Timeout), |completed| completed.status)
    }

    fn patience(&self) -> Duration {
        self.shared.with(|bus| bus.rest.patience)
    }
}

impl UsbDevice for OpenDevice {
    fn configuration(&self) -> Result<u8, UsbError> {
        self.device(|device, _| Ok(device.configuration))
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        self.device(|device, _| {
            device.setting(number, 0)?;
            if device.changing || device.claims.contains_key(&number) {
                return Err(UsbError::Busy);
            }
            device.claims.insert(number, 0);
            Ok(())
        })?;
        Ok(Box::new(ClaimedInterface { device: self.clone(), number }))
    }

    fn control(&self) -> Box<dyn Pipe> {
        Box::new(CablePipe::control(&self.shared, self.port, self.id))
    }

    fn reset(&self) -> Result<(), UsbError> {
        self.with(|port, rest| {
            let device = port.device(self.id)?;
            for (number, setting) in &device.claims.clone() {
                if *setting != 0 {
                    device.close(*number, rest);
                    device.claims.insert(*number, 0);
                }
            }
            device.enumeration = Some(Enumeration::again(device.configuration));
            port.start_enumeration(rest);
            Ok(())
        })?;
        let mut settled = Waiting::new(&self.shared, Subject::Settled(self.port));
        if !wait_any(&mut [&mut settled], Some(self.patience())) {
            return Err(UsbError::Timeout);
        }
        self.device(|_, _| Ok(()))
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        self.device(|device, _| {
            if device.changing || !device.claims.is_empty() {
                return Err(UsbError::Busy);
            }
            if value != 0 {
                device.of_value(value).ok_or(UsbError::NotFound)?;
            }
            device.changing = true;
            Ok(())
        })?;
        let setup = Setup { request_type: 0x00, request: 9, value: value.into(), index: 0 };
        let answer = self.request(setup);
        self.device(|device, _| {
            device.changing = false;
            answer?;
            device.configuration = value;
            let interfaces = device.interfaces();
            if let Some(info) = &mut device.info {
                info.interfaces = interfaces;
            }
            Ok(())
        })
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        self.device(|device, _| device.setting(number, 0).map(|_| false))
    }

    fn detach_kernel_driver(&self, _: u8) -> Result<(), UsbError> {
        self.device(|_, _| Err(UsbError::NotFound))
    }

    fn attach_kernel_driver(&self, _: u8) -> Result<(), UsbError> {
        self.device(|_, _| Err(UsbError::NotFound))
    }
}

/// An interface that was taken.
struct ClaimedInterface {
    device: OpenDevice,
    number: u8,
}

impl UsbInterface for ClaimedInterface {
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError> {
        let number = self.number;
        self.device.device(|device, rest| {
            device.setting(number, setting)?;
            device.close(number, rest);
            Ok(())
        })?;
        let (value, index) = (setting.into(), number.into());
        self.device.request(Setup { request_type: 0x01, request: 11, value, index })?;
        self.device.device(|device, _| {
            device.claims.insert(number, setting);
            Ok(())
        })
    }

    fn pipe(&mut self, address: u8) -> Result<Box<dyn Pipe>, UsbError> {
        let OpenDevice { shared, port, id } = &self.device;
        let queue = self.device.with(|port, rest| {
            let speed = port.speed;
            let device = port.device(*id)?;
            let setting = *device.claims.get(&self.number).ok_or(UsbError::NotFound)?;
            let endpoint = device.setting(self.number, setting)?.endpoint(address);
            let target = target(&endpoint.ok_or(UsbError::NotFound)?, speed, self.number)?;
            device.open_queue(address, target, rest)
        })?;
        Ok(Box::new(CablePipe::new(shared, *port, *id, queue)))
    }
}

impl Drop for ClaimedInterface {
    fn drop(&mut self) {
        let number = self.number;
        // A device that is gone has nothing to give back.
        let _ = self.device.with(|port, rest| {
            let device = port.device(self.device.id)?;
            device.close(number, rest);
            let setting = device.claims.remove(&number).unwrap_or(0);
            // The next one finds the first setting, as in Linux.
            if setting != 0 && device.enumeration.is_none() {
                let (value, index) = (0, number.into());
                let setup = Setup { request_type: 0x01, request: 11, value, index };
                port.ask(Entry::control_out(setup), rest);
                port.serve_control(rest);
            }
            Ok(())
        });
    }
}

/// What a queue on an endpoint leads to.
fn target(endpoint: &Endpoint<'_>, speed: PortSpeed, interface: u8) -> Result<Target, UsbError> {
    let (address, transfers) = (endpoint.address, endpoint.transfers());
    let mut max_packet = usize::from(endpoint.packet_bytes());
    if transfers == TransferType::Control || max_packet == 0 || address & 0x0f == 0 {
        return Err(UsbError::Unsupported);
    }
    let high = speed == PortSpeed::High;
    if transfers == TransferType::Isochronous && high {
        max_packet *= usize::from(endpoint.packets_per_microframe());
    }
    // 9.6.6: 2 to the power of `bInterval` - 1, in frames or microframes.
    let frame = Duration::from_micros(if high { 125 } else { 1000 });
    let interval = frame * (1 << (endpoint.interval.clamp(1, 16) - 1));
    Ok(Target::Endpoint { address, transfers, max_packet, interval, interface })
}
