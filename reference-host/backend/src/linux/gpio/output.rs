//! A line to drive.

use gpiocdev::Request;
use gpiocdev::line::Drive;

use super::errno::kind;
use super::line;
use super::place::Place;
use super::{GpioDrive, OutputConfig};
use crate::linux::OpenError;
use crate::{Level, OutputPin, PinError};

/// An output of the Linux kernel.
#[derive(Debug)]
pub struct LinuxOutput {
    request: Request,
    level: Level,
}

impl LinuxOutput {
    /// Takes the line for this program, and drives it to its first level.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the line and what to do.
    pub fn open(config: &OutputConfig) -> Result<Self, OpenError> {
        let place = Place::find(&config.chip, &config.line)?;
        let mut builder = place.builder(config.active_low, config.bias);
        builder.as_output(line::value(config.initial)).with_drive(match config.drive {
            GpioDrive::PushPull => Drive::PushPull,
            GpioDrive::OpenDrain => Drive::OpenDrain,
            GpioDrive::OpenSource => Drive::OpenSource,
        });
        Ok(Self { request: place.request(&mut builder)?, level: config.initial })
    }
}

impl OutputPin for LinuxOutput {
    fn set(&mut self, level: Level) -> Result<(), PinError> {
        self.request.set_lone_value(line::value(level)).map_err(|error| kind(&error))?;
        self.level = level;
        Ok(())
    }

    /// The level it was set to, which on an open drain need not be the wire's.
    fn get(&mut self) -> Result<Level, PinError> {
        Ok(self.level)
    }
}
