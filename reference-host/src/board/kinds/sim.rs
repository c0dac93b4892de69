//! Simulated hardware, as a board file describes it.

use periplasm_backend::sim::{
    AdcConfig, CanConfig, InputConfig, OutputConfig, PwmConfig, SerialConfig, SpiConfig,
};

use super::Kinds;

/// Models, and wires between them.
#[derive(Clone, Debug)]
pub(crate) struct Sim;

impl Kinds for Sim {
    type Spi = SpiConfig;
    type SpiBus = SpiConfig;
    type OutputPin = OutputConfig;
    type InputPin = InputConfig;
    type Pwm = PwmConfig;
    type Adc = AdcConfig;
    type Serial = SerialConfig;
    type Can = CanConfig;
}
