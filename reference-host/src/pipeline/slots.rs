//! The slots of a pipeline, joined with their requests.

use std::fmt;

use periplasm_request::{Request, Requests};

use super::PipelineError;
use super::classify::SlotImport;
use crate::names;

/// What a slot opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SlotKind {
    /// An I2C bus.
    I2c,
    /// A device on an SPI bus, with its chip select.
    Spi,
    /// A whole SPI bus.
    SpiBus,
    /// A pin to drive.
    OutputPin,
    /// A pin to read.
    InputPin,
    /// An output of pulses.
    Pwm,
    /// An input of a converter.
    Adc,
    /// A serial port.
    Serial,
    /// A CAN bus.
    Can,
    /// The stage's log and panic report.
    Diag,
}

impl SlotKind {
    pub(crate) const ALL: [Self; 10] = [
        Self::I2c,
        Self::Spi,
        Self::SpiBus,
        Self::OutputPin,
        Self::InputPin,
        Self::Pwm,
        Self::Adc,
        Self::Serial,
        Self::Can,
        Self::Diag,
    ];
    pub(super) const LIST: &'static str =
        "i2c, spi, spi-bus, output-pin, input-pin, pwm, adc, serial, can and diag";

    pub(super) fn interface(self) -> &'static str {
        match self {
            Self::I2c => names::I2C,
            Self::Spi => names::SPI,
            Self::SpiBus => names::SPI_BUS,
            Self::OutputPin => names::OUTPUT_PIN,
            Self::InputPin => names::INPUT_PIN,
            Self::Pwm => names::PWM,
            Self::Adc => names::ADC,
            Self::Serial => names::SERIAL,
            Self::Can => names::CAN,
            Self::Diag => names::DIAG,
        }
    }

    pub(super) fn resource(self) -> &'static str {
        match self {
            Self::Spi => "spi-device",
            other => other.word(),
        }
    }

    /// The word that manifests, requests and boards use.
    pub fn word(self) -> &'static str {
        match self {
            Self::I2c => "i2c",
            Self::Spi => "spi",
            Self::SpiBus => "spi-bus",
            Self::OutputPin => "output-pin",
            Self::InputPin => "input-pin",
            Self::Pwm => "pwm",
            Self::Adc => "adc",
            Self::Serial => "serial",
            Self::Can => "can",
            Self::Diag => "diag",
        }
    }

    /// The kind of slot that a request is for.
    pub fn of(request: &Request) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == request.kind())
    }

    /// Whether only one slot may have such hardware at a time. Two drivers on
    /// one output would undo each other's work; on what is only read, or is
    /// locked for each transaction, they do not meet.
    pub fn is_exclusive(self) -> bool {
        matches!(self, Self::SpiBus | Self::OutputPin | Self::Pwm | Self::Serial)
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One slot of one stage, and what it asks for.
#[derive(Clone, Debug)]
pub struct Slot {
    stage: String,
    name: String,
    kind: SlotKind,
    request: Request,
}

impl Slot {
    /// The stage.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The slot's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The import it is.
    pub fn import(&self) -> String {
        periplasm_request::join(&self.stage, &self.name)
    }

    /// What it opens, by its type.
    pub fn kind(&self) -> SlotKind {
        self.kind
    }

    /// The hardware it asks for: a claim, of the slot's own kind.
    pub fn request(&self) -> &Request {
        &self.request
    }
}

/// Gives each slot its request. Both sides must match, one to one.
pub(super) fn with_requests(
    imports: Vec<SlotImport>,
    requests: &Requests,
) -> Result<Vec<Slot>, PipelineError> {
    let mut slots = Vec::new();
    for SlotImport { stage, slot, kind } in imports {
        let Some(request) = requests.slot(&stage, &slot) else {
            return Err(PipelineError::NoRequest { stage, slot });
        };
        if SlotKind::of(request) != Some(kind) {
            let request = request.kind();
            return Err(PipelineError::KindMismatch { stage, slot, kind, request });
        }
        slots.push(Slot { stage, name: slot, kind, request: request.clone() });
    }
    for stage in &requests.stages {
        for asked in &stage.slots {
            if !slots.iter().any(|s| s.stage == stage.stage && s.name == asked.slot) {
                let (stage, slot) = (stage.stage.clone(), asked.slot.clone());
                return Err(PipelineError::NoSlot { stage, slot });
            }
        }
    }
    Ok(slots)
}
