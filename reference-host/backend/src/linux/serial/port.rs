//! A port that is open.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;

use nix::errno::Errno;
use nix::libc;
use nix::poll::PollFlags;
use serial2::SerialPort;

use super::receiver::{KERNEL_BYTES, Receiver, kind};
use super::{SerialConfig, SerialFlow, counters, settings};
use crate::linux::shared::Shared;
use crate::linux::{Hardware, OpenError, time};
use crate::{Clock, Event, Serial, SerialError};

const WHAT: Hardware = Hardware::Serial;

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
        settings::check(config)?;
        let port = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
            .open(path)
            .map_err(|error| OpenError::opening(WHAT, path, error))?;
        let asking = |error: io::Error| OpenError::asking(WHAT, path, error);
        let mut setup = SerialPort::from(port.try_clone().map(OwnedFd::from).map_err(asking)?);
        let mut wanted = setup.get_configuration().map_err(asking)?;
        port.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::Busy { what: WHAT, path: path.clone() },
            TryLockError::Error(error) => asking(error),
        })?;
        counters::exclude(&port).map_err(|error| asking(error.into()))?;
        let taken =
            settings::apply(config, &mut wanted).and_then(|()| setup.set_configuration(&wanted));
        if let Err(error) = taken {
            let found = setup.get_configuration().ok();
            return Err(settings::refused(path, error, &wanted, found.as_ref()));
        }

        let port = Arc::new(port);
        let descriptor = port.as_fd().try_clone_to_owned().map_err(asking)?;
        let receiver = Receiver::new(port.clone(), config.parity);
        let shared = Shared::new(receiver, Some(Arc::new(descriptor)), clock.clone());
        let buffer_ns = KERNEL_BYTES as u64 * BITS * SECOND_NS / u64::from(config.baud);
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
