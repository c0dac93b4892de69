//! One port of the root hub, with a gadget on one side and a device on the other.

use crate::{DeviceId, PortSpeed, UsbError};

use super::bus::Rest;
use super::device::Device;
use super::gadget::Gadget;
use super::listen::Listeners;

/// A port.
pub(super) struct Port {
    /// Its number on the root hub, from 1 on.
    pub(super) number: u8,
    /// A gadget has it.
    pub(super) owned: bool,
    pub(super) speed: PortSpeed,
    /// The cable is plugged in.
    pub(super) plugged: bool,
    pub(super) suspended: bool,
    /// The device side.
    pub(super) gadget: Gadget,
    /// The host side, from the moment that it sees something.
    pub(super) device: Option<Device>,
    /// Those who wait until no device is being enumerated here.
    pub(super) settled: Listeners,
}

impl Port {
    pub(super) fn new(number: u8) -> Self {
        Self {
            number,
            owned: false,
            speed: PortSpeed::Full,
            plugged: true,
            suspended: false,
            gadget: Gadget::default(),
            device: None,
            settled: Listeners::default(),
        }
    }

    pub(super) fn is_enumerating(&self) -> bool {
        self.device.as_ref().is_some_and(|device| device.enumeration.is_some())
    }

    /// Whether packets go to and fro.
    pub(super) fn is_alive(&self) -> bool {
        self.plugged && self.gadget.enabled && !self.suspended
    }

    /// The device, if it is the one that is meant and is listed.
    pub(super) fn device(&mut self, id: DeviceId) -> Result<&mut Device, UsbError> {
        let device = self.device.as_mut().filter(|device| device.id == id);
        device.filter(|device| device.info.is_some()).ok_or(UsbError::Gone)
    }

    /// The cable is in and the gadget pulls the line up: the host sees it.
    pub(super) fn attach(&mut self, rest: &mut Rest) {
        if !self.plugged || !self.gadget.enabled || self.device.is_some() {
            return;
        }
        self.suspended = false;
        self.gadget.tell(&mut rest.after, |bus| bus.attached = true);
        self.device = Some(Device::new(rest));
        self.start_enumeration(rest);
    }

    /// The host sees nothing any more.
    pub(super) fn detach(&mut self, rest: &mut Rest) {
        self.gadget.clear();
        self.suspended = false;
        if let Some(device) = self.device.take() {
            device.end(rest);
            rest.free_address(device.address);
        }
        self.settled.wake(&mut rest.after);
    }

    /// A bus reset: the gadget starts anew, transfers in flight end.
    pub(super) fn reset(&mut self, rest: &mut Rest) {
        self.suspended = false;
        self.gadget.reset(&mut rest.after);
        let Some(device) = &mut self.device else { return };
        device.answers_to = 0;
        device.current = None;
        device.requests.clear();
        device.deadline = None;
        for (_, queue) in rest.queues.iter_mut().filter(|(_, queue)| queue.device == device.id) {
            queue.end_all(UsbError::Cancelled, &mut rest.after);
        }
        if let Some(own) = rest.queues.get_mut(device.own) {
            while own.take().is_some() {}
        }
    }

    /// The host leaves the bus alone, or uses it again.
    pub(super) fn suspend(&mut self, suspend: bool, rest: &mut Rest) {
        if self.device.is_none() || self.suspended == suspend {
            return;
        }
        self.suspended = suspend;
        self.gadget.tell(&mut rest.after, |bus| {
            bus.suspend = suspend;
            bus.resume = !suspend;
        });
        if !suspend {
            self.serve_all(rest);
        }
    }
}
