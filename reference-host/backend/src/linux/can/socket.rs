//! A bus that is open.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IoSliceMut, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use nix::cmsg_space;
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};

use super::CanConfig;
use super::frame::{self, FRAME_BYTES};
use super::interface;
use crate::linux::shared::{Shared, Source};
use crate::linux::{OpenError, time};
use crate::{CanBus, CanError, CanFrame, Clock, Event};

/// How long to wait before a full queue is tried again: the kernel does not
/// tell when it has room. A frame of 8 bytes takes 0.11 ms at 1 Mbit/s.
const LOOK_AGAIN_NS: u64 = 200_000;

/// A CAN bus of the Linux kernel.
///
/// Classic frames alone are sent and received. Other programs of the machine
/// see what is sent here; this one does not. A frame that was queued is the
/// kernel's: it sends it until it is acknowledged or the interface goes down.
pub struct LinuxCan {
    shared: Arc<Shared<Receiver>>,
    socket: std::fs::File,
    clock: Arc<dyn Clock>,
}

impl LinuxCan {
    /// Opens a socket on the interface. `clock` is the board's.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the interface and what to do.
    pub fn open(config: &CanConfig, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let socket = interface::socket(&config.interface)?;
        let path = || PathBuf::from(&config.interface);
        Self::new(socket, clock).map_err(|source| OpenError::Io { path: path(), source })
    }

    fn new(socket: OwnedFd, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let shared = Arc::new(socket.try_clone()?);
        let receiver = Receiver::new(shared.clone());
        let shared = Shared::new(receiver, Some(shared), clock.clone());
        Ok(Self { shared, socket: socket.into(), clock })
    }
}

impl CanBus for LinuxCan {
    fn transmit(&mut self, frame: &CanFrame, until_ns: u64) -> Result<bool, CanError> {
        let raw = frame::to_kernel(frame);
        loop {
            let error = match self.socket.write(&raw) {
                Ok(FRAME_BYTES) => return Ok(true),
                // The kernel takes a frame or does not.
                Ok(_) => return Err(CanError::Other),
                Err(error) => error,
            };
            let now = self.clock.now_ns();
            match error.raw_os_error().map(Errno::from_i32) {
                Some(Errno::EINTR) => {}
                Some(Errno::EAGAIN | Errno::ENOBUFS) if now >= until_ns => return Ok(false),
                Some(Errno::EAGAIN) => {
                    let room = PollFlags::POLLOUT;
                    time::wait(self.socket.as_fd(), room, &*self.clock, until_ns)
                        .map_err(|error| kind(&error))?;
                }
                Some(Errno::ENOBUFS) => self.clock.delay_ns(LOOK_AGAIN_NS.min(until_ns - now)),
                _ => return Err(kind(&error)),
            }
        }
    }

    fn receive(&mut self, until_ns: u64) -> Result<Option<CanFrame>, CanError> {
        self.shared.wait(until_ns, Receiver::take, |error| kind(&error))
    }

    fn receivable(&mut self) -> Box<dyn Event> {
        self.shared.event(Receiver::ready)
    }
}

impl fmt::Debug for LinuxCan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinuxCan").field("socket", &self.socket).finish_non_exhaustive()
    }
}

/// What has arrived and nobody has taken: no more than one frame, and an error
/// before it. The rest waits in the kernel.
struct Receiver {
    socket: Arc<OwnedFd>,
    arrived: VecDeque<Result<CanFrame, CanError>>,
    /// The kernel's count of frames for which it had no room.
    dropped: u32,
    /// The interface was removed, which the kernel says once.
    removed: bool,
    news: bool,
}

impl Receiver {
    fn new(socket: Arc<OwnedFd>) -> Self {
        Self { socket, arrived: VecDeque::new(), dropped: 0, removed: false, news: false }
    }

    fn take(&mut self) -> Result<Option<CanFrame>, CanError> {
        self.fill()?;
        self.arrived.pop_front().transpose()
    }

    fn ready(&mut self) -> bool {
        match self.fill() {
            Ok(()) => !self.arrived.is_empty(),
            // The kernel says it once: it is kept for whoever receives next.
            Err(error) => {
                self.arrived.push_back(Err(error));
                true
            }
        }
    }

    fn fill(&mut self) -> Result<(), CanError> {
        while self.arrived.is_empty() {
            let mut raw = [0; FRAME_BYTES];
            if self.removed {
                return Err(CanError::Gone);
            }
            let received = receive(&self.socket, &mut raw).map_err(|error| {
                self.removed = error == Errno::ENODEV;
                kind(&error.into())
            })?;
            let Some((len, dropped)) = received else { return Ok(()) };
            self.news = true;
            if dropped.is_some_and(|dropped| dropped != self.dropped) {
                self.dropped = dropped.unwrap_or(self.dropped);
                self.arrived.push_back(Err(CanError::Overrun));
            }
            if len == FRAME_BYTES {
                self.arrived.extend(frame::from_kernel(&raw));
            }
        }
        Ok(())
    }
}

impl Source for Receiver {
    fn news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }
}

/// A message if there is one: its length, and how many were dropped so far.
fn receive(socket: &OwnedFd, raw: &mut frame::Raw) -> Result<Option<(usize, Option<u32>)>, Errno> {
    let mut control = cmsg_space!(u32);
    let mut parts = [IoSliceMut::new(raw)];
    let flags = MsgFlags::MSG_DONTWAIT;
    loop {
        match recvmsg::<()>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags) {
            Ok(message) => {
                let dropped = message.cmsgs().find_map(|control| match control {
                    ControlMessageOwned::RxqOvfl(dropped) => Some(dropped),
                    _ => None,
                });
                return Ok(Some((message.bytes, dropped)));
            }
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// What an error means for a socket that is open.
fn kind(error: &io::Error) -> CanError {
    match error.raw_os_error().map(Errno::from_i32) {
        Some(Errno::ENETDOWN | Errno::ENODEV | Errno::ENXIO) => CanError::Gone,
        _ => CanError::Other,
    }
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;
