//! What is played on.

use alloc::string::String;
use core::future::Future;

use embedded_hal::i2c::{SevenBitAddress, TenBitAddress};
use embedded_hal::{delay, digital, i2c, pwm, spi};

/// Of which types the hardware is.
pub trait Kinds {
    /// An I2C bus.
    type I2c: i2c::I2c<SevenBitAddress>
        + i2c::I2c<TenBitAddress>
        + embedded_hal_async::i2c::I2c<SevenBitAddress>;
    /// A device on an SPI bus.
    type Spi: spi::SpiDevice + embedded_hal_async::spi::SpiDevice;
    /// A whole SPI bus.
    type SpiBus: spi::SpiBus;
    /// A pin to drive.
    type Output: digital::StatefulOutputPin;
    /// A pin to read.
    type Input: digital::InputPin + embedded_hal_async::digital::Wait;
    /// An output of pulses.
    type Pwm: pwm::SetDutyCycle;
    /// An input of a converter.
    type Adc: Converter;
    /// A serial port.
    type Serial: embedded_io::Read
        + embedded_io::Write
        + embedded_io::ReadReady
        + embedded_io_06::Read
        + embedded_io_06::Write
        + embedded_io_06::ReadReady
        + embedded_hal_nb::serial::Read
        + embedded_hal_nb::serial::Write;
    /// A CAN bus.
    type Can: embedded_can::nb::Can + embedded_can::blocking::Can;
    /// Waiting.
    type Delay: delay::DelayNs + embedded_hal_async::delay::DelayNs;

    /// Runs a future to its end.
    fn block_on<F: Future>(&self, future: F) -> F::Output;
}

/// What is played on: handles that stay open.
pub struct Hardware<K: Kinds> {
    /// An I2C bus.
    pub i2c: K::I2c,
    /// A second one.
    pub second_i2c: K::I2c,
    /// A device on an SPI bus.
    pub spi: K::Spi,
    /// A whole SPI bus.
    pub spi_bus: K::SpiBus,
    /// A pin to drive.
    pub output: K::Output,
    /// The pin that [`Self::output`] drives.
    pub looped: K::Input,
    /// A pin that changes by itself.
    pub wave: K::Input,
    /// An output of pulses.
    pub pwm: K::Pwm,
    /// An input of a converter.
    pub adc: K::Adc,
    /// A serial port.
    pub serial: K::Serial,
    /// A CAN bus.
    pub can: K::Can,
    /// Waiting.
    pub delay: K::Delay,
    /// Waiting for something else meanwhile.
    pub timeout: K::Delay,
    /// What runs futures.
    pub kinds: K,
}

/// embedded-hal has no trait for a converter.
pub trait Converter {
    /// Converts once: the code, or the name of the error.
    fn code(&mut self) -> Result<i32, String>;
    /// Converts once: the voltage in µV, or the name of the error.
    fn microvolts(&mut self) -> Result<i32, String>;
    /// The largest code.
    fn max_code(&mut self) -> i32;
}
