//! One serial port of a board file.

use std::num::NonZeroU32;

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::described::{self, Described, Place};
use super::{ConfigError, Scheduled, SerialFault, SerialTarget, World};

/// What a board file says about a simulated serial port, and about what is at
/// the other end of its line.
///
/// | key | means |
/// | --- | --- |
/// | `model` | what is there: [`models`](super::models) |
/// | `fault` | what goes wrong: [`Scheduled`]`<`[`SerialFault`]`>` |
/// | `baud` | bits a second, ten a byte; no time passes if absent |
/// | `pins` | which of its pins is which of the board's |
///
/// Every other key is an option of its model.
///
/// A fault counts bytes: `after` so many were read the next `times` bytes are
/// wrong. A port disappears after so many were read or written, and if it comes
/// back, then after so many calls.
#[derive(Clone, Debug, PartialEq)]
pub struct SerialConfig {
    device: Described<dyn SerialTarget>,
    place: SerialPlace,
}

impl SerialConfig {
    /// Its model's name, as in a board file.
    pub fn model(&self) -> &'static str {
        self.device.model()
    }

    /// The pins of what is there that are connected: its own name of each, and
    /// the board's.
    pub fn pins(&self) -> impl Iterator<Item = (&str, &str)> {
        self.device.pins()
    }

    pub(super) fn fault(&self) -> Option<Scheduled<SerialFault>> {
        self.place.fault
    }

    pub(super) fn baud(&self) -> Option<NonZeroU32> {
        self.place.baud
    }

    pub(super) fn build(
        &self,
        world: &World,
        name: &str,
    ) -> Result<Box<dyn SerialTarget>, ConfigError> {
        self.device.build(world, name)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct SerialPlace {
    fault: Option<Scheduled<SerialFault>>,
    baud: Option<NonZeroU32>,
}

impl Place for SerialPlace {
    const KEYS: &'static [&'static str] = &["fault", "baud"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "fault" => self.fault = Some(map.next_value()?),
            "baud" => self.baud = Some(map.next_value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de> Deserialize<'de> for SerialConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        described::read(deserializer, |device, place| Ok(Self { device, place }))
    }
}
