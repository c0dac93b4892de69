//! A board's hardware, opened.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use miette::{Diagnostic, NamedSource, SourceSpan};
use periplasm_backend::trace::{Entry, Traced};
use periplasm_backend::{Clock, I2cAddress, I2cBus, RealClock, SharedI2c, sim};
use thiserror::Error;

use crate::board::{Backend, Board, I2cHardware, Limits};
use crate::grants::{Granted, Grants};
#[cfg(target_os = "linux")]
use crate::text::printable;

/// Gets each transaction, with the name of its bus, while the bus is held.
pub type TraceSink = Arc<dyn Fn(&str, &Entry) + Send + Sync>;

/// The hardware of one board. Pipelines that run on the same machine share its
/// buses and its clock.
pub struct Machine {
    board: Board,
    clock: Arc<dyn Clock>,
    started: Duration,
    trace: Option<TraceSink>,
    i2c: Mutex<BTreeMap<String, SharedI2c>>,
}

/// Why hardware is not there.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum MachineError {
    /// A bus of the kernel that cannot be opened.
    #[error("bus `{bus}` is not available: {reason}")]
    #[diagnostic(help("{remedy}"))]
    I2c {
        /// The bus, as the board names it.
        bus: String,
        /// Why not.
        reason: String,
        /// What to do.
        remedy: &'static str,
        /// The board file.
        #[source_code]
        board: Arc<NamedSource<Arc<String>>>,
        /// Where it names the device.
        #[label("this device")]
        at: SourceSpan,
    },
    /// A simulated device that cannot be built (a board that was parsed has
    /// none).
    #[error("bus `{bus}` cannot be simulated: {error}")]
    Sim {
        /// The bus, as the board names it.
        bus: String,
        /// Why not.
        error: sim::ConfigError,
    },
    /// A grant for a bus that the machine's board does not have.
    #[error("this machine has no bus `{0}`: the grants were decided on another board")]
    NoBus(String),
    /// A grant of an address that the machine's board does not allow.
    #[error(
        "this machine's board does not allow {address} on bus `{bus}`: \
         the grants were decided on another board"
    )]
    NotAllowed {
        /// The bus.
        bus: String,
        /// The first address that is not allowed.
        address: I2cAddress,
    },
}

impl Machine {
    /// Opens all buses of `board`.
    pub fn open(board: &Board) -> Result<Self, MachineError> {
        let machine = Self::new(board);
        for (name, _) in board.i2c() {
            machine.i2c(name)?;
        }
        Ok(machine)
    }

    /// The machine of `board`, with no bus opened yet: each is when the first
    /// pipeline that was granted it starts.
    pub fn new(board: &Board) -> Self {
        let clock: Arc<dyn Clock> = match board.backend() {
            Backend::Sim => Arc::new(sim::VirtualClock::new()),
            Backend::Linux => Arc::new(RealClock::new()),
        };
        // A machine whose date is before 1970 says that it is 1970.
        let started = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let i2c = Mutex::new(BTreeMap::new());
        Self { board: board.clone(), clock, started, trace: None, i2c }
    }

    /// Has `sink` see each transaction of the buses that are opened from now on.
    pub fn traced(mut self, sink: impl Fn(&str, &Entry) + Send + Sync + 'static) -> Self {
        self.trace = Some(Arc::new(sink));
        self
    }

    /// Opens what `grants` name.
    pub fn open_granted(&self, grants: &Grants) -> Result<(), MachineError> {
        for grant in grants.iter() {
            if let Granted::I2c { bus, addresses } = &grant.hardware {
                self.granted(bus, addresses)?;
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
        let mut opened = self.i2c.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bus) = opened.get(name) {
            return Ok(bus.clone());
        }
        let on_board =
            self.board.i2c_bus(name).ok_or_else(|| MachineError::NoBus(name.to_owned()))?;
        let bus = match on_board.hardware() {
            I2cHardware::Sim(devices) => {
                let mut bus = sim::Bus::new(self.clock.clone());
                for device in devices {
                    bus.attach(device)
                        .map_err(|error| MachineError::Sim { bus: name.to_owned(), error })?;
                }
                self.share(name, bus)
            }
            I2cHardware::Linux { device, at } => {
                let bus = open_linux(device).map_err(|(reason, remedy)| MachineError::I2c {
                    bus: name.to_owned(),
                    reason,
                    remedy,
                    board: Arc::new(self.board.source().clone()),
                    at: *at,
                })?;
                self.share(name, bus)
            }
        };
        opened.insert(name.to_owned(), bus.clone());
        Ok(bus)
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

    /// Whether a delay takes real time.
    pub(crate) fn real_time(&self) -> bool {
        self.board.backend() == Backend::Linux
    }

    /// The date and time at which the clock was zero, since 1970.
    pub(crate) fn started(&self) -> Duration {
        self.started
    }

    fn share(&self, name: &str, bus: impl I2cBus + 'static) -> SharedI2c {
        let Some(sink) = self.trace.clone() else { return SharedI2c::new(bus) };
        let name = name.to_owned();
        SharedI2c::new(Traced::new(bus, self.clock.clone(), move |entry| sink(&name, &entry)))
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
