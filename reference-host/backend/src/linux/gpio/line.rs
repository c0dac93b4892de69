//! Lines: found, requested, read.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gpiocdev::line::{Bias, EdgeDetection, EdgeKind, EventClock, Value};
use gpiocdev::request::Builder;
use gpiocdev::{Chip, Request, UapiCall};
use nix::errno::Errno;

use super::edges::Reported;
use super::{GpioBias, GpioLine, InputConfig};
use crate::linux::time::Epoch;
use crate::linux::{Hardware, OpenError};
use crate::{Clock, Level, PinError};

const WHAT: Hardware = Hardware::Gpio;
const CONSUMER: &str = "periplasm";

/// The most edges that the kernel keeps (`GPIO_V2_LINES_MAX` × 16).
const KERNEL_EDGES: u32 = 1024;
/// Edges taken from it by one call.
const AT_ONCE: usize = 64;

/// Where a line is: what its requests begin with.
pub(super) struct Place {
    chip: PathBuf,
    offset: u32,
    shown: PathBuf,
}

impl Place {
    pub(super) fn find(path: &Path, line: &GpioLine) -> Result<Self, OpenError> {
        let failed = |error| opening(path, &error);
        let chip = Chip::from_path(path).map_err(failed)?;
        let info = chip.info().map_err(failed)?;
        let offset = match line {
            GpioLine::Offset(offset) => Some(*offset).filter(|offset| *offset < info.num_lines),
            GpioLine::Name(name) => chip.find_line_info(name).map(|found| found.offset),
        };
        let Some(offset) = offset else {
            let line = match line {
                GpioLine::Offset(offset) => format!("line {offset}: it has {}", info.num_lines),
                GpioLine::Name(name) => format!("line {name:?}"),
            };
            return Err(OpenError::NoLine { what: WHAT, path: path.to_owned(), line });
        };
        let shown = PathBuf::from(format!("{} line {offset}", path.display()));
        Ok(Self { chip: path.to_owned(), offset, shown })
    }

    pub(super) fn builder(&self, active_low: bool, bias: Option<GpioBias>) -> Builder {
        let mut builder = Request::builder();
        builder.on_chip(&self.chip).with_consumer(CONSUMER).with_line(self.offset).with_bias(
            bias.map(|bias| match bias {
                GpioBias::PullUp => Bias::PullUp,
                GpioBias::PullDown => Bias::PullDown,
                GpioBias::Disabled => Bias::Disabled,
            }),
        );
        if active_low {
            builder.as_active_low();
        }
        builder
    }

    pub(super) fn request(&self, builder: &mut Builder) -> Result<Request, OpenError> {
        builder.request().map_err(|error| match errno(&error) {
            Some(Errno::EINVAL | Errno::EOPNOTSUPP) => OpenError::Unsupported {
                what: WHAT,
                path: self.shown.clone(),
                setting: "what the board says of it",
            },
            _ => opening(&self.shown, &error),
        })
    }
}

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
        let plain = || {
            let mut builder = place.builder(config.active_low, config.bias);
            builder.as_input();
            if let Some(period) = config.debounce {
                builder.with_debounce_period(period);
            }
            builder
        };
        let request = match config.edges {
            false => place.request(&mut plain())?,
            true => {
                let mut builder = plain();
                builder
                    .with_edge_detection(EdgeDetection::BothEdges)
                    .with_event_clock(EventClock::Monotonic)
                    .with_kernel_event_buffer_size(KERNEL_EDGES);
                let refused = match place.request(&mut builder) {
                    Ok(request) => Ok(request),
                    // Is it the edges? A chip without interrupts may answer
                    // ENODEV, ENXIO or EINVAL; then the line alone can be had.
                    Err(error) => match place.request(&mut plain()) {
                        Ok(_) => Err(OpenError::NoEdges {
                            path: place.chip.clone(),
                            line: format!("line {}", place.offset),
                        }),
                        Err(_) => Err(error),
                    },
                };
                refused?
            }
        };
        let failed = |source| OpenError::Io { path: place.shown.clone(), source };
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

/// The kernel's error number, if it is one of its errors.
fn errno(error: &gpiocdev::Error) -> Option<Errno> {
    use gpiocdev_uapi::Error::Os;
    match error {
        gpiocdev::Error::Os(number) | gpiocdev::Error::Uapi(_, Os(number)) => {
            Some(Errno::from_i32(number.0))
        }
        _ => None,
    }
}

fn opening(path: &Path, error: &gpiocdev::Error) -> OpenError {
    match (error, errno(error)) {
        (gpiocdev::Error::GpioChip(..), _) => {
            OpenError::WrongKind { what: WHAT, path: path.to_owned() }
        }
        (gpiocdev::Error::UnsupportedAbi(..) | gpiocdev::Error::NoAbiSupport(), _)
        | (gpiocdev::Error::Uapi(UapiCall::GetLine, _), Some(Errno::ENOTTY)) => {
            OpenError::NoInterface { what: WHAT }
        }
        (_, Some(errno)) => OpenError::asking(WHAT, path, errno.into()),
        _ => OpenError::Io { path: path.to_owned(), source: io::Error::other(error.to_string()) },
    }
}

/// What an error means for a pin that is open.
pub(super) fn kind(error: &gpiocdev::Error) -> PinError {
    match errno(error) {
        Some(Errno::ENODEV | Errno::ENXIO | Errno::ESHUTDOWN) => PinError::Gone,
        _ => PinError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gpiocdev_uapi::Errno as Number;

    fn answered(call: UapiCall, errno: i32) -> gpiocdev::Error {
        gpiocdev::Error::Uapi(call, gpiocdev_uapi::Error::Os(Number(errno)))
    }

    #[test]
    fn every_error_number_has_the_kind_it_describes() {
        // Linux's numbers (asm-generic/errno.h), written out.
        for (errno, expected) in [
            (19, PinError::Gone),
            (6, PinError::Gone),
            (108, PinError::Gone),
            (5, PinError::Other),
            (110, PinError::Other),
            (1, PinError::Other),
        ] {
            assert_eq!(kind(&answered(UapiCall::SetLineValues, errno)), expected, "{errno}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_had_says_why() {
        let path = Path::new("/dev/gpiochip0 line 17");
        let message = |call, errno| {
            let error = opening(path, &answered(call, errno));
            format!("{error}: {}", error.remedy())
        };
        let busy = message(UapiCall::GetLine, 16);
        assert!(busy.starts_with("/dev/gpiochip0 line 17 is in use") && busy.contains("gpioinfo"));
        let old = message(UapiCall::GetLine, 25);
        assert!(
            old.starts_with("this kernel has no support for GPIO chips") && old.contains("5.10")
        );
        let group = message(UapiCall::GetLine, 13);
        assert!(group.contains("usermod -aG gpio"), "{group}");
    }
}
