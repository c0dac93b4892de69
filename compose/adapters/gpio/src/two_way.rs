//! Pins for both directions: a slot has one, so nobody gets one.

use alloc::string::String;
use alloc::vec::Vec;

use crate::bindings::exports::wasi::gpio::digital::{
    DigitalConfig, DigitalFlag, DigitalInOutPin, GuestDigitalInOutPin, PinState, Pollable,
};
use crate::bindings::exports::wasi::gpio::general::GpioError;

/// There is none.
pub(crate) enum None {}

impl GuestDigitalInOutPin for None {
    fn get(_: String, _: Vec<DigitalFlag>) -> Result<DigitalInOutPin, GpioError> {
        Err(GpioError::PinModeNotAvailable)
    }

    fn get_config(&self) -> DigitalConfig {
        match *self {}
    }

    fn is_ready(&self) -> bool {
        match *self {}
    }

    fn set_state(&self, _: PinState) -> Result<(), GpioError> {
        match *self {}
    }

    fn set_active(&self) -> Result<(), GpioError> {
        match *self {}
    }

    fn set_inactive(&self) -> Result<(), GpioError> {
        match *self {}
    }

    fn read(&self) -> Result<PinState, GpioError> {
        match *self {}
    }

    fn is_active(&self) -> Result<bool, GpioError> {
        match *self {}
    }

    fn is_inactive(&self) -> Result<bool, GpioError> {
        match *self {}
    }

    fn watch_state(&self, _: PinState) -> Result<Pollable, GpioError> {
        match *self {}
    }

    fn watch_active(&self) -> Result<Pollable, GpioError> {
        match *self {}
    }

    fn watch_inactive(&self) -> Result<Pollable, GpioError> {
        match *self {}
    }

    fn watch_falling_edge(&self) -> Result<Pollable, GpioError> {
        match *self {}
    }

    fn watch_rising_edge(&self) -> Result<Pollable, GpioError> {
        match *self {}
    }
}
