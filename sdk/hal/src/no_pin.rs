//! A pin that is not there.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};

/// An output that drives nothing, for a driver that asks for a pin which the
/// board has no line for: a reset that is tied to power, a chip select that the
/// SPI device already is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoPin;

impl ErrorType for NoPin {
    type Error = Infallible;
}

impl OutputPin for NoPin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
