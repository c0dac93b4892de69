//! A chip, as a bus controller sees it.

use std::sync::{Arc, Mutex, PoisonError};

/// What follows the address byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The controller sends.
    Write,
    /// The target sends.
    Read,
}

/// What a target does in the ninth clock of a byte it receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// It pulls SDA low.
    Ack,
    /// It leaves SDA alone.
    Nack,
}

/// A target on a simulated bus, byte by byte.
///
/// One transaction is `start`, then any number of `write` or `read` as the
/// direction says, then `start` again for a repeated START, and at last `stop`.
/// After a [`Ack::Nack`] the controller sends STOP. `now_ns` is the bus's clock
/// and never goes back.
///
/// A target must take anything in any order without a panic: what comes from
/// the bus comes from drivers under test.
pub trait I2cTarget: Send {
    /// START or repeated START with this target's address.
    fn start(&mut self, direction: Direction, now_ns: u64) -> Ack;

    /// The controller sent a byte.
    fn write(&mut self, byte: u8, now_ns: u64) -> Ack;

    /// The controller clocks a byte out of the target. Whether it acknowledges
    /// it, the target learns from what comes next.
    fn read(&mut self, now_ns: u64) -> u8;

    /// STOP.
    fn stop(&mut self, now_ns: u64);
}

/// A model that is on a bus and still in somebody's hands, for instance to set
/// its temperature while a pipeline runs.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use periplasm_backend::{I2cAddress, sim};
/// use sim::models::lm75::{Lm75, Options};
///
/// let chip = Arc::new(Mutex::new(Lm75::new(&Options::default())?));
/// let mut bus = sim::Bus::new(Arc::new(sim::VirtualClock::new()));
/// bus.attach_target(I2cAddress::seven_bit(0x48)?, Box::new(chip.clone()), None)?;
/// chip.lock().unwrap().set_temperature(80.5, 0)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<T: I2cTarget + ?Sized> I2cTarget for Arc<Mutex<T>> {
    fn start(&mut self, direction: Direction, now_ns: u64) -> Ack {
        self.lock().unwrap_or_else(PoisonError::into_inner).start(direction, now_ns)
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.lock().unwrap_or_else(PoisonError::into_inner).write(byte, now_ns)
    }

    fn read(&mut self, now_ns: u64) -> u8 {
        self.lock().unwrap_or_else(PoisonError::into_inner).read(now_ns)
    }

    fn stop(&mut self, now_ns: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).stop(now_ns);
    }
}
