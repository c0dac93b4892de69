//! Requests on endpoint 0 that change what the host knows of the device. They
//! are done by the host's functions and never sent as they are.

use std::time::{Duration, Instant};

use super::exports::interfaces;
use super::flight::setup;
use super::session::{Held, Line, Session};
use crate::bell::lock;
use crate::descriptors::configuration;
use crate::usbip::wire::Submit;
use crate::{UsbError, wait_any};

/// How long cancelled transfers may take to end.
const ENDING: Duration = Duration::from_secs(5);

impl Session {
    /// Takes all interfaces of the active configuration, from drivers of the
    /// kernel too.
    pub(super) fn claim_all(&self) -> Result<(), UsbError> {
        let value = self.device.configuration()?;
        let numbers = configuration(&lock(&self.state).descriptors, value)
            .map(|configuration| interfaces(&configuration))
            .unwrap_or_default();
        for number in numbers {
            if self.device.kernel_driver_active(number) == Ok(true) {
                self.device.detach_kernel_driver(number)?;
                lock(&self.detached).push(number);
            }
            let held = Held { interface: self.device.claim(number)?, alternate: 0 };
            lock(&self.state).held.insert(number, held);
        }
        lock(&self.state).configuration = value;
        Ok(())
    }

    /// Does a request that is a function of the host. None when it is another.
    pub(super) fn function(&self, submit: &Submit) -> Option<Result<(), UsbError>> {
        if submit.endpoint != 0 {
            return None;
        }
        let (setup, len) = setup(submit.setup);
        let [low, _] = setup.index.to_le_bytes();
        let [value, _] = setup.value.to_le_bytes();
        // Table 9-3, and 11.24.2 for the port.
        let done = match (setup.request_type, setup.request, setup.value) {
            (0x00, 0x05, _) => Err(UsbError::Invalid),
            (0x00, 0x09, _) => self.set_configuration(value),
            (0x01, 0x0b, _) => self.set_interface(low, value),
            (0x02, 0x01, 0) if low & 0x0f != 0 => self.clear_halt(low),
            (0x23, 0x03, 4) => self.reset(),
            _ => return None,
        };
        Some(if len == 0 { done } else { Err(UsbError::Invalid) })
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        self.retire(|_| true)?;
        let held = std::mem::take(&mut lock(&self.state).held);
        // Given back: nothing may be claimed.
        drop(held);
        let done = self.device.set_configuration(value);
        self.claim_all()?;
        refused(done)
    }

    fn set_interface(&self, number: u8, alternate: u8) -> Result<(), UsbError> {
        self.retire(|line| line.interface == Some(number))?;
        // Without the lock: answers go on meanwhile.
        let Some(mut held) = lock(&self.state).held.remove(&number) else {
            return Err(UsbError::Stall);
        };
        let done = held.interface.set_alternate(alternate);
        if done.is_ok() {
            held.alternate = alternate;
        }
        lock(&self.state).held.insert(number, held);
        refused(done)
    }

    fn clear_halt(&self, address: u8) -> Result<(), UsbError> {
        let mut state = lock(&self.state);
        refused(state.line(address).map(|_| ()))?;
        let Some(mut line) = state.lines.remove(&address) else { return Err(UsbError::Stall) };
        drop(state);
        let done = line.pipe.clear_halt();
        lock(&self.state).lines.insert(address, line);
        done
    }

    fn reset(&self) -> Result<(), UsbError> {
        self.retire(|line| line.interface.is_some())?;
        let done = self.device.reset();
        for held in lock(&self.state).held.values_mut() {
            held.alternate = 0;
        }
        done
    }

    /// Ends endpoints, with an answer to everything that was in flight there.
    fn retire(&self, which: impl Fn(&Line) -> bool) -> Result<(), UsbError> {
        let lines: Vec<Line> = lock(&self.state)
            .lines
            .extract_if(0x01.., |_, line| line.interface.is_some() && which(line))
            .map(|(_, line)| line)
            .collect();
        let end = Instant::now() + ENDING;
        for mut line in lines {
            line.pipe.cancel_all();
            while !lock(&self.state).drain(&mut line) {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() || !wait_any(&mut [&mut *line.pipe.ready()], Some(left)) {
                    return Err(UsbError::Timeout);
                }
            }
        }
        Ok(())
    }
}

/// What a device would answer that has no such thing: a request error is a STALL
/// (9.2.7).
fn refused(done: Result<(), UsbError>) -> Result<(), UsbError> {
    done.map_err(|error| if error == UsbError::NotFound { UsbError::Stall } else { error })
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.lines.clear();
        state.held.clear();
        drop(state);
        for number in lock(&self.detached).drain(..) {
            let _ = self.device.attach_kernel_driver(number);
        }
    }
}
