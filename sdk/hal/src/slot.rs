//! The types of shared interfaces, as the bindings of a driver are to have
//! them: an interface with a handle has the SDK's own.
#![doc(hidden)]

pub use crate::bindings::periplasm::hal::{buffer, delay, diag, pin_types, spi_types, start, wait};

pub mod i2c {
    pub use crate::I2c;
    pub use crate::bindings::wasi::i2c::i2c::{Address, ErrorCode, NoAcknowledgeSource, Operation};
}

pub mod spi {
    pub use crate::SpiDevice;
    pub use crate::bindings::periplasm::hal::spi::{Error, Operation};
}

pub mod spi_bus {
    pub use crate::SpiBus;
    pub use crate::bindings::periplasm::hal::spi_bus::Error;
}

pub mod output_pin {
    pub use crate::OutputPin;
    pub use crate::bindings::periplasm::hal::output_pin::Error;
}

pub mod input_pin {
    pub use crate::InputPin;
    pub use crate::bindings::periplasm::hal::input_pin::{Condition, Edge, Error, Event};
}

pub mod pwm {
    pub use crate::Pwm;
    pub use crate::bindings::periplasm::hal::pwm::Error;
}

pub mod adc {
    pub use crate::Adc;
    pub use crate::bindings::periplasm::hal::adc::Error;
}

pub mod serial {
    pub use crate::Serial;
    pub use crate::bindings::periplasm::hal::serial::{Error, Event};
}

pub mod can {
    pub use crate::Can;
    pub use crate::bindings::periplasm::hal::can::{Error, Event, Frame, Id, Payload};
}
