//! A gadget's port.

use std::sync::Arc;

use periplasm_backend::Event;

use crate::{ControllerError, EndpointConfig, Events, PortSpeed, UsbController};

use super::bus::{Rest, Shared};
use super::gadget::Gadget;
use super::listen::{Subject, Waiting};
use super::port::Port;

/// A port of a [`Cable`](super::Cable), as a device controller. Dropping it pulls
/// the plug and frees the port.
pub struct CablePort {
    shared: Arc<Shared>,
    index: usize,
    speed: PortSpeed,
}

impl CablePort {
    pub(super) fn new(shared: &Arc<Shared>, index: usize, speed: PortSpeed) -> Self {
        Self { shared: Arc::clone(shared), index, speed }
    }

    /// The number of the port, from 1 on.
    pub fn number(&self) -> u8 {
        // Below 15: made by `Cable::plug`.
        self.index as u8 + 1
    }

    fn with<R>(&self, act: impl FnOnce(&mut Port, &mut Rest) -> R) -> Result<R, ControllerError> {
        self.shared.with(|bus| {
            let (port, rest) = bus.port(self.index).ok_or(ControllerError::Gone)?;
            Ok(act(port, rest))
        })
    }
}

impl UsbController for CablePort {
    fn speed(&self) -> PortSpeed {
        self.speed
    }

    /// `Invalid` also for endpoints that a port of this speed cannot have: bulk
    /// endpoints have packets of 512 bytes at high speed and of 8, 16, 32 or 64
    /// at full speed, for example (5.5.3, 5.6.3, 5.7.3, 5.8.3).
    fn enable(&mut self, endpoints: &[EndpointConfig]) -> Result<(), ControllerError> {
        self.with(|port, rest| {
            disable(port, rest);
            let mut gadget = Gadget::default();
            if let Err(error) = gadget.set_endpoints(endpoints, port.speed) {
                let (number, speed) = (port.number, port.speed);
                rest.after.warn.push(format!(
                    "a gadget on port {number} has endpoints that a port of {speed:?} speed has not"
                ));
                return Err(error);
            }
            gadget.enabled = true;
            gadget.listeners = std::mem::take(&mut port.gadget.listeners);
            port.gadget = gadget;
            port.attach(rest);
            Ok(())
        })?
    }

    fn disable(&mut self) {
        // A port that is not there is not enabled.
        let _ = self.with(disable);
    }

    fn poll(&mut self) -> Events {
        self.with(|port, _| port.gadget.take_news()).unwrap_or_default()
    }

    fn happened(&mut self) -> Box<dyn Event> {
        Box::new(Waiting::new(&self.shared, Subject::Gadget(self.index)))
    }

    fn write(&mut self, number: u8, packet: &[u8]) -> Result<(), ControllerError> {
        self.with(|port, rest| port.write(number, packet, rest))?
    }

    fn read(&mut self, number: u8, room: &mut [u8]) -> Result<usize, ControllerError> {
        self.with(|port, rest| port.read(number, room, rest))?
    }

    fn set_stalled(&mut self, address: u8, stalled: bool) {
        let _ = self.with(|port, rest| port.set_stalled(address, stalled, rest));
    }

    fn is_stalled(&self, address: u8) -> bool {
        self.with(|port, _| port.gadget.is_stalled(address)).unwrap_or(false)
    }

    fn set_address(&mut self, address: u8) {
        let _ = self.with(|port, rest| {
            if !port.gadget.is_void(1) {
                port.gadget.address = address;
                port.serve_control(rest);
            }
        });
    }

    fn remote_wakeup(&mut self) {
        let _ = self.with(|port, rest| port.suspend(false, rest));
    }
}

/// Lets go of the bus.
fn disable(port: &mut Port, rest: &mut Rest) {
    if std::mem::replace(&mut port.gadget.enabled, false) {
        port.detach(rest);
        let mut gadget = Gadget::default();
        std::mem::swap(&mut gadget.listeners, &mut port.gadget.listeners);
        port.gadget = gadget;
    }
}

impl Drop for CablePort {
    fn drop(&mut self) {
        let _ = self.with(|port, rest| {
            disable(port, rest);
            port.gadget.listeners.wake(&mut rest.after);
            port.owned = false;
            port.plugged = true;
        });
    }
}

impl std::fmt::Debug for CablePort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CablePort").field("number", &self.number()).finish_non_exhaustive()
    }
}
