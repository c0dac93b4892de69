//! A board's hardware, opened.

mod error;
mod inputs;
mod lease;
mod open;
mod usb;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

pub use error::MachineError;
pub(crate) use inputs::{Input, InputSource};
pub(crate) use lease::{Lease, Shared};
use open::Opened;
use periplasm_backend::trace::{Entry, Traced};
use periplasm_backend::{Clock, I2cAddress, I2cBus, RealClock, SharedI2c, sim};
use periplasm_usb::Capture;
use usb::OpenedUsb;

use crate::board::{Backend, Board, I2cHardware, Limits};
use crate::grants::{Granted, Grants};
use crate::pipeline::SlotKind;
#[cfg(target_os = "linux")]
use crate::text::printable;

/// Gets all that is done with hardware, with the hardware's name, while it is
/// held.
pub type TraceSink = Arc<dyn Fn(&str, &Entry) + Send + Sync>;

/// The hardware of one board. Pipelines that run on the same machine share its
/// buses and its clock.
pub struct Machine {
    board: Board,
    clock: Arc<dyn Clock>,
    /// What simulated hardware is connected by.
    world: sim::World,
    started: Duration,
    trace: Option<TraceSink>,
    capture: Option<Capture>,
    opened: Mutex<Opened>,
    opened_usb: Mutex<OpenedUsb>,
}

impl Machine {
    /// Opens all hardware of `board`.
    pub fn open(board: &Board) -> Result<Self, MachineError> {
        let machine = Self::new(board);
        for kind in SlotKind::all() {
            for name in board.names(kind) {
                machine.try_open(kind, name)?;
            }
        }
        Ok(machine)
    }

    /// The machine of `board`, with nothing opened yet: each thing is when the
    /// first pipeline that was granted it starts.
    pub fn new(board: &Board) -> Self {
        let clock: Arc<dyn Clock> = match board.backend() {
            Backend::Sim => Arc::new(sim::VirtualClock::new()),
            Backend::Linux => Arc::new(RealClock::new()),
        };
        // A machine whose date is before 1970 says that it is 1970.
        let started = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let world = sim::World::new(clock.clone()).in_folder(board.folder());
        let (opened, opened_usb) = Default::default();
        let board = board.clone();
        Self { board, clock, world, started, trace: None, capture: None, opened, opened_usb }
    }

    /// Has `sink` see all that is done with the hardware that is opened from now
    /// on.
    pub fn traced(mut self, sink: impl Fn(&str, &Entry) + Send + Sync + 'static) -> Self {
        self.trace = Some(Arc::new(sink));
        self
    }

    /// Writes the traffic of all I2C and USB buses that are opened from now on
    /// into `capture`. Its times should be those of [`Self::clock`].
    pub fn captured(mut self, capture: Capture) -> Self {
        self.capture = Some(capture);
        self
    }

    /// Opens what `grants` name.
    pub fn open_granted(&self, grants: &Grants) -> Result<(), MachineError> {
        for grant in grants.iter() {
            match &grant.hardware {
                Granted::I2c { bus, addresses } => drop(self.granted(bus, addresses)?),
                Granted::Named { kind, name } => self.try_open(*kind, name)?,
                Granted::Usb { name, .. } => self.try_open(SlotKind::Usb, name)?,
                Granted::Diag => {}
            }
        }
        Ok(())
    }

    /// The clock that stages live by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

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
                let bus = open_linux(device).map_err(|(reason, remedy)| MachineError::I2c {
                    bus: name.to_owned(),
                    reason,
                    remedy,
                    board: Arc::new(self.board.source().clone()),
                    at: *at,
                })?;
                Ok(self.share(name, bus))
            }
        }
    }

    /// The bus of this name for a stage that was granted `addresses` on it:
    /// whoever decided that, this machine's board has the last word.
    pub(crate) fn granted(
        &self,
        name: &str,
        addresses: &[I2cAddress],
    ) -> Result<SharedI2c, MachineError> {
        let allow = self.board.i2c_bus(name).map_or(&[][..], |bus| bus.allow());
        match addresses.iter().find(|address| !allow.contains(address)) {
            Some(&address) if self.board.i2c_bus(name).is_some() => {
                Err(MachineError::NotAllowed { bus: name.to_owned(), address })
            }
            _ => self.i2c(name),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.board.limits()
    }

    /// What each simulated display shows now, by its name.
    pub fn pictures(&self) -> BTreeMap<String, sim::Picture> {
        self.world.screens().pictures()
    }

    /// Whether a delay takes real time.
    pub(crate) fn real_time(&self) -> bool {
        self.board.backend() == Backend::Linux
    }

    /// The date and time at which the clock was zero, since 1970.
    pub(crate) fn started(&self) -> Duration {
        self.started
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

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("board", &self.board).finish_non_exhaustive()
    }
}

/// A bus of the kernel, or why there is none and what to do about it.
#[cfg(target_os = "linux")]
fn open_linux(device: &Path) -> Result<impl I2cBus + 'static, (String, &'static str)> {
    periplasm_backend::linux::LinuxI2c::open(device)
        // It quotes the board file, which may hold anything.
        .map_err(|error| (printable(&error.to_string(), 512).into_owned(), error.remedy()))
}

#[cfg(not(target_os = "linux"))]
fn open_linux(_: &Path) -> Result<sim::Bus, (String, &'static str)> {
    let reason = "this host was built for another system than Linux";
    Err((reason.to_owned(), "set backend = \"sim\", or run on Linux"))
}
