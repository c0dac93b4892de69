//! Pins.

use core::convert::Infallible;

use embedded_hal_02::digital::v2;

use crate::bindings::periplasm::hal::{input_pin, output_pin};
use crate::{InputPin, NoPin, OutputPin, PinError};

impl v2::OutputPin for OutputPin {
    type Error = PinError;

    fn set_low(&mut self) -> Result<(), PinError> {
        Ok(self.set(false)?)
    }

    fn set_high(&mut self) -> Result<(), PinError> {
        Ok(self.set(true)?)
    }
}

impl v2::StatefulOutputPin for OutputPin {
    fn is_set_high(&self) -> Result<bool, PinError> {
        Ok(output_pin::OutputPin::is_set_high(self)?)
    }

    fn is_set_low(&self) -> Result<bool, PinError> {
        Ok(!output_pin::OutputPin::is_set_high(self)?)
    }
}

impl v2::ToggleableOutputPin for OutputPin {
    type Error = PinError;

    fn toggle(&mut self) -> Result<(), PinError> {
        let high = output_pin::OutputPin::is_set_high(self)?;
        Ok(self.set(!high)?)
    }
}

impl v2::InputPin for InputPin {
    type Error = PinError;

    fn is_high(&self) -> Result<bool, PinError> {
        Ok(input_pin::InputPin::is_high(self)?)
    }

    fn is_low(&self) -> Result<bool, PinError> {
        Ok(!input_pin::InputPin::is_high(self)?)
    }
}

impl v2::OutputPin for NoPin {
    type Error = Infallible;

    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
