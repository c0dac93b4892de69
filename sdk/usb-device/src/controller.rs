//! A port, and what is known about it without asking.
//!
//! A call to the port leaves the component. So an endpoint that is known to be
//! busy, or to have no packet, is not asked.

use alloc::vec::Vec;
use core::time::Duration;

use usb_device::UsbError;

use crate::Port;
use crate::news::News;
use crate::slot::{Endpoint, Error, Events, TransferType};

/// The direction bit of an endpoint's address (USB 2.0, table 9-13): IN.
pub(crate) const IN: u8 = 0x80;

/// The most that an endpoint of any speed has in a packet (5.6.3, 5.7.3).
const MAX_PACKET: u16 = 1024;

/// Which of a direction's sixteen endpoints. Bit n stands for endpoint n.
#[derive(Debug, Default)]
struct Endpoints {
    /// Exist.
    allocated: u16,
    /// Answer STALL.
    stalled: u16,
}

/// A port, and what it told.
pub(crate) struct Controller<P> {
    pub(crate) port: P,
    endpoints: Vec<Endpoint>,
    ins: Endpoints,
    outs: Endpoints,
    /// IN endpoints whose packet has not gone yet.
    busy: u16,
    /// OUT endpoints with a packet.
    unread: u16,
    /// A SETUP packet that was not read.
    setup: Option<[u8; 8]>,
    pub(crate) news: News,
    /// Why there is no use in going on.
    pub(crate) failed: Option<Error>,
}

impl<P: Port> Controller<P> {
    pub(crate) fn new(port: P) -> Self {
        Self {
            port,
            endpoints: Vec::new(),
            ins: Endpoints::default(),
            outs: Endpoints::default(),
            busy: 0,
            unread: 0,
            setup: None,
            news: News::default(),
            failed: None,
        }
    }

    /// Reserves the endpoint of this address, or the next free one that is not
    /// endpoint 0, and returns its address.
    pub(crate) fn allocate(
        &mut self,
        direction: u8,
        address: Option<u8>,
        endpoint: Endpoint,
    ) -> Result<u8, UsbError> {
        if endpoint.max_packet_size > MAX_PACKET {
            return Err(UsbError::EndpointMemoryOverflow);
        }
        let side = if direction == IN { &mut self.ins } else { &mut self.outs };
        let number = match address {
            Some(address) if address & IN == direction && address & !IN < 16 => address & !IN,
            Some(_) => return Err(UsbError::InvalidEndpoint),
            None => match (side.allocated | 1).trailing_ones() {
                16 => return Err(UsbError::EndpointOverflow),
                free => free as u8,
            },
        };
        if side.allocated & bit(number) != 0 {
            return Err(UsbError::InvalidEndpoint);
        }
        side.allocated |= bit(number);
        let address = number | direction;
        self.endpoints.push(Endpoint { address, ..endpoint });
        Ok(address)
    }

    /// Connects, with all that was reserved. An endpoint without room for a byte
    /// was reserved so that nobody else has its number: usbd-gscan does that.
    pub(crate) fn enable(&mut self) {
        self.forget();
        self.news = News::default();
        let real = self.endpoints.iter().copied().filter(|endpoint| endpoint.max_packet_size > 0);
        self.failed = self.port.enable(&real.collect::<Vec<_>>()).err();
    }

    /// Disconnects.
    pub(crate) fn disable(&mut self) {
        self.port.disable();
        self.forget();
        self.news = News::default();
    }

    /// Asks the port what happened.
    pub(crate) fn look(&mut self) -> Events {
        let events = self.port.poll();
        self.heard(&events);
        events
    }

