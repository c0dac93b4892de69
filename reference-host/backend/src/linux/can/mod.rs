//! CAN, by SocketCAN (`Documentation/networking/can.rst`).
//!
//! | the kernel says | reported as |
//! | --- | --- |
//! | an error frame: the controller's receive buffer overflowed | overrun |
//! | the socket's count of dropped frames grew (`SO_RXQ_OVFL`) | overrun |
//! | an error frame of the protocol: bit, stuff, form, checksum, acknowledge | that one |
//! | an error frame: no acknowledge | not acknowledged |
//! | an error frame: bus off | other |
//! | ENETDOWN: the interface was taken down; ENODEV, ENXIO: it was removed | gone |
//! | ENOBUFS, EAGAIN: no room in the interface's queue | waits |
//! | anything else | other |
//!
//! Which error frames there are is up to the controller and to
//! `berr-reporting` of `ip link`; many say nothing of a missing acknowledge, and
//! send the frame again and again. Warnings and lost arbitrations are no errors.

mod frame;
mod interface;
mod socket;

pub use socket::LinuxCan;

/// A CAN bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanConfig {
    /// The network interface, such as `can0`. Its bit rate is set with
    /// `ip link`, which takes rights that this program does not need.
    pub interface: String,
}

impl CanConfig {
    /// The bus of this interface.
    pub fn new(interface: impl Into<String>) -> Self {
        Self { interface: interface.into() }
    }
}
