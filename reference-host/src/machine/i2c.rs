//! I2C buses, opened for the targets that were granted.

use std::path::Path;
use std::sync::Arc;

use miette::SourceSpan;
#[cfg(target_os = "linux")]
use periplasm_backend::linux::{LinuxI2c, OpenError};
use periplasm_backend::trace::{Entry, Traced};
use periplasm_backend::{I2cAddress, I2cBus, SharedI2c, sim};

use super::{Machine, MachineError};
use crate::board::I2cHardware;
#[cfg(target_os = "linux")]
use crate::text::printable;

impl Machine {
    /// The bus of this name: opened once, shared by all.
    pub fn i2c(&self, name: &str) -> Result<SharedI2c, MachineError> {
        self.once(|opened| &mut opened.i2c, name, || self.open_i2c(name))
    }

    fn open_i2c(&self, name: &str) -> Result<SharedI2c, MachineError> {
        let on_board =
            self.board.i2c_bus(name).ok_or_else(|| MachineError::NoBus(name.to_owned()))?;
        match on_board.hardware() {
            I2cHardware::Sim { devices, speed_hz } => {
                let mut bus = sim::Bus::on(&self.world);
                bus.set_speed_hz(*speed_hz);
                for device in devices {
                    bus.attach(device.get_ref())
                        .map_err(|error| MachineError::Sim { bus: name.to_owned(), error })?;
                }
                Ok(self.share(name, bus))
            }
            I2cHardware::Linux { device, at } => {
                let bus = open_linux(device).map_err(|error| self.no_i2c(name, *at, error))?;
                Ok(self.share(name, bus))
            }
        }
    }

    fn no_i2c(&self, bus: &str, at: SourceSpan, (reason, remedy): Unavailable) -> MachineError {
        let board = Arc::new(self.board.source().clone());
        MachineError::I2c { bus: bus.to_owned(), reason, remedy, board, at }
    }

    /// The bus of this name for a stage that was granted `addresses` on it:
    /// whoever decided that, this machine's board has the last word, and of a
    /// bus of the kernel also the kernel's own drivers.
    pub(crate) fn granted(
        &self,
        name: &str,
        addresses: &[I2cAddress],
    ) -> Result<SharedI2c, MachineError> {
        let Some(on_board) = self.board.i2c_bus(name) else { return self.i2c(name) };
        let denied = |address: &&I2cAddress| !on_board.allow().contains(*address);
        if let Some(&address) = addresses.iter().find(denied) {
            return Err(MachineError::NotAllowed { bus: name.to_owned(), address });
        }
        let bus = self.i2c(name)?;
        if let I2cHardware::Linux { device, at } = on_board.hardware() {
            for &address in addresses {
                free(device, address).map_err(|error| self.no_i2c(name, *at, error))?;
            }
        }
        Ok(bus)
    }

    fn share(&self, name: &str, bus: impl I2cBus + 'static) -> SharedI2c {
        let (mut trace, capture) = (self.sink_for(name), self.capture.clone());
        if trace.is_none() && capture.is_none() {
            return SharedI2c::new(bus);
        }
        let name = name.to_owned();
        let sink = move |entry: Entry| {
            if let Some(capture) = &capture {
                capture.traced(&name, &entry);
            }
            if let Some(trace) = &mut trace {
                trace(entry);
            }
        };
        SharedI2c::new(Traced::new(bus, self.clock.clone(), sink))
    }
}

/// Why there is none, and what to do about it.
type Unavailable = (String, &'static str);

/// A bus of the kernel.
#[cfg(target_os = "linux")]
fn open_linux(device: &Path) -> Result<impl I2cBus + 'static, Unavailable> {
    LinuxI2c::open(device).map_err(|error| unavailable(&error))
}

/// Whether the kernel leaves a target of a bus to us.
#[cfg(target_os = "linux")]
fn free(device: &Path, address: I2cAddress) -> Result<(), Unavailable> {
    LinuxI2c::free(device, address).map_err(|error| unavailable(&error))
}

#[cfg(target_os = "linux")]
fn unavailable(error: &OpenError) -> Unavailable {
    // It quotes the board file, which may hold anything.
    (printable(&error.to_string(), 512).into_owned(), error.remedy())
}

#[cfg(not(target_os = "linux"))]
fn free(_: &Path, _: I2cAddress) -> Result<(), Unavailable> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn open_linux(_: &Path) -> Result<sim::Bus, Unavailable> {
    let reason = "this host was built for another system than Linux";
    Err((reason.to_owned(), "set backend = \"sim\", or run on Linux"))
}
