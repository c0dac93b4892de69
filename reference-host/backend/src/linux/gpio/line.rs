//! What can be asked of an input.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use gpiocdev::Request;
use gpiocdev::line::{EdgeDetection, EdgeKind, EventClock, Value};
use nix::errno::Errno;

use super::InputConfig;
use super::edges::Reported;
use super::errno::kind;
use super::place::Place;
use crate::linux::time::Epoch;
use crate::linux::{Hardware, OpenError};
use crate::{Clock, Level, PinError};

/// The most edges that the kernel keeps (`GPIO_V2_LINES_MAX` × 16).
const KERNEL_EDGES: u32 = 1024;
/// Edges taken from it by one call.
const AT_ONCE: usize = 64;

pub(super) fn level(value: Value) -> Level {
    Level::from(value == Value::Active)
}

pub(super) fn value(level: Level) -> Value {
    if level.is_high() { Value::Active } else { Value::Inactive }
}

/// Something whose level and edges can be read. (A trait for the tests.)
pub(super) trait Line: Send + 'static {
    fn level(&mut self) -> Result<Level, PinError>;

    /// Gives the edges that were not taken yet, without waiting for more.
    fn edges(&mut self, each: &mut dyn FnMut(Reported)) -> Result<(), PinError>;
}

/// An input of the kernel.
pub(super) struct Input {
    request: Request,
    epoch: Epoch,
    edges: Option<Vec<u64>>,
    /// Of a line without edges: the level at the last look, and the looks at
    /// which it had changed.
    last: Level,
    changes: u32,
    clock: Arc<dyn Clock>,
}

impl Input {
    pub(super) fn open(config: &InputConfig, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let place = Place::find(&config.chip, &config.line)?;
        let request = request(&place, config)?;
        let failed = |source| OpenError::Io { path: place.shown().to_owned(), source };
        let epoch = Epoch::of(&*clock).map_err(failed)?;
        let edges = config.edges.then(|| vec![0; AT_ONCE * request.edge_event_u64_size()]);
        let mut input = Self { request, epoch, edges, last: Level::Low, changes: 0, clock };
        input.last = input.level().map_err(|_| failed(Errno::EIO.into()))?;
        Ok(input)
    }

    /// What becomes readable with an edge.
    pub(super) fn descriptor(&self) -> io::Result<Option<Arc<OwnedFd>>> {
        match self.edges {
            Some(_) => Ok(Some(Arc::new(self.request.as_fd().try_clone_to_owned()?))),
            None => Ok(None),
        }
    }
}

/// Takes the line. If that fails, finds out which setting it is.
fn request(place: &Place, config: &InputConfig) -> Result<Request, OpenError> {
    let with = |edges: bool, debounce: Option<Duration>| {
        let mut builder = place.builder(config.active_low, config.bias);
        builder.as_input();
        if let Some(period) = debounce {
            builder.with_debounce_period(period);
        }
        if edges {
            builder
                .with_edge_detection(EdgeDetection::BothEdges)
                .with_event_clock(EventClock::Monotonic)
                .with_kernel_event_buffer_size(KERNEL_EDGES);
        }
        place.request(&mut builder)
    };
    // A chip without interrupts may answer ENODEV, ENXIO or EINVAL to edges,
    // and to debouncing, which the kernel does by edges.
    with(config.edges, config.debounce).map_err(|refused| {
        if config.debounce.is_some() && with(config.edges, None).is_ok() {
            let path = place.shown().to_owned();
            OpenError::Unsupported { what: Hardware::Gpio, path, setting: "a debounce time" }
        } else if config.edges && with(false, None).is_ok() {
            let line = format!("line {}", place.offset());
            OpenError::NoEdges { path: place.chip().to_owned(), line }
        } else {
            refused
        }
    })
}

impl Line for Input {
    fn level(&mut self) -> Result<Level, PinError> {
        self.request.lone_value().map(level).map_err(|error| kind(&error))
    }

    fn edges(&mut self, each: &mut dyn FnMut(Reported)) -> Result<(), PinError> {
        if self.edges.is_none() {
            let now = self.level()?;
            if now != self.last {
                self.last = now;
                self.changes = self.changes.wrapping_add(1);
                each(Reported { to: now, at_ns: self.clock.now_ns(), number: self.changes });
            }
            return Ok(());
        }
        let failed = |error: gpiocdev::Error| kind(&error);
        let size = self.request.edge_event_u64_size().max(1);
        let buffer = self.edges.as_mut().map_or(&mut [][..], Vec::as_mut_slice);
        while self.request.has_edge_event().map_err(failed)? {
            let read = self.request.read_edge_events_into_slice(buffer).map_err(failed)?;
            let events = buffer.get(..read).ok_or(PinError::Other)?;
            if events.is_empty() {
                return Err(PinError::Gone);
            }
            for event in events.chunks_exact(size) {
                let event = self.request.edge_event_from_slice(event).map_err(failed)?;
                each(Reported {
                    to: Level::from(event.kind == EdgeKind::Rising),
                    at_ns: self.epoch.on_clock(event.timestamp_ns),
                    number: event.line_seqno,
                });
            }
        }
        Ok(())
    }
}
