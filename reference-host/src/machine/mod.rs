//! A board's hardware, opened.

mod error;
mod i2c;
mod inputs;
mod lease;
mod open;
mod usb;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

pub use error::MachineError;
pub(crate) use inputs::{Input, InputSource};
pub(crate) use lease::{Lease, Shared};
use open::Opened;
use periplasm_backend::trace::Entry;
use periplasm_backend::{Clock, RealClock, sim};
use periplasm_usb::Capture;
use usb::OpenedUsb;

use crate::board::{Backend, Board, Limits};
use crate::grants::{Granted, Grants};
use crate::pipeline::SlotKind;

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
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("board", &self.board).finish_non_exhaustive()
    }
}
