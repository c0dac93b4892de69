//! A port that is open.

use std::collections::VecDeque;
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use nix::errno::Errno;
use nix::libc;
use nix::poll::PollFlags;
use serial2::{CharSize, FlowControl, Parity, SerialPort, StopBits};

use super::counters::{self, Counters};
use super::marks::{Arrived, Marks};
use super::{SerialConfig, SerialFlow, SerialParity};
use crate::linux::shared::{Shared, Source};
use crate::linux::{Hardware, OpenError, time};
use crate::{Clock, Event, Serial, SerialError};

const WHAT: Hardware = Hardware::Serial;

/// The kernel's buffers, of a terminal (`N_TTY_BUF_SIZE`) and of most ports
/// (`UART_XMIT_SIZE`).
const KERNEL_BYTES: u64 = 4096;
/// The most bits of one byte: start, 8, parity, 2 stop.
const BITS: u64 = 12;
const SECOND_NS: u64 = 1_000_000_000;
/// How long the other side may keep us from sending.
const PATIENCE_NS: u64 = 10 * SECOND_NS;

/// A serial port of the Linux kernel.
///
/// The port is this program's alone: others that open it are told that it is
/// busy, and so is this one if somebody else holds it by a lock (`flock`) or
/// for himself (`TIOCEXCL`).
///
/// A write or a flush that cannot go on ends with [`SerialError::Other`]: after
/// one second more than a full kernel buffer takes at this speed, and ten more
/// where the other side may hold us up by flow control.
pub struct LinuxSerial {
    shared: Arc<Shared<Receiver>>,
    port: Arc<File>,
    clock: Arc<dyn Clock>,
    baud: u32,
    patience_ns: u64,
}

impl LinuxSerial {
    /// Opens a node, keeps others out and sets it up. `clock` is the board's.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the node and what to do.
    pub fn open(config: &SerialConfig, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let path = &config.device;
        check(config)?;
        let port = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
            .open(path)
            .map_err(|error| OpenError::opening(WHAT, path, error))?;
        let asking = |error: io::Error| OpenError::asking(WHAT, path, error);
        let mut setup = SerialPort::from(port.try_clone().map(OwnedFd::from).map_err(asking)?);
        let mut settings = setup.get_configuration().map_err(asking)?;
        port.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::Busy { what: WHAT, path: path.clone() },
            TryLockError::Error(error) => asking(error),
        })?;
        counters::exclude(&port).map_err(|error| asking(error.into()))?;
        apply(config, &mut settings).map_err(|error| refused(path, error))?;
        setup.set_configuration(&settings).map_err(|error| refused(path, error))?;

        let port = Arc::new(port);
        let descriptor = port.as_fd().try_clone_to_owned().map_err(asking)?;
        let receiver = Receiver::new(port.clone(), config.parity);
        let shared = Shared::new(receiver, Some(Arc::new(descriptor)), clock.clone());
        let buffer_ns = KERNEL_BYTES * BITS * SECOND_NS / u64::from(config.baud);
        let held_ns = if config.flow == SerialFlow::None { 0 } else { PATIENCE_NS };
        let patience_ns = buffer_ns + SECOND_NS + held_ns;
        Ok(Self { shared, port, clock, baud: config.baud, patience_ns })
    }

    /// The moment at which a write or a flush that begins now gives up.
    fn patience(&self) -> u64 {
        self.clock.now_ns().saturating_add(self.patience_ns)
    }
}