    /// Waits until the port tells of something, unless it did already.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) {
        if self.news.is_empty() {
            let events = self.port.wait(timeout);
            self.heard(&events);
        }
    }

    fn heard(&mut self, events: &Events) {
        if events.bus.reset {
            self.forget();
        }
        self.news.add(events);
        self.busy &= !events.in_complete;
        if let Some(setup) = events.setup {
            // Endpoint 0 starts over (8.5.3), and does not stall (8.5.3.4).
            self.setup = Some(setup.to_le_bytes());
            self.busy &= !1;
            self.unread &= !1;
            self.ins.stalled &= !1;
            self.outs.stalled &= !1;
        }
        self.unread |= events.out_ready;
    }

    /// After a reset everything is empty, and armed.
    fn forget(&mut self) {
        self.busy = 0;
        self.unread = 0;
        self.setup = None;
        self.ins.stalled = 0;
        self.outs.stalled = 0;
    }

    /// OUT endpoints with a packet that was not read.
    pub(crate) fn unread(&self) -> u16 {
        self.unread
    }

    /// Whether a packet waits to go.
    pub(crate) fn is_busy(&self, number: u8) -> bool {
        self.busy & bit(number) != 0
    }

    /// Whether a SETUP packet was not read.
    pub(crate) fn has_setup(&self) -> bool {
        self.setup.is_some()
    }

    /// The SETUP packet.
    pub(crate) fn take_setup(&mut self) -> Option<[u8; 8]> {
        self.news.setup = false;
        self.setup.take()
    }

    pub(crate) fn write(&mut self, address: u8, packet: &[u8]) -> Result<usize, UsbError> {
        let number = self.allocated(address)?;
        if address & IN == 0 {
            return Err(UsbError::InvalidEndpoint);
        }
        if packet.len() > self.max_packet_size(address) {
            return Err(UsbError::BufferOverflow);
        }
        if number == 0 && self.has_setup() {
            return Ok(packet.len()); // An answer to the request before.
        }
        if self.is_busy(number) {
            return Err(UsbError::WouldBlock);
        }
        match self.port.write(number, packet) {
            Ok(()) => {
                self.busy |= bit(number);
                Ok(packet.len())
            }
            Err(error) => {
                if error == Error::WouldBlock {
                    self.busy |= bit(number);
                }
                Err(self.refused(error))
            }
        }
    }

    pub(crate) fn read(&mut self, address: u8, room: &mut [u8]) -> Result<usize, UsbError> {
        let number = self.allocated(address)?;
        if address & IN != 0 {
            return Err(UsbError::InvalidEndpoint);
        }
        if self.unread & bit(number) == 0 {
            return Err(UsbError::WouldBlock);
        }
        let result = self.port.read(number, room);
        if result != Err(Error::Overflow) {
            self.unread &= !bit(number);
        }
        result.map_err(|error| self.refused(error))
    }

    /// An error of the port in the words of a stack. Only what says that the
    /// caller is wrong may end it: classes take all others for bugs, and panic.
    fn refused(&mut self, error: Error) -> UsbError {
        match error {
            Error::Overflow => UsbError::BufferOverflow,
            // Unplugged, or not configured so: as if nobody asked for packets.
            Error::WouldBlock | Error::Invalid => UsbError::WouldBlock,
            Error::Gone => {
                self.failed = Some(error);
                UsbError::WouldBlock
            }
        }
    }

    pub(crate) fn set_stalled(&mut self, address: u8, stalled: bool) {
        // A host asks for any address.
        let Ok(number) = self.allocated(address) else { return };
        if number == 0 && self.has_setup() {
            return; // Meant for the request before.
        }
        let known = self.is_stalled(address);
        // Un-stalling starts a data toggle over, of an endpoint that does not
        // stall too (9.4.5). Endpoint 0 has its toggle from SETUP.
        if known == stalled && (stalled || number == 0) {
            return;
        }
        self.port.set_stalled(address, stalled);
        let side = if address & IN != 0 { &mut self.ins } else { &mut self.outs };
        if stalled {
            side.stalled |= bit(number);
        } else {
            side.stalled &= !bit(number);
            if address & IN != 0 {
                self.busy &= !bit(number); // The port is to say.
            }
        }
    }

    pub(crate) fn is_stalled(&self, address: u8) -> bool {
        let side = if address & IN != 0 { &self.ins } else { &self.outs };
        side.stalled & bit(address & 0x0f) != 0
    }

    /// The number of an endpoint that exists.
    fn allocated(&self, address: u8) -> Result<u8, UsbError> {
        let number = address & !IN;
        let side = if address & IN != 0 { &self.ins } else { &self.outs };
        if number < 16 && side.allocated & bit(number) != 0 {
            Ok(number)
        } else {
            Err(UsbError::InvalidEndpoint)
        }
    }

    fn max_packet_size(&self, address: u8) -> usize {
        let endpoint = self.endpoints.iter().find(|endpoint| endpoint.address == address);
        endpoint.map_or(0, |endpoint| endpoint.max_packet_size.into())
    }
}

/// An endpoint that is to be reserved: its address follows.
pub(crate) fn endpoint(transfers: TransferType, max_packet_size: u16, interval: u8) -> Endpoint {
    Endpoint { address: 0, transfers, max_packet_size, interval }
}

/// The bit of endpoint `number`.
pub(crate) fn bit(number: u8) -> u16 {
    1 << (number & 0x0f)
}
