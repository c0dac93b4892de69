//! A line that is driven and read.

use embedded_hal::digital::{self, ErrorType, PinState};
use embedded_hal_02::digital::v2;
use embedded_hal_async::digital::Wait;

use crate::{InputPin, OutputPin, PinError};

/// An output and an input on one wire, for drivers that ask for both in one
/// pin, such as those of one-wire buses: two lines of the board that are tied
/// together, the output an open drain.
#[derive(Debug)]
pub struct TwoWayPin {
    /// The line that drives the wire.
    pub output: OutputPin,
    /// The line that reads it.
    pub input: InputPin,
}

impl ErrorType for TwoWayPin {
    type Error = PinError;
}

impl digital::OutputPin for TwoWayPin {
    fn set_low(&mut self) -> Result<(), PinError> {
        digital::OutputPin::set_low(&mut self.output)
    }

    fn set_high(&mut self) -> Result<(), PinError> {
        digital::OutputPin::set_high(&mut self.output)
    }

    fn set_state(&mut self, state: PinState) -> Result<(), PinError> {
        digital::OutputPin::set_state(&mut self.output, state)
    }
}

impl digital::StatefulOutputPin for TwoWayPin {
    fn is_set_high(&mut self) -> Result<bool, PinError> {
        digital::StatefulOutputPin::is_set_high(&mut self.output)
    }

    fn is_set_low(&mut self) -> Result<bool, PinError> {
        digital::StatefulOutputPin::is_set_low(&mut self.output)
    }
}

impl digital::InputPin for TwoWayPin {
    fn is_high(&mut self) -> Result<bool, PinError> {
        digital::InputPin::is_high(&mut self.input)
    }

    fn is_low(&mut self) -> Result<bool, PinError> {
        digital::InputPin::is_low(&mut self.input)
    }
}

impl Wait for TwoWayPin {
    async fn wait_for_high(&mut self) -> Result<(), PinError> {
        self.input.wait_for_high().await
    }

    async fn wait_for_low(&mut self) -> Result<(), PinError> {
        self.input.wait_for_low().await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), PinError> {
        self.input.wait_for_rising_edge().await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), PinError> {
        self.input.wait_for_falling_edge().await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), PinError> {
        self.input.wait_for_any_edge().await
    }
}

impl v2::OutputPin for TwoWayPin {
    type Error = PinError;

    fn set_low(&mut self) -> Result<(), PinError> {
        v2::OutputPin::set_low(&mut self.output)
    }

    fn set_high(&mut self) -> Result<(), PinError> {
        v2::OutputPin::set_high(&mut self.output)
    }
}

impl v2::InputPin for TwoWayPin {
    type Error = PinError;

    fn is_high(&self) -> Result<bool, PinError> {
        v2::InputPin::is_high(&self.input)
    }

    fn is_low(&self) -> Result<bool, PinError> {
        v2::InputPin::is_low(&self.input)
    }
}
