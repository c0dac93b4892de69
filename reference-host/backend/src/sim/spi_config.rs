//! One SPI device of a board file.

use std::num::NonZeroU32;

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::described::{self, Described, Place};
use super::line::Line;
use super::{ConfigError, Scheduled, SpiFault, SpiTarget, World};

/// What a board file says about a simulated SPI device, or about what is on a
/// whole simulated SPI bus.
///
/// | key | means |
/// | --- | --- |
/// | `model` | which chip: [`models`](super::models) |
/// | `fault` | what goes wrong: [`Scheduled`]`<`[`SpiFault`]`>` |
/// | `speed-hz` | bits a second; no time passes if absent |
/// | `max-bytes` | the most bytes of one transaction; no limit if absent |
/// | `bus` | devices with the same name here wait for each other |
/// | `pins` | which of its pins is which of the board's: `{ dc = "screen-dc" }` |
/// | `screen` | the name of the picture that it shows; its own name if absent |
///
/// Every other key is an option of its model.
///
/// ```
/// use periplasm_backend::sim::SpiConfig;
/// let device: SpiConfig = toml::from_str(
///     r#"
///     model = "registers"
///     contents = [1, 2, 3]
///     speed-hz = 1_000_000
///     fault = { kind = "overrun", after = 10, times = 1 }
///     "#,
/// )?;
/// assert_eq!(device.model(), "registers");
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SpiConfig {
    device: Described<dyn SpiTarget>,
    place: SpiPlace,
}

impl SpiConfig {
    /// Its model's name, as in a board file.
    pub fn model(&self) -> &'static str {
        self.device.model()
    }

    /// Its pins that are connected: its own name of each, and the board's.
    pub fn pins(&self) -> impl Iterator<Item = (&str, &str)> {
        self.device.pins()
    }

    pub(super) fn fault(&self) -> Option<Scheduled<SpiFault>> {
        self.place.fault
    }

    pub(super) fn max_bytes(&self) -> Option<usize> {
        self.place.max_bytes
    }

    pub(super) fn line(&self, world: &World) -> Line {
        let line = Line::new(world, self.place.speed_hz);
        match &self.place.bus {
            Some(bus) => line.of_bus(bus),
            None => line,
        }
    }

    pub(super) fn build(
        &self,
        world: &World,
        name: &str,
    ) -> Result<Box<dyn SpiTarget>, ConfigError> {
        self.device.build(world, name)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct SpiPlace {
    fault: Option<Scheduled<SpiFault>>,
    speed_hz: Option<NonZeroU32>,
    max_bytes: Option<usize>,
    bus: Option<String>,
}

impl Place for SpiPlace {
    const KEYS: &'static [&'static str] = &["fault", "speed-hz", "max-bytes", "bus"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "fault" => self.fault = Some(map.next_value()?),
            "speed-hz" => self.speed_hz = Some(map.next_value()?),
            "max-bytes" => self.max_bytes = Some(map.next_value()?),
            "bus" => self.bus = Some(map.next_value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de> Deserialize<'de> for SpiConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        described::read(deserializer, |device, place| Ok(Self { device, place }))
    }
}
