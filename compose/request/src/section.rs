//! The custom section in which requests travel.

use serde::{Deserialize, Serialize};

use crate::{
    I2cAddress, MAX_USB_FILTERS, SlotKind, UsbFilter, UsbFilterError, is_slot_name, is_stage_name,
    join,
};

/// The name of the custom section.
pub const SECTION: &str = "periplasm:requests";

/// The version of its contents. A host refuses any other.
pub const VERSION: u32 = 1;

/// The most bytes a host reads of it.
pub const MAX_SECTION_BYTES: usize = 256 * 1024;

/// The contents of the section, as JSON in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    /// [`VERSION`].
    pub version: u32,
    /// The pipeline's name, for people.
    pub pipeline: String,
    /// One entry a stage, in the order of the manifest.
    pub stages: Vec<StageRequests>,
}

/// What one stage asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRequests {
    /// The stage's name: [`is_stage_name`].
    pub stage: String,
    /// One entry a slot that the board fills, sorted by name.
    pub slots: Vec<SlotRequest>,
}

/// What one slot asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotRequest {
    /// The slot's name: [`is_slot_name`].
    pub slot: String,
    /// The hardware it wants.
    pub request: Request,
}

/// The hardware a slot wants, by the board's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Request {
    /// An I2C bus, and the targets to be addressed on it.
    I2c {
        /// The bus, as the board names it.
        bus: String,
        /// The targets, in the order of the manifest, none twice.
        addresses: Vec<I2cAddress>,
    },
    /// A device on an SPI bus, with its chip select.
    Spi {
        /// The device, as the board names it.
        name: String,
    },
    /// A whole SPI bus.
    SpiBus {
        /// The bus, as the board names it.
        name: String,
    },
    /// A pin to drive.
    OutputPin {
        /// The pin, as the board names it.
        name: String,
    },
    /// A pin to read.
    InputPin {
        /// The pin, as the board names it.
        name: String,
    },
    /// An output of pulses.
    Pwm {
        /// The output, as the board names it.
        name: String,
    },
    /// An input of a converter.
    Adc {
        /// The input, as the board names it.
        name: String,
    },
    /// A serial port.
    Serial {
        /// The port, as the board names it.
        name: String,
    },
    /// A CAN bus.
    Can {
        /// The bus, as the board names it.
        name: String,
    },
    /// USB devices, from their host's side.
    Usb {
        /// The port or the bus they are at, as the board names it.
        name: String,
        /// Which devices, and what is to be done with them: at least one
        /// filter, at most [`MAX_USB_FILTERS`].
        devices: Vec<UsbFilter>,
    },
    /// A USB device controller.
    UsbDevice {
        /// The controller, as the board names it.
        name: String,
    },
    /// The stage's log and panic report.
    Diag,
}

impl Request {
    /// The kind of slot that it is for.
    pub fn slot_kind(&self) -> SlotKind {
        match self {
            Self::I2c { .. } => SlotKind::I2c,
            Self::Spi { .. } => SlotKind::Spi,
            Self::SpiBus { .. } => SlotKind::SpiBus,
            Self::OutputPin { .. } => SlotKind::OutputPin,
            Self::InputPin { .. } => SlotKind::InputPin,
            Self::Pwm { .. } => SlotKind::Pwm,
            Self::Adc { .. } => SlotKind::Adc,
            Self::Serial { .. } => SlotKind::Serial,
            Self::Can { .. } => SlotKind::Can,
            Self::Usb { .. } => SlotKind::Usb,
            Self::UsbDevice { .. } => SlotKind::UsbDevice,
            Self::Diag => SlotKind::Diag,
        }
    }

    /// The word for this kind of slot in manifests and messages.
    pub fn kind(&self) -> &'static str {
        self.slot_kind().as_str()
    }

    /// The board's name for the hardware; a stage's voice has none.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::I2c { bus: name, .. }
            | Self::Spi { name }
            | Self::SpiBus { name }
            | Self::OutputPin { name }
            | Self::InputPin { name }
            | Self::Pwm { name }
            | Self::Adc { name }
            | Self::Serial { name }
            | Self::Can { name }
            | Self::Usb { name, .. }
            | Self::UsbDevice { name } => Some(name),
            Self::Diag => None,
        }
    }
}

impl Request {
    /// `import` names the slot in errors.
    fn check(&self, import: impl Fn() -> String) -> Result<(), ParseError> {
        match self {
            Self::I2c { addresses, .. } => {
                let mut seen = std::collections::HashSet::new();
                match addresses.iter().find(|address| !seen.insert(**address)) {
                    Some(address) => Err(ParseError::AddressTwice(*address, import())),
                    None => Ok(()),
                }
            }
            Self::Usb { devices, .. } => {
                if !(1..=MAX_USB_FILTERS).contains(&devices.len()) {
                    return Err(ParseError::UsbFilters(devices.len(), import()));
                }
                let check = |filter: &UsbFilter| filter.check();
                devices
                    .iter()
                    .try_for_each(check)
                    .map_err(|error| ParseError::UsbFilter(error, import()))
            }
            _ => Ok(()),
        }
    }
}

