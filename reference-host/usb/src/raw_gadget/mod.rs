//! A gadget on a real device controller, through Linux's Raw Gadget
//! (`Documentation/usb/raw-gadget.rst`), or on `dummy_hcd`, which joins it to the
//! same machine's host side.
//!
//! It was run on Linux 6.1 with `dummy_hcd` (`cargo xtask lab q35 raw-gadget`),
//! not on a controller of silicon. What differs from a controller of a
//! microcontroller:
//!
//! - The kernel does stages of control requests, not packets. So a gadget's
//!   packets on endpoint 0 are joined, and `bMaxPacketSize0` in its device
//!   descriptor is replaced by the controller's 64; a request to the device whose
//!   data was taken can no longer be refused; more than 4096 bytes of data are
//!   refused.
//! - The controller answers SET_ADDRESS itself, and most also those about halts.
//!   That a halt was cleared is known when the next packet moves: then the gadget
//!   gets the request, and what it answers goes nowhere.
//! - Linux 6.1 does not tell of a reset or of a pulled plug; later ones do. The endpoints
//!   fail, and the gadget is told of a reset.
//! - An IN endpoint halts when the host has taken what was written before.
//! - Endpoints are enabled when the gadget acknowledges SET_CONFIGURATION. Many
//!   controllers have fixed endpoints: one that has not the gadget's refuses the
//!   configuration.
//! - A device cannot wake the host.
//! - A signal of the real-time range (`SIGRTMIN` + 7) ends calls that wait.

mod ep0;
mod error;
mod kernel;
mod shared;
mod sys;
#[cfg(test)]
mod tests;
mod threads;

use std::fmt;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;

use periplasm_backend::Event;

pub use error::OpenError;
use kernel::Kernel;
use shared::{Happened, Line, Shared, State};

use crate::{ControllerError, EndpointConfig, Events, PortSpeed, UsbController};

/// Opens a controller by the names of its driver and of itself, such as
/// `dummy_udc` and `dummy_udc.0`; for many the two are the same. `ls
/// /sys/class/udc` shows the second.
pub fn open(driver: &str, device: &str, speed: PortSpeed) -> Result<RawGadget, OpenError> {
    let there: Vec<String> = std::fs::read_dir("/sys/class/udc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let first = sys::Device::open(driver, device, speed)?;
    if !there.iter().any(|name| name == device) {
        let found = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
        return Err(OpenError::NoController { device: device.to_owned(), found });
    }
    let (driver, device) = (driver.to_owned(), device.to_owned());
    let mut first = Some(first);
    let kernel = move || {
        let kernel = match first.take() {
            Some(first) => first,
            None => sys::Device::open(&driver, &device, speed)
                .inspect_err(|error| tracing::error!(%error, "the gadget cannot connect"))
                .ok()?,
        };
        Some(Arc::new(kernel) as Arc<dyn Kernel>)
    };
    Ok(RawGadget { speed, kernel: Box::new(kernel), running: None })
}

/// A device controller.
pub struct RawGadget {
    speed: PortSpeed,
    /// Opens the node anew for each connection.
    kernel: Box<dyn FnMut() -> Option<Arc<dyn Kernel>> + Send>,
    running: Option<Running>,
}

struct Running {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.over = true;
        drop(state);
        self.shared.unconfigure();
        self.shared.end(std::mem::take(&mut self.threads));
    }
}

impl RawGadget {
    fn shared(&self) -> Result<&Arc<Shared>, ControllerError> {
        Ok(&self.running.as_ref().ok_or(ControllerError::Invalid)?.shared)
    }
}

/// The line of an endpoint; one that waits for its configuration takes and gives
/// nothing yet.
fn line(state: &mut State, address: u8) -> Result<&mut Line, ControllerError> {
    if state.gone {
        return Err(ControllerError::Gone);
    }
    let missing =
        if state.known(address) { ControllerError::WouldBlock } else { ControllerError::Invalid };
    state.line(address).ok_or(missing)
}

impl UsbController for RawGadget {
    fn speed(&self) -> PortSpeed {
        self.speed
    }

    fn enable(&mut self, endpoints: &[EndpointConfig]) -> Result<(), ControllerError> {
        self.disable();
        // Drivers of controllers crash on them.
        if endpoints.iter().any(|endpoint| endpoint.max_packet_size & 0x7ff == 0) {
            return Err(ControllerError::Invalid);
        }
        let kernel = (self.kernel)().ok_or(ControllerError::Gone)?;
        kernel.run().map_err(|error| {
            tracing::error!(%error, "the USB device controller is taken, or not of this driver");
            ControllerError::Gone
        })?;
        let shared = Arc::new(Shared::new(kernel, endpoints.to_vec()));
        let mut running = Running { shared: shared.clone(), threads: Vec::new() };
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let events = shared.clone();
        let spawned = [
            thread("raw-gadget-events").spawn(move || events.events()),
            thread("raw-gadget-control").spawn(move || shared.control()),
        ];
        for thread in spawned {
            running.threads.push(thread.map_err(|_| ControllerError::Gone)?);
        }
        self.running = Some(running);
        Ok(())
    }

