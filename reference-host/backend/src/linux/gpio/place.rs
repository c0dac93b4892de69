//! Where a line is.

use std::path::{Path, PathBuf};

use gpiocdev::line::Bias;
use gpiocdev::request::Builder;
use gpiocdev::{Chip, Request};
use nix::errno::Errno;

use super::errno::{errno, opening};
use super::{GpioBias, GpioLine};
use crate::linux::{Hardware, OpenError};

const WHAT: Hardware = Hardware::Gpio;
const CONSUMER: &str = "periplasm";

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

    pub(super) fn chip(&self) -> &Path {
        &self.chip
    }

    pub(super) fn offset(&self) -> u32 {
        self.offset
    }

    /// Chip and line, for messages.
    pub(super) fn shown(&self) -> &Path {
        &self.shown
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
            Some(Errno::EBUSY) => OpenError::Busy { what: WHAT, path: self.taken() },
            _ => opening(&self.shown, &error),
        })
    }

    /// Chip and line, and who has it, if that is told.
    fn taken(&self) -> PathBuf {
        let info = Chip::from_path(&self.chip).and_then(|chip| chip.line_info(self.offset));
        match info {
            Ok(info) if !info.consumer.is_empty() => {
                PathBuf::from(format!("{} ({:?})", self.shown.display(), info.consumer))
            }
            _ => self.shown.clone(),
        }
    }
}
