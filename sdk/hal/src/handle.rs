//! The handles that slots open.
//!
//! Each is wit-bindgen's handle in a type of its own: wit-bindgen's methods
//! have the names of embedded-hal's, and would hide them.
#![allow(unsafe_code, reason = "the bindings of a driver make one of a handle's number")]

use core::ops::Deref;

use crate::bindings::periplasm::hal;
use crate::bindings::wasi;

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident is $wire:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[repr(transparent)]
        pub struct $name($wire);

        /// What the bindings of a driver ask of a handle's type.
        #[doc(hidden)]
        impl $name {
            /// # Safety
            ///
            /// `handle` must be a handle to the resource that this type is for,
            /// and nobody else may own it.
            pub unsafe fn from_handle(handle: u32) -> Self {
                // SAFETY: the caller promises what is asked here.
                Self(unsafe { <$wire>::from_handle(handle) })
            }

            pub fn take_handle(&self) -> u32 {
                self.0.take_handle()
            }

            pub fn handle(&self) -> u32 {
                self.0.handle()
            }
        }

        impl Deref for $name {
            type Target = $wire;

            fn deref(&self) -> &$wire {
                &self.0
            }
        }
    };
}

handle! {
    /// One granted I2C bus: what an I2C slot's `open` gives.
    ///
    /// It implements [`embedded_hal::i2c::I2c`] for 7- and 10-bit addresses, so a
    /// driver crate takes it as it is. To call it directly, bring the trait in:
    ///
    /// ```
    /// use periplasm_hal::embedded_hal::i2c::I2c as _;
    /// use periplasm_hal::{I2c, I2cError};
    ///
    /// fn chip_id(bus: &mut I2c) -> Result<u8, I2cError> {
    ///     let mut id = [0];
    ///     bus.write_read(0x76_u8, &[0xd0], &mut id)?;
    ///     Ok(id[0])
    /// }
    /// ```
    ///
    /// Without the trait in scope the methods are those of `wasi:i2c/i2c`, which
    /// take a number of bytes instead of a buffer.
    I2c is wasi::i2c::i2c::I2c
}

handle! {
    /// One granted device on an SPI bus, with its chip select: what an SPI
    /// slot's `open` gives.
    ///
    /// It implements [`embedded_hal::spi::SpiDevice`]. Speed, mode and bit order
    /// are the board's.
    SpiDevice is hal::spi::SpiDevice
}

handle! {
    /// One granted SPI bus without chip select: what an SPI bus slot's `open`
    /// gives. It implements [`embedded_hal::spi::SpiBus`].
    SpiBus is hal::spi_bus::SpiBus
}

handle! {
    /// One granted output: what an output pin slot's `open` gives. It implements
    /// [`embedded_hal::digital::OutputPin`] and `StatefulOutputPin`.
    OutputPin is hal::output_pin::OutputPin
}

handle! {
    /// One granted input: what an input pin slot's `open` gives. It implements
    /// [`embedded_hal::digital::InputPin`].
    ///
    /// To wait for a level or an edge, and not for ever, call `wait_for` of
    /// `periplasm:hal/input-pin`:
    ///
    /// ```
    /// use periplasm_hal::{Condition, InputPin, PinError};
    ///
    /// /// Whether the chip has data within 50 ms.
    /// fn data_ready(irq: &InputPin) -> Result<bool, PinError> {
    ///     Ok(irq.wait_for(Condition::FallingEdge, Some(50_000_000))?)
    /// }
    /// ```
    InputPin is hal::input_pin::InputPin
}

handle! {
    /// One granted output for pulses: what a PWM slot's `open` gives. It
    /// implements [`embedded_hal::pwm::SetDutyCycle`]; the period is the board's.
    Pwm is hal::pwm::Pwm
}

handle! {
    /// One granted input of a converter: what an ADC slot's `open` gives. It
    /// implements [`AdcChannel`](crate::AdcChannel).
    Adc is hal::adc::Adc
}

handle! {
    /// One granted serial port: what a serial slot's `open` gives. Baud rate,
    /// parity and stop bits are the board's.
    ///
    /// It implements `Read`, `Write` and `ReadReady` of embedded-io 0.6 and 0.7,
    /// and `Read` and `Write` of embedded-hal-nb. Not `WriteReady`: a write hands
    /// over what the host takes, and no host tells in advance.
    Serial is hal::serial::Serial
}

handle! {
    /// One granted CAN bus: what a CAN slot's `open` gives. It implements
    /// `Can` of [`embedded_can::blocking`] and [`embedded_can::nb`], with
    /// frames of [`CanFrame`](crate::CanFrame).
    Can is hal::can::Can
}
