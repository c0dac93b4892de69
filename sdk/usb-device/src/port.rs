//! What a gadget is plugged in by.

use alloc::vec::Vec;
use core::future::Future;
use core::time::Duration;

use crate::slot::{self, Endpoint, Error, Events, Speed};

/// A device controller. A slot's handle is one; natively,
/// `Box<dyn periplasm_usb::UsbController>` is.
///
/// It says what the resource `usb-device` of `periplasm:usb-device` says.
pub trait Port: Send {
    /// Ready when [`Self::poll`] would tell of something.
    type Happened: Future<Output = ()> + Send + Unpin + 'static;

    /// How fast the port talks.
    fn speed(&self) -> Speed;

    /// Takes the endpoints and connects.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when the controller cannot do with these endpoints,
    /// [`Error::Gone`].
    fn enable(&mut self, endpoints: &[Endpoint]) -> Result<(), Error>;

    /// Disconnects.
    fn disable(&mut self);

    /// What happened since the last look.
    fn poll(&mut self) -> Events;

    /// The same, waiting at most `timeout` until there is something.
    fn wait(&mut self, timeout: Option<Duration>) -> Events;

    /// That [`Self::poll`] would tell of something.
    fn happened(&mut self) -> Self::Happened;

    /// Hands over a packet for the host to take.
    ///
    /// # Errors
    ///
    /// As in the WIT.
    fn write(&mut self, number: u8, packet: &[u8]) -> Result<(), Error>;

    /// Takes the packet that came, and returns its length.
    ///
    /// # Errors
    ///
    /// As in the WIT.
    fn read(&mut self, number: u8, room: &mut [u8]) -> Result<usize, Error>;

    /// Answers STALL on an endpoint, by its address, or not any more.
    fn set_stalled(&mut self, address: u8, stalled: bool);

    /// The address from SET_ADDRESS.
    fn set_address(&mut self, address: u8);

    /// Wakes a suspended bus.
    fn remote_wakeup(&mut self);
}

impl Port for slot::UsbDevice {
    type Happened = periplasm_hal::Happening;

    fn speed(&self) -> Speed {
        Self::speed(self)
    }

    fn enable(&mut self, endpoints: &[Endpoint]) -> Result<(), Error> {
        Self::enable(self, endpoints)
    }

    fn disable(&mut self) {
        Self::disable(self);
    }

    fn poll(&mut self) -> Events {
        Self::poll(self)
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Events {
        let ns = timeout.map(|timeout| u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX));
        Self::wait(self, ns)
    }

    fn happened(&mut self) -> Self::Happened {
        periplasm_hal::happening(Self::happened(self))
    }

    fn write(&mut self, number: u8, packet: &[u8]) -> Result<(), Error> {
        Self::write(self, number, packet)
    }

    fn read(&mut self, number: u8, room: &mut [u8]) -> Result<usize, Error> {
        let max = u32::try_from(room.len()).unwrap_or(u32::MAX);
        let packet: Vec<u8> = Self::read(self, number, max)?;
        // A host that gives more than was asked for is not to make us panic.
        let len = packet.len().min(room.len());
        room[..len].copy_from_slice(&packet[..len]);
        Ok(len)
    }

    fn set_stalled(&mut self, address: u8, stalled: bool) {
        Self::set_stalled(self, address, stalled);
    }

    fn set_address(&mut self, address: u8) {
        Self::set_address(self, address);
    }

    fn remote_wakeup(&mut self) {
        Self::remote_wakeup(self);
    }
}