    fn disable(&mut self) {
        // The kernel disconnects when the node is closed.
        self.running = None;
    }

    fn poll(&mut self) -> Events {
        let Ok(shared) = self.shared() else { return Events::default() };
        let mut state = shared.state();
        let news = std::mem::take(&mut state.news);
        if news.setup.is_none() {
            looked(shared, &mut state);
            state.offer();
        }
        news
    }

    fn happened(&mut self) -> Box<dyn Event> {
        let Ok(shared) = self.shared() else { return Box::new(Happened(Weak::new())) };
        let mut state = shared.state();
        if state.news.setup.is_none() {
            looked(shared, &mut state);
            state.offer();
        }
        // Not more: it would keep the node open.
        Box::new(Happened(Arc::downgrade(shared)))
    }

    fn write(&mut self, number: u8, packet: &[u8]) -> Result<(), ControllerError> {
        let shared = self.shared()?;
        let mut state = shared.state();
        if number != 0 {
            let line = line(&mut state, number | 0x80)?;
            if packet.len() > line.size.into() {
                return Err(ControllerError::Overflow);
            }
            if line.packet.is_some() {
                return Err(ControllerError::WouldBlock);
            }
            line.packet = Some(packet.to_vec());
            shared.work.notify_all();
            return Ok(());
        }
        if state.news.setup.is_some() {
            // Of the request before, which is void.
            return Ok(());
        }
        let (job, told) = state.ep0.write(packet)?;
        state.told(told);
        begin(shared, &mut state, job);
        Ok(())
    }

    fn read(&mut self, number: u8, room: &mut [u8]) -> Result<usize, ControllerError> {
        let shared = self.shared()?;
        let mut state = shared.state();
        if number == 0 {
            let (len, told) = state.ep0.read(room)?;
            state.told(told);
            return Ok(len);
        }
        let line = line(&mut state, number)?;
        let packet = line.packet.as_ref().ok_or(ControllerError::WouldBlock)?;
        let len = packet.len();
        room.get_mut(..len).ok_or(ControllerError::Overflow)?.copy_from_slice(packet);
        line.packet = None;
        shared.work.notify_all();
        Ok(len)
    }

    fn set_stalled(&mut self, address: u8, stalled: bool) {
        let Ok(shared) = self.shared() else { return };
        let mut state = shared.state();
        if address & 0x0f == 0 {
            if state.news.setup.is_none() && stalled {
                let job = state.ep0.stall();
                begin(shared, &mut state, job);
            } else if !stalled {
                state.ep0.stalled = false;
            }
            return;
        }
        if !stalled && state.ep0.answered() == Some(address) {
            // It is cleared, and packets have moved since.
            return;
        }
        let Some(line) = state.line(address) else { return };
        if line.halted != stalled || !stalled {
            line.halted = stalled;
            line.settled = false;
            line.cleared = false;
            line.behind = stalled && address & 0x80 != 0 && line.packet.is_some();
        }
        let behind = line.behind;
        drop(state);
        if !behind {
            shared.settle(address);
        }
    }

    fn is_stalled(&self, address: u8) -> bool {
        let Ok(shared) = self.shared() else { return false };
        let mut state = shared.state();
        if address & 0x0f == 0 {
            return state.ep0.stalled;
        }
        state.line(address).is_some_and(|line| line.halted)
    }

    fn set_address(&mut self, _: u8) {
        // The controller has done it.
    }

    fn remote_wakeup(&mut self) {
        tracing::debug!("Raw Gadget cannot wake the host");
    }
}

/// The gadget looks for more: see [`ep0::Ep0::looked`].
fn looked(shared: &Shared, state: &mut State) {
    let job = state.ep0.looked();
    begin(shared, state, job);
}

/// Gives the kernel something to do on endpoint 0.
fn begin(shared: &Shared, state: &mut State, job: Option<ep0::Job>) {
    if let Some(job) = job {
        state.job = Some((state.ep0.request(), job));
        shared.work.notify_all();
    }
}

impl fmt::Debug for RawGadget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawGadget").field("speed", &self.speed).finish_non_exhaustive()
    }
}
