//! What a board file says about a simulated CAN bus.

use serde::Deserialize;

use super::{CanFault, ConfigError, Scheduled};
use crate::{CanFrame, CanId};

/// A bus: `[can.<name>]` of a board file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CanConfig {
    /// Who else is on the bus.
    pub peers: Vec<CanPeer>,
    /// What goes wrong with the component's controller.
    pub fault: Option<Scheduled<CanFault>>,
}

/// Somebody on a simulated bus.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CanPeer {
    /// Answers each frame with the same data under the next identifier. The
    /// largest identifier has no next one and no answer.
    Echo,
    /// Answers frames of one identifier.
    Script {
        /// The identifier that is answered.
        on: u32,
        /// The answer's.
        id: u32,
        /// The answer's bytes, at most 8.
        #[serde(default)]
        data: Vec<u8>,
        /// Whether both identifiers have 29 bits.
        #[serde(default)]
        extended: bool,
    },
    /// Sends the same frame again and again, from one period after the start.
    Periodic {
        /// Its identifier.
        id: u32,
        /// Its bytes, at most 8.
        #[serde(default)]
        data: Vec<u8>,
        /// Whether the identifier has 29 bits.
        #[serde(default)]
        extended: bool,
        /// How often, in µs.
        #[serde(rename = "period-us")]
        period_us: u64,
    },
}

impl CanConfig {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// An identifier or a length that no frame can have, or a period of 0.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.peers.iter().try_for_each(CanPeer::check)
    }
}

impl CanPeer {
    fn check(&self) -> Result<(), ConfigError> {
        match self {
            Self::Echo => Ok(()),
            Self::Script { on, id, data, extended } => {
                frame(*on, &[], *extended)?;
                frame(*id, data, *extended).map(drop)
            }
            Self::Periodic { period_us: 0, .. } => {
                Err(ConfigError::Invalid("`period-us` is 0; it is at least 1".to_owned()))
            }
            Self::Periodic { id, data, extended, .. } => frame(*id, data, *extended).map(drop),
        }
    }

    /// What it answers to `asked`.
    pub(super) fn answer(&self, asked: &CanFrame) -> Option<CanFrame> {
        match self {
            Self::Echo => {
                let next = match asked.id() {
                    CanId::Standard(id) => CanId::Standard(id.checked_add(1)?),
                    CanId::Extended(id) => CanId::Extended(id.checked_add(1)?),
                };
                CanFrame::new(next, asked.data())
            }
            Self::Script { on, id, data, extended } => {
                (Some(asked.id()) == can_id(*on, *extended)).then_some(())?;
                frame(*id, data, *extended).ok()
            }
            Self::Periodic { .. } => None,
        }
    }
}

fn can_id(id: u32, extended: bool) -> Option<CanId> {
    if extended { Some(CanId::Extended(id)) } else { u16::try_from(id).ok().map(CanId::Standard) }
}

/// A frame as a board file says it.
pub(super) fn frame(id: u32, data: &[u8], extended: bool) -> Result<CanFrame, ConfigError> {
    let frame = can_id(id, extended).and_then(|id| CanFrame::new(id, data));
    frame.ok_or_else(|| {
        let bits = if extended { 29 } else { 11 };
        ConfigError::Invalid(format!(
            "no CAN frame has the identifier {id:#x} of {bits} bits and {} bytes: an identifier of \
             29 bits needs `extended = true`, and a frame has at most 8 bytes",
            data.len()
        ))
    })
}
