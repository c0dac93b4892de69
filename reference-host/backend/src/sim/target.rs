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

    /// How many buses are behind it, if it is a multiplexer.
    fn channels(&self) -> u8 {
        0
    }

    /// Whether it joins the bus to that of the channel.
    fn joins(&self, channel: u8) -> bool {
        let _ = channel;
        false
    }
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

    fn channels(&self) -> u8 {
        self.lock().unwrap_or_else(PoisonError::into_inner).channels()
    }

    fn joins(&self, channel: u8) -> bool {
        self.lock().unwrap_or_else(PoisonError::into_inner).joins(channel)
    }
}

/// A chip behind a chip select, byte by byte.
///
/// One transaction is `select`, any number of exchanged bytes, `deselect`.
/// `now_ns` is the board's clock; it never goes back, and moves within a
/// transaction only by its delays, and by its bytes if the board gives a speed. A target must take anything in any order
/// without a panic.
pub trait SpiTarget: Send {
    /// Chip select goes active.
    fn select(&mut self, now_ns: u64);

    /// One byte in each direction: what the controller sends, and what it gets.
    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8;

    /// Many bytes that only go out. The same as exchanging them one by one.
    fn write(&mut self, sent: &[u8], now_ns: u64) {
        for byte in sent {
            self.exchange(*byte, now_ns);
        }
    }

    /// Many bytes that only come in, for zeros that go out. The same as
    /// exchanging them one by one.
    fn read(&mut self, received: &mut [u8], now_ns: u64) {
        received.fill_with(|| self.exchange(0, now_ns));
    }

    /// Chip select goes inactive.
    fn deselect(&mut self, now_ns: u64);
}

impl<T: SpiTarget + ?Sized> SpiTarget for Arc<Mutex<T>> {
    fn select(&mut self, now_ns: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).select(now_ns);
    }

    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8 {
        self.lock().unwrap_or_else(PoisonError::into_inner).exchange(sent, now_ns)
    }

    fn write(&mut self, sent: &[u8], now_ns: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).write(sent, now_ns);
    }

    fn read(&mut self, received: &mut [u8], now_ns: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).read(received, now_ns);
    }

    fn deselect(&mut self, now_ns: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).deselect(now_ns);
    }
}

/// A chip at the other end of a serial line.
pub trait SerialTarget: Send {
    /// The host's side sent these bytes.
    fn receive(&mut self, bytes: &[u8], now_ns: u64);

    /// The bytes that have arrived at the host's side by `now_ns` since the last
    /// call are appended to `into`.
    fn send(&mut self, into: &mut Vec<u8>, now_ns: u64);

    /// The next moment at which [`Self::send`] may have more, if one is known.
    fn next_ns(&self) -> Option<u64>;
}

impl<T: SerialTarget + ?Sized> SerialTarget for Arc<Mutex<T>> {
    fn receive(&mut self, bytes: &[u8], now_ns: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).receive(bytes, now_ns);
    }

    fn send(&mut self, into: &mut Vec<u8>, now_ns: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).send(into, now_ns);
    }

    fn next_ns(&self) -> Option<u64> {
        self.lock().unwrap_or_else(PoisonError::into_inner).next_ns()
    }
}

/// A picture that a display shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green and blue of each pixel, row by row: `3 * width * height`.
    pub rgb: Vec<u8>,
}

/// A model that shows something.
pub trait Screen: Send {
    /// What a person would see now.
    fn picture(&self) -> Picture;
}

impl<T: Screen + ?Sized> Screen for Arc<Mutex<T>> {
    fn picture(&self) -> Picture {
        self.lock().unwrap_or_else(PoisonError::into_inner).picture()
    }
}
