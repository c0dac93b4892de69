//! Pins.

use alloc::vec;

use embedded_hal::digital::{Error as _, InputPin, OutputPin, StatefulOutputPin};
use serde::{Deserialize, Serialize};

use crate::{Hardware, Kinds, Outcome, done, kind};

/// One call to a pin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// `OutputPin::set_high`.
    SetHigh,
    /// `OutputPin::set_low`.
    SetLow,
    /// `OutputPin::set_state`.
    SetState(bool),
    /// `StatefulOutputPin::toggle`.
    Toggle,
    /// `StatefulOutputPin::is_set_high`.
    IsSetHigh,
    /// `StatefulOutputPin::is_set_low`.
    IsSetLow,
    /// `InputPin::is_high` of the pin that the output drives.
    IsHigh,
    /// `InputPin::is_low` of the same.
    IsLow,
    /// `InputPin::is_high` of the pin that changes by itself.
    WaveIsHigh,
}

pub(crate) fn play<K: Kinds>(hardware: &mut Hardware<K>, call: &Call) -> Outcome {
    let output = &mut hardware.output;
    match call {
        Call::SetHigh => done(output.set_high(), |e| kind(e.kind())),
        Call::SetLow => done(output.set_low(), |e| kind(e.kind())),
        Call::SetState(high) => done(output.set_state((*high).into()), |e| kind(e.kind())),
        Call::Toggle => done(output.toggle(), |e| kind(e.kind())),
        Call::IsSetHigh => level(output.is_set_high()),
        Call::IsSetLow => level(output.is_set_low()),
        Call::IsHigh => level(hardware.looped.is_high()),
        Call::IsLow => level(hardware.looped.is_low()),
        Call::WaveIsHigh => level(hardware.wave.is_high()),
    }
}

fn level<E: embedded_hal::digital::Error>(level: Result<bool, E>) -> Outcome {
    level.map(|level| vec![vec![level.into()]]).map_err(|e| kind(e.kind()))
}
