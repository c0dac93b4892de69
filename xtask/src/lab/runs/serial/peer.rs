//! The other end of a serial port.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::lab::error::LabError;
use crate::lab::runs::found::read;
use crate::lab::session::{Lab, Result};

/// Bytes of the port's FIFO (i.MX 8M Plus reference manual, section "UART").
/// When the last place of it is filled, the port marks that byte, and Linux
/// counts an overrun. A real wire is slower than the kernel; this one is not.
pub(super) const FIFO: usize = 32;

/// So many bytes at once do no harm.
const AT_ONCE: usize = FIFO / 2;

/// After how long without a byte the emulated port is taken for stuck: it loses an
/// interrupt at times, and goes on with the next byte.
const STUCK: Duration = Duration::from_millis(500);

/// The port's test register and the bit in it that its FIFO is empty: reference
/// manual, section "UART Test Register". And the port, ttymxc0.
const TEST: u64 = 0x3086_00b4;
const EMPTY: u64 = 1 << 5;

/// The lab's end.
pub(super) struct Peer {
    port: UnixStream,
}

impl Peer {
    pub(super) fn new(port: UnixStream) -> Result<Self> {
        port.set_read_timeout(Some(Duration::from_millis(50))).map_err(gone)?;
        Ok(Self { port })
    }

    /// Sends all at once.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.port.write_all(bytes).map_err(gone)
    }

    /// Sends no faster than the kernel of `lab` takes it, to its first port.
    pub(super) fn pass(&mut self, lab: &mut Lab, bytes: &[u8]) -> Result<()> {
        for some in bytes.chunks(AT_ONCE / 2) {
            self.send(some)?;
            // Until the emulator has read it, and then the kernel.
            std::thread::sleep(Duration::from_millis(5));
            let until = Instant::now() + STUCK;
            while read(lab, TEST)? & EMPTY == 0 && Instant::now() < until {}
        }
        while read(lab, TEST)? & EMPTY == 0 {
            self.send(&[0])?;
            std::thread::sleep(STUCK);
        }
        Ok(())
    }

    /// Sends to somebody who sends all back: the next bytes when these are here,
    /// or where the port is stuck. What came.
    pub(super) fn exchange(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let mut back = Vec::with_capacity(bytes.len());
        let (mut sent, mut nudges) = (0, 0);
        while back.len() < bytes.len() {
            if sent == back.len() {
                let some = AT_ONCE.min(bytes.len() - sent);
                self.send(&bytes[sent..sent + some])?;
                sent += some;
            }
            match self.take(1, STUCK) {
                Ok(byte) => {
                    back.extend(byte);
                    nudges = 0;
                }
                Err(LabError::Silent { .. }) if nudges < AT_ONCE / 2 => {
                    nudges += 1;
                    // Behind the last one, a byte that nobody reads.
                    self.send(&[bytes.get(sent).copied().unwrap_or_default()])?;
                    sent += usize::from(sent < bytes.len());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(back)
    }

    /// Waits for `count` bytes.
    pub(super) fn take(&mut self, count: usize, time: Duration) -> Result<Vec<u8>> {
        let until = Instant::now() + time;
        let mut taken = vec![0; count];
        let mut len = 0;
        while len < count {
            match self.port.read(&mut taken[len..]) {
                Ok(0) => return Err(LabError::Gone { said: "a serial port has closed".into() }),
                Ok(read) => len += read,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut if Instant::now() < until => {}
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                        let what = format!("send {count} bytes");
                        return Err(LabError::Silent { what, time, said: format!("{len} bytes") });
                    }
                    ErrorKind::Interrupted => {}
                    _ => return Err(gone(error)),
                },
            }
        }
        Ok(taken)
    }
}

fn gone(error: std::io::Error) -> LabError {
    LabError::Gone { said: format!("a serial port: {error}") }
}