impl Serial for LinuxSerial {
    fn read(&mut self, buffer: &mut [u8], until_ns: u64) -> Result<usize, SerialError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let look = |receiver: &mut Receiver| receiver.take(buffer);
        Ok(self.shared.wait(until_ns, look, |error| kind(&error))?.unwrap_or(0))
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
        if data.is_empty() {
            return Ok(0);
        }
        let until_ns = self.patience();
        loop {
            match (&*self.port).write(data) {
                Ok(0) => return Err(SerialError::Gone),
                Ok(taken) => return Ok(taken),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let room = PollFlags::POLLOUT;
                    match time::wait(self.port.as_fd(), room, &*self.clock, until_ns) {
                        Ok(true) => {}
                        Ok(false) => return Err(SerialError::Other),
                        Err(error) => return Err(kind(&error)),
                    }
                }
                Err(error) => return Err(kind(&error)),
            }
        }
    }

    fn flush(&mut self) -> Result<(), SerialError> {
        let until_ns = self.patience();
        let failed = |error: Errno| kind(&error.into());
        // `tcdrain` alone would wait for the other side without end.
        loop {
            let bytes = counters::unsent(&self.port).map_err(failed)?;
            if bytes == 0 {
                break;
            }
            if self.clock.now_ns() >= until_ns {
                return Err(SerialError::Other);
            }
            let takes = (bytes as u64).saturating_mul(BITS * SECOND_NS) / u64::from(self.baud);
            self.clock.delay_ns(takes.clamp(100_000, 10_000_000));
        }
        loop {
            match counters::drain(&self.port) {
                Err(Errno::EINTR) => {}
                other => return other.map_err(failed),
            }
        }
    }

    fn read_ready(&mut self) -> Result<bool, SerialError> {
        Ok(self.shared.with(Receiver::ready))
    }

    fn readable(&mut self) -> Box<dyn Event> {
        self.shared.event(Receiver::ready)
    }
}

impl Drop for LinuxSerial {
    fn drop(&mut self) {
        counters::admit(&self.port);
    }
}

impl fmt::Debug for LinuxSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinuxSerial").field("port", &self.port).finish_non_exhaustive()
    }
}

/// What has arrived and nobody has taken.
struct Receiver {
    port: Arc<File>,
    parity: SerialParity,
    marks: Marks,
    counters: Option<Counters>,
    /// Of one read of the kernel's buffer; it is empty before the next.
    arrived: VecDeque<Result<u8, SerialError>>,
    news: bool,
}

impl Receiver {
    fn new(port: Arc<File>, parity: SerialParity) -> Self {
        let counters = Counters::of(&port);
        let (marks, arrived) = (Marks::default(), VecDeque::new());
        Self { port, parity, marks, counters, arrived, news: false }
    }

    /// Bytes up to the next error, or the error that is next. None if there is
    /// nothing.
    fn take(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, SerialError> {
        self.fill()?;
        if let Some(Err(error)) = self.arrived.front() {
            let error = *error;
            self.arrived.pop_front();
            return Err(error);
        }
        let mut taken = 0;
        for place in buffer {
            let Some(Ok(byte)) = self.arrived.front() else { break };
            *place = *byte;
            self.arrived.pop_front();
            taken += 1;
        }
        Ok((taken > 0).then_some(taken))
    }

    fn ready(&mut self) -> bool {
        self.fill().is_err() || !self.arrived.is_empty()
    }

    /// Reads from the kernel if there is nothing left of the last time.
    fn fill(&mut self) -> Result<(), SerialError> {
        if !self.arrived.is_empty() {
            return Ok(());
        }
        let mut bytes = [0; KERNEL_BYTES as usize];
        let read = loop {
            match (&*self.port).read(&mut bytes) {
                // A terminal that was hung up reads as ended.
                Ok(0) => return Err(SerialError::Gone),
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(kind(&error)),
            }
        };
        let counted = self.counted();
        if counted.overrun > 0 {
            self.arrived.push_back(Err(SerialError::Overrun));
        }
        for byte in &bytes[..read] {
            match self.marks.next(*byte) {
                Some(Arrived::Byte(byte)) => self.arrived.push_back(Ok(byte)),
                Some(Arrived::Damaged) => {
                    self.arrived.push_back(Err(damage(self.parity, counted)));
                }
                None => {}
            }
        }
        self.news = true;
        Ok(())
    }

    /// What was counted since the last time.
    fn counted(&mut self) -> Counters {
        let Some(before) = self.counters else { return Counters::default() };
        let now = Counters::of(&self.port).unwrap_or(before);
        self.counters = Some(now);
        now.since(before)
    }
}

impl Source for Receiver {
    fn news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }
}