/// Why a section is not what `compose` writes.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Larger than [`MAX_SECTION_BYTES`].
    #[error("it holds {0} bytes; at most {MAX_SECTION_BYTES} are read")]
    TooLong(usize),
    /// Not the JSON that this version knows.
    #[error("it cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// Written for another version of this crate.
    #[error("it is of version {0}; this host reads version {VERSION}")]
    Version(u32),
    /// A name that no stage or slot can have.
    #[error("{0:?} is not a name for a stage or a slot")]
    Name(String),
    /// Two entries for the same stage, or the same slot of a stage.
    #[error("{0:?} stands in it twice")]
    Twice(String),
    /// A slot that asks for one address twice.
    #[error("{1:?} asks for address {0} twice")]
    AddressTwice(I2cAddress, String),
    /// A slot that asks for no USB device, or in too many ways.
    #[error("{1:?} has {0} filters of USB devices; a slot has 1 to {MAX_USB_FILTERS}")]
    UsbFilters(usize, String),
    /// A slot that asks for USB devices that cannot be.
    #[error("a USB filter of {1:?}: {0}")]
    UsbFilter(UsbFilterError, String),
}

impl Requests {
    /// The bytes of the section. The same requests give the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Only maps with keys that are no strings, and failing `Serialize`
        // implementations, make this fail; there are none here.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a section that anybody may have written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParseError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        if bytes.len() > MAX_SECTION_BYTES {
            return Err(ParseError::TooLong(bytes.len()));
        }
        let Versioned { version } = serde_json::from_slice(bytes)?;
        if version != VERSION {
            return Err(ParseError::Version(version));
        }
        let requests: Self = serde_json::from_slice(bytes)?;
        requests.check()?;
        Ok(requests)
    }

    /// The request of one slot, if there is one.
    pub fn slot(&self, stage: &str, slot: &str) -> Option<&Request> {
        let stage = self.stages.iter().find(|s| s.stage == stage)?;
        stage.slots.iter().find(|s| s.slot == slot).map(|s| &s.request)
    }

    fn check(&self) -> Result<(), ParseError> {
        let mut stages = std::collections::HashSet::new();
        for stage in &self.stages {
            if !is_stage_name(&stage.stage) {
                return Err(ParseError::Name(stage.stage.clone()));
            }
            if !stages.insert(&stage.stage) {
                return Err(ParseError::Twice(stage.stage.clone()));
            }
            let mut slots = std::collections::HashSet::new();
            for slot in &stage.slots {
                if !is_slot_name(&slot.slot) {
                    return Err(ParseError::Name(slot.slot.clone()));
                }
                let import = || join(&stage.stage, &slot.slot);
                if !slots.insert(&slot.slot) {
                    return Err(ParseError::Twice(import()));
                }
                slot.request.check(import)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UsbPrivilege;

    /// Every key of a filter, and none.
    fn stick() -> Request {
        let all = UsbFilter {
            vendor: Some(0x16c0),
            product: Some(0x05dc),
            serial: Some("A1".into()),
            ports: Some(vec![1, 1]),
            interfaces: Some(vec![0]),
            endpoints: Some(vec![0x81, 0x02]),
            control: vec!["class-interface".parse().unwrap(), "vendor".parse().unwrap()],
            may: UsbPrivilege::ALL.to_vec(),
        };
        Request::Usb { name: "desk".into(), devices: vec![all, UsbFilter::default()] }
    }

    fn weather() -> Requests {
        let bus = Request::I2c {
            bus: "environment".into(),
            addresses: vec![I2cAddress::seven_bit(0x76).unwrap(), I2cAddress::ten_bit(5).unwrap()],
        };
        Requests {
            version: VERSION,
            pipeline: "weather".into(),
            stages: vec![StageRequests {
                stage: "climate".into(),
                slots: vec![
                    SlotRequest { slot: "bus".into(), request: bus },
                    SlotRequest { slot: "diag".into(), request: Request::Diag },
                    SlotRequest { slot: "usb".into(), request: stick() },
                ],
            }],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let requests = weather();
        assert_eq!(Requests::from_bytes(&requests.to_bytes()).unwrap(), requests);
    }

    #[test]
    fn a_forged_section_is_refused_not_repaired() {
        let good = String::from_utf8(weather().to_bytes()).unwrap();
        let forgeries = [
            (String::new(), "cannot be read"),
            (good.replace("\"version\":1", "\"version\":2"), "version 2"),
            (good.replace("climate", "cli-mate"), "not a name"),
            (good.replace("\"diag\",\"request\"", "\"bus\",\"request\""), "twice"),
            (good.replace("118", "128"), "no I2C address"),
            (good.replace("118", "40965"), "\"climate-bus\" asks for address 0x005 (10-bit) twice"),
            (good.replace("\"kind\":\"diag\"", "\"kind\":\"root\""), "unknown variant"),
            (good.replace("\"pipeline\"", "\"admin\":true,\"pipeline\""), "unknown field"),
            (good.replace("[129,2]", "[129,128]"), "\"climate-usb\": 0x80 is no endpoint"),
            (good.replace("[129,2]", "[129,129]"), "endpoint 0x81 stands in it twice"),
            (good.replace("[129,2]", "[129,256]"), "cannot be read"),
            (good.replace("class-interface", "class-hub"), "`class-hub` names no control requests"),
            (good.replace("\"may\":[\"reset\"", "\"may\":[\"burn\""), "unknown variant `burn`"),
            (good.replace(",{}]", &(",{}".repeat(64) + "]")), "\"climate-usb\" has 65 filters"),
            (good.replace("\"vendor\":5824", "\"vendor\":65536"), "cannot be read"),
            (" ".repeat(MAX_SECTION_BYTES + 1), "at most"),
        ];
        for (forged, expected) in forgeries {
            let error = Requests::from_bytes(forged.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error:?} does not say {expected:?}");
        }
    }
}
