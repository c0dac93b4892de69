//! Pins that the guest drives.

use alloc::string::String;
use alloc::vec::Vec;

use periplasm_driver::OutputPin;

use crate::bindings::exports::wasi::gpio::digital::{
    DigitalConfig, DigitalFlag, DigitalOutPin, GuestDigitalOutPin, GuestStatefulDigitalOutPin,
    PinMode, PinState, StatefulDigitalOutPin,
};
use crate::bindings::exports::wasi::gpio::general::GpioError;
use crate::bindings::periplasm::adapt::outputs;
use crate::config::{Pin, fault, state};
use crate::label;

/// A slot, and which of its levels is called active.
pub(crate) struct Output {
    pin: Pin,
    slot: OutputPin,
}

impl Output {
    fn open(label: String, flags: Vec<DigitalFlag>) -> Result<Self, GpioError> {
        let place = label::output(&label)?;
        let pin = Pin::new(label, PinMode::Out, flags)?;
        let output = Self { pin, slot: outputs::open(place) };
        if let Some(begin) = output.pin.begin {
            output.drive(matches!(begin, PinState::Active))?;
        }
        Ok(output)
    }

    fn drive(&self, active: bool) -> Result<(), GpioError> {
        self.slot.set(self.pin.turned(active)).map_err(fault)
    }

    fn is_driven(&self) -> Result<bool, GpioError> {
        Ok(self.pin.turned(self.slot.is_set_high().map_err(fault)?))
    }
}

impl GuestDigitalOutPin for Output {
    fn get(label: String, flags: Vec<DigitalFlag>) -> Result<DigitalOutPin, GpioError> {
        Self::open(label, flags).map(DigitalOutPin::new)
    }

    fn get_config(&self) -> DigitalConfig {
        self.pin.config()
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn set_state(&self, state: PinState) -> Result<(), GpioError> {
        self.drive(matches!(state, PinState::Active))
    }

    fn set_active(&self) -> Result<(), GpioError> {
        self.drive(true)
    }

    fn set_inactive(&self) -> Result<(), GpioError> {
        self.drive(false)
    }
}

impl GuestStatefulDigitalOutPin for Output {
    fn get(label: String, flags: Vec<DigitalFlag>) -> Result<StatefulDigitalOutPin, GpioError> {
        Self::open(label, flags).map(StatefulDigitalOutPin::new)
    }

    fn get_config(&self) -> DigitalConfig {
        self.pin.config()
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn set_state(&self, state: PinState) -> Result<(), GpioError> {
        self.drive(matches!(state, PinState::Active))
    }

    fn set_active(&self) -> Result<(), GpioError> {
        self.drive(true)
    }

    fn set_inactive(&self) -> Result<(), GpioError> {
        self.drive(false)
    }

    fn toggle(&self) -> Result<(), GpioError> {
        self.drive(!self.is_driven()?)
    }

    fn is_set_active(&self) -> Result<bool, GpioError> {
        self.is_driven()
    }

    fn is_set_inactive(&self) -> Result<bool, GpioError> {
        Ok(!self.is_driven()?)
    }

    fn get_state(&self) -> Result<PinState, GpioError> {
        self.is_driven().map(state)
    }
}