/// What is wrong with a byte that the kernel has marked.
fn damage(parity: SerialParity, counted: Counters) -> SerialError {
    match parity {
        SerialParity::None => SerialError::FrameFormat,
        _ if counted.frame > 0 && counted.parity == 0 => SerialError::FrameFormat,
        _ => SerialError::Parity,
    }
}

/// What an error means for a port that is open.
fn kind(error: &io::Error) -> SerialError {
    match error.raw_os_error().map(Errno::from_i32) {
        Some(Errno::EIO | Errno::ENODEV | Errno::ENXIO | Errno::ESHUTDOWN) => SerialError::Gone,
        _ => SerialError::Other,
    }
}

fn check(config: &SerialConfig) -> Result<(), OpenError> {
    let wrong = |setting, found: u32, expected| {
        Err(OpenError::Setting { setting, found: found.to_string(), expected })
    };
    match config {
        SerialConfig { baud: 0, .. } => wrong("the baud rate", 0, "at least 1"),
        SerialConfig { data_bits, .. } if !(5..=8).contains(data_bits) => {
            wrong("the number of data bits", (*data_bits).into(), "from 5 to 8")
        }
        SerialConfig { stop_bits, .. } if !(1..=2).contains(stop_bits) => {
            wrong("the number of stop bits", (*stop_bits).into(), "1 or 2")
        }
        _ => Ok(()),
    }
}

fn apply(config: &SerialConfig, settings: &mut serial2::Settings) -> io::Result<()> {
    settings.set_raw();
    settings.set_baud_rate(config.baud)?;
    settings.set_char_size(match config.data_bits {
        5 => CharSize::Bits5,
        6 => CharSize::Bits6,
        7 => CharSize::Bits7,
        _ => CharSize::Bits8,
    });
    settings.set_stop_bits(if config.stop_bits == 2 { StopBits::Two } else { StopBits::One });
    settings.set_parity(match config.parity {
        SerialParity::None => Parity::None,
        SerialParity::Even => Parity::Even,
        SerialParity::Odd => Parity::Odd,
    });
    settings.set_flow_control(match config.flow {
        SerialFlow::None => FlowControl::None,
        SerialFlow::RtsCts => FlowControl::RtsCts,
        SerialFlow::XonXoff => FlowControl::XonXoff,
    });
    // Damaged bytes are to be marked, not dropped.
    let termios = settings.as_termios_mut();
    termios.c_iflag &= !(libc::IGNBRK | libc::IGNPAR | libc::BRKINT | libc::ISTRIP);
    termios.c_iflag |= libc::PARMRK | libc::INPCK;
    Ok(())
}

/// serial2 looks whether the port took what it was given; its error has no
/// number then.
fn refused(path: &Path, error: io::Error) -> OpenError {
    let setting = "these serial settings";
    match error.raw_os_error() {
        None => OpenError::Unsupported { what: WHAT, path: path.to_owned(), setting },
        Some(_) => OpenError::setting(WHAT, path, setting, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_byte_has_the_error_that_was_counted() {
        let counted = |frame, parity| Counters { frame, parity, overrun: 0 };
        let even = SerialParity::Even;
        assert_eq!(damage(SerialParity::None, counted(0, 0)), SerialError::FrameFormat);
        assert_eq!(damage(even, counted(1, 0)), SerialError::FrameFormat);
        assert_eq!(damage(even, counted(0, 1)), SerialError::Parity);
        assert_eq!(damage(even, counted(1, 1)), SerialError::Parity);
        assert_eq!(damage(even, counted(0, 0)), SerialError::Parity, "a port that does not count");
    }

    #[test]
    fn every_error_number_has_the_kind_it_describes() {
        use SerialError::{Gone, Other};
        for (errno, expected) in [(5, Gone), (19, Gone), (6, Gone), (22, Other), (12, Other)] {
            assert_eq!(kind(&io::Error::from_raw_os_error(errno)), expected, "{errno}");
        }
    }
}
