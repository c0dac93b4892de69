//! What a guest asks of a pin.

use alloc::string::String;
use alloc::vec::Vec;

use crate::bindings::exports::wasi::gpio::digital::{
    ActiveLevel, DigitalConfig, DigitalFlag, PinMode, PinState, PullResistor,
};
use crate::bindings::exports::wasi::gpio::general::GpioError;
use periplasm_driver::hal::slot::pin_types::Error;

/// A pin's configuration, and the state that it begins with.
pub(crate) struct Pin {
    config: DigitalConfig,
    pub(crate) begin: Option<PinState>,
}

impl Pin {
    /// Reads flags; those that contradict each other, or mean nothing for this
    /// direction, are refused.
    pub(crate) fn new(
        label: String,
        mode: PinMode,
        flags: Vec<DigitalFlag>,
    ) -> Result<Self, GpioError> {
        let all = flags.into_iter().fold(DigitalFlag::empty(), |all, flag| all | flag);
        let one = |first: DigitalFlag, second: DigitalFlag| match (
            all.contains(first),
            all.contains(second),
        ) {
            (true, true) => Err(GpioError::InvalidFlag),
            (true, false) => Ok(Some(true)),
            (false, true) => Ok(Some(false)),
            (false, false) => Ok(None),
        };
        let high = one(DigitalFlag::ACTIVE_HIGH, DigitalFlag::ACTIVE_LOW)?.unwrap_or(true);
        let up = one(DigitalFlag::PULL_UP, DigitalFlag::PULL_DOWN)?;
        let active = one(DigitalFlag::ACTIVE, DigitalFlag::INACTIVE)?;
        let output = one(DigitalFlag::OUTPUT, DigitalFlag::INPUT)?;
        let is_output = matches!(mode, PinMode::Out);
        let other_way = output.is_some_and(|output| output != is_output);
        let means_nothing = if is_output { up.is_some() } else { active.is_some() };
        if other_way || means_nothing {
            return Err(GpioError::InvalidFlag);
        }
        let active_level = if high { ActiveLevel::ActiveHigh } else { ActiveLevel::ActiveLow };
        let pull = |up| if up { PullResistor::PullUp } else { PullResistor::PullDown };
        let state = |active| if active { PinState::Active } else { PinState::Inactive };
        let pull_resistor = up.map(pull);
        let config = DigitalConfig { label, pin_mode: mode, active_level, pull_resistor };
        Ok(Self { config, begin: active.map(state) })
    }

    pub(crate) fn config(&self) -> DigitalConfig {
        self.config.clone()
    }

    /// Whether the pin is high in this state, or active at this level: either
    /// way it is the same unless the pin is active low.
    pub(crate) fn turned(&self, yes: bool) -> bool {
        yes == matches!(self.config.active_level, ActiveLevel::ActiveHigh)
    }
}

pub(crate) fn state(active: bool) -> PinState {
    if active { PinState::Active } else { PinState::Inactive }
}

pub(crate) fn fault(error: Error) -> GpioError {
    match error {
        Error::Gone => GpioError::Other("the pin is gone".into()),
        Error::Other => GpioError::HardwareFault,
    }
}
