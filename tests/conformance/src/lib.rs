//! What a correct adapter and a correct host do, trait by trait.
//!
//! The cases know nothing of WebAssembly or of this project's types: they call
//! embedded-hal's traits and their relatives on a [`Hardware`], and look at what
//! comes back. So the same code is run natively, inside a component on the
//! reference host, and inside the same component on any other host (`tests/
//! tests/conformance.rs`).
//!
//! What has to be wired up is said by the methods of [`Hardware`], and stands as
//! a board file in `tests/conformance/board.toml`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;

use embedded_hal::i2c::{SevenBitAddress, TenBitAddress};
use embedded_hal::{delay, digital, i2c, pwm, spi};

mod analog;
mod can;
mod concurrency;
mod edges;
mod i2c_cases;
mod pins;
mod serial;
mod spi_bus;
mod spi_device;
mod waiting;

/// The hardware that the cases need. Each call gives a handle to the same
/// hardware again.
pub trait Hardware {
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
    /// A serial port, by both versions of embedded-io and by nb.
    type Serial: embedded_io::Read
        + embedded_io::Write
        + embedded_io::ReadReady
        + embedded_io_06::Read
        + embedded_io_06::Write
        + embedded_io_06::ReadReady
        + embedded_hal_nb::serial::Read
        + embedded_hal_nb::serial::Write;
    /// A CAN bus.
    type Can: embedded_can::blocking::Can + embedded_can::nb::Can;
    /// Waiting.
    type Delay: delay::DelayNs + embedded_hal_async::delay::DelayNs;

    /// 256 registers of a byte that keep what is written, at the 7-bit address
    /// 0x50 and at the 10-bit address 0x050; the same at 0x51, where data that
    /// is written is not acknowledged; nothing at 0x52; at 0x53 one whose first
    /// transaction of all is lost to another controller. After a START the first
    /// byte written is the register's address, which goes on from byte to byte.
    fn i2c(&mut self) -> Self::I2c;

    /// A second bus, with one such chip at 0x50.
    fn second_i2c(&mut self) -> Self::I2c;

    /// 128 registers of a byte that keep what is written. When it is selected,
    /// the first byte is a register's address, with bit 7 set to read; it goes
    /// on from byte to byte until it is deselected.
    fn spi(&mut self) -> Self::Spi;

    /// A device whose first transaction of all is an overrun.
    fn faulty_spi(&mut self) -> Self::Spi;

    /// A device that takes at most 64 bytes in one transaction.
    fn short_spi(&mut self) -> Self::Spi;

    /// A bus whose output is wired to its input.
    fn spi_bus(&mut self) -> Self::SpiBus;

    /// A pin that starts low.
    fn output(&mut self) -> Self::Output;

    /// The pin that [`Self::output`] drives.
    fn looped(&mut self) -> Self::Input;

    /// A pin that changes [`WAVE_EDGES`] times, once a millisecond, starting low
    /// and not before 10 s after the start.
    fn wave(&mut self) -> Self::Input;

    /// An output of pulses.
    fn pwm(&mut self) -> Self::Pwm;

    /// A port whose output is wired to its input.
    fn serial(&mut self) -> Self::Serial;

    /// A port where the first byte that is read has a wrong parity, and whose
    /// output is wired to its input.
    fn noisy_serial(&mut self) -> Self::Serial;

    /// A bus with a peer that answers each frame with the same data under the
    /// next identifier.
    fn can(&mut self) -> Self::Can;

    /// What an input of a 12-bit converter reads, of which 2.5 V is the full
    /// scale, at 1.25 V: the code, and the voltage in µV.
    fn adc(&mut self) -> Result<(i32, i32), String>;

    /// Waiting.
    fn delay(&mut self) -> Self::Delay;

    /// Runs a future to its end.
    fn block_on<F: Future>(&mut self, future: F) -> F::Output;
}

/// How often [`Hardware::wave`] changes.
pub const WAVE_EDGES: usize = 40;

/// What came of a case: nothing, or what was wrong.
pub type Outcome = Result<(), String>;

/// One thing that must hold.
pub struct Case<H> {
    /// What must hold, as a sentence that begins with the trait.
    pub name: &'static str,
    /// Whether it does.
    pub run: fn(&mut H) -> Outcome,
}

/// All cases, in the order in which they are to be run: once each, on hardware
/// that was just switched on.
pub fn cases<H: Hardware>() -> Vec<Case<H>> {
    let mut cases = Vec::new();
    i2c_cases::add(&mut cases);
    spi_device::add(&mut cases);
    spi_bus::add(&mut cases);
    pins::add(&mut cases);
    analog::add(&mut cases);
    serial::add(&mut cases);
    can::add(&mut cases);
    waiting::add(&mut cases);
    concurrency::add(&mut cases);
    edges::add(&mut cases);
    cases
}

/// That two values are equal, or what they are.
macro_rules! same {
    ($found:expr, $expected:expr $(, $what:literal)?) => {
        // A `match`, so that what the expressions borrow from lives long enough.
        match (&$found, &$expected) {
            (found, expected) => {
                if *found != *expected {
                    return Err(alloc::format!(
                        "{}found {found:?}, expected {expected:?}",
                        concat!($($what, ": ",)? "")
                    ));
                }
            }
        }
    };
}
use same;

/// The value of what should not fail.
fn good<T, E: core::fmt::Debug>(what: &str, result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| alloc::format!("{what} failed: {error:?}"))
}

/// The error of what should fail.
fn bad<T: core::fmt::Debug, E>(what: &str, result: Result<T, E>) -> Result<E, String> {
    match result {
        Ok(value) => Err(alloc::format!("{what} did not fail: {value:?}")),
        Err(error) => Ok(error),
    }
}
