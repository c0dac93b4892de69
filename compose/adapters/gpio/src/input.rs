//! Pins that the guest reads.

use alloc::string::String;
use alloc::vec::Vec;

use periplasm_driver::InputPin;
use periplasm_driver::hal::slot::pin_types::Condition;

use crate::bindings::exports::wasi::gpio::digital::{
    DigitalConfig, DigitalFlag, DigitalInPin, GuestDigitalInPin, PinMode, PinState, Pollable,
};
use crate::bindings::exports::wasi::gpio::general::GpioError;
use crate::bindings::periplasm::adapt::inputs;
use crate::config::{Pin, fault, state};
use crate::label;
use crate::poll::Watched;

/// A slot, and which of its levels is called active.
pub(crate) struct Input {
    pin: Pin,
    slot: InputPin,
}

impl Input {
    fn active(&self) -> Result<bool, GpioError> {
        Ok(self.pin.turned(self.slot.is_high().map_err(fault)?))
    }

    fn watch(&self, condition: Condition) -> Result<Pollable, GpioError> {
        let event = self.slot.watch(condition).map_err(fault)?;
        Ok(Pollable::new(Watched(event)))
    }

    fn watch_level(&self, active: bool) -> Result<Pollable, GpioError> {
        self.watch(if self.pin.turned(active) { Condition::High } else { Condition::Low })
    }

    fn watch_edge(&self, rising: bool) -> Result<Pollable, GpioError> {
        let rising = self.pin.turned(rising);
        self.watch(if rising { Condition::RisingEdge } else { Condition::FallingEdge })
    }
}

impl GuestDigitalInPin for Input {
    fn get(label: String, flags: Vec<DigitalFlag>) -> Result<DigitalInPin, GpioError> {
        let place = label::input(&label)?;
        let pin = Pin::new(label, PinMode::In, flags)?;
        Ok(DigitalInPin::new(Self { pin, slot: inputs::open(place) }))
    }

    fn get_config(&self) -> DigitalConfig {
        self.pin.config()
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn read(&self) -> Result<PinState, GpioError> {
        self.active().map(state)
    }

    fn is_active(&self) -> Result<bool, GpioError> {
        self.active()
    }

    fn is_inactive(&self) -> Result<bool, GpioError> {
        Ok(!self.active()?)
    }

    fn watch_state(&self, state: PinState) -> Result<Pollable, GpioError> {
        self.watch_level(matches!(state, PinState::Active))
    }

    fn watch_active(&self) -> Result<Pollable, GpioError> {
        self.watch_level(true)
    }

    fn watch_inactive(&self) -> Result<Pollable, GpioError> {
        self.watch_level(false)
    }

    fn watch_falling_edge(&self) -> Result<Pollable, GpioError> {
        self.watch_edge(false)
    }

    fn watch_rising_edge(&self) -> Result<Pollable, GpioError> {
        self.watch_edge(true)
    }
}
