//! A socket on an interface: the three calls that `std` and nix lack.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::PathBuf;

use nix::errno::Errno;
use nix::libc::{self, c_int};
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{getsockopt, setsockopt, sockopt};

use super::frame::ERRORS;
use crate::linux::{Hardware, OpenError};

const WHAT: Hardware = Hardware::Can;

/// A raw CAN socket that is bound to `interface`, does not wait, and receives
/// all frames, those of errors included, but not its own.
pub(super) fn socket(interface: &str) -> Result<OwnedFd, OpenError> {
    let path = || PathBuf::from(interface);
    let failed = |error: Errno| OpenError::opening(WHAT, &path(), error.into());
    let index = if_nametoindex(interface).map_err(|error| match error {
        // A name that is too long or has a zero byte names nothing either.
        Errno::EINVAL => OpenError::Missing { what: WHAT, path: path() },
        error => failed(error),
    })?;
    let socket = new().map_err(|error| match error {
        Errno::EAFNOSUPPORT | Errno::EPROTONOSUPPORT | Errno::ESOCKTNOSUPPORT => {
            OpenError::NoInterface { what: WHAT }
        }
        error => failed(error),
    })?;
    report_errors(&socket).map_err(failed)?;
    setsockopt(socket.as_raw_fd(), sockopt::RxqOvfl, &1).map_err(failed)?;
    bind(&socket, index).map_err(|error| match error {
        // The interface is there, so it is of another kind.
        Errno::ENODEV => OpenError::WrongKind { what: WHAT, path: path() },
        Errno::ENETDOWN => OpenError::Down(interface.to_owned()),
        error => failed(error),
    })?;
    // An interface that is down takes the socket, and says so afterwards.
    match getsockopt(socket.as_raw_fd(), sockopt::SocketError).map(Errno::from_i32) {
        Ok(Errno::ENETDOWN) => Err(OpenError::Down(interface.to_owned())),
        Ok(Errno::UnknownErrno) => Ok(socket),
        Ok(error) | Err(error) => {
            Err(OpenError::Io { path: path(), source: io::Error::from(error) })
        }
    }
}

fn new() -> Result<OwnedFd, Errno> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: the call takes three numbers.
    let socket = Errno::result(unsafe { libc::socket(libc::PF_CAN, kind, libc::CAN_RAW) })?;
    // SAFETY: the kernel just made this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(socket) })
}

/// Asks for the error frames that mean an error here.
fn report_errors(socket: &OwnedFd) -> Result<(), Errno> {
    let mask: libc::can_err_mask_t = ERRORS;
    // SAFETY: the kernel reads as many bytes as it is told, which are those of
    // `mask`.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_CAN_RAW,
            libc::CAN_RAW_ERR_FILTER,
            (&raw const mask).cast(),
            size_of_val(&mask) as libc::socklen_t,
        )
    };
    Errno::result(result).map(drop)
}

fn bind(socket: &OwnedFd, index: u32) -> Result<(), Errno> {
    // SAFETY: all fields are numbers, for which zeros are values.
    let mut address: libc::sockaddr_can = unsafe { std::mem::zeroed() };
    address.can_family = libc::AF_CAN as libc::sa_family_t;
    address.can_ifindex = c_int::try_from(index).map_err(|_| Errno::ENODEV)?;
    // SAFETY: the kernel reads as many bytes as it is told, which are those of
    // `address`.
    let result = unsafe {
        libc::bind(
            socket.as_raw_fd(),
            (&raw const address).cast(),
            size_of_val(&address) as libc::socklen_t,
        )
    };
    Errno::result(result).map(drop)
}
