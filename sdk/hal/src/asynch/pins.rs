//! Waiting for a level or an edge.

use embedded_hal_async::digital::Wait;

use super::happening;
use crate::{Condition, InputPin, PinError};

/// An edge counts from the first poll on.
async fn wait(pin: &InputPin, condition: Condition) -> Result<(), PinError> {
    happening(pin.watch(condition)?).await;
    Ok(())
}

impl Wait for InputPin {
    async fn wait_for_high(&mut self) -> Result<(), PinError> {
        wait(self, Condition::High).await
    }

    async fn wait_for_low(&mut self) -> Result<(), PinError> {
        wait(self, Condition::Low).await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), PinError> {
        wait(self, Condition::RisingEdge).await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), PinError> {
        wait(self, Condition::FallingEdge).await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), PinError> {
        wait(self, Condition::AnyEdge).await
    }
}
