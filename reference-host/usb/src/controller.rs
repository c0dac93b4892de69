//! The device side: what a gadget drives.

use periplasm_backend::Event;

/// How fast a port talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PortSpeed {
    /// 12 Mbit/s.
    Full,
    /// 480 Mbit/s.
    High,
}

/// What kind of transfers an endpoint does (USB 2.0, 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferType {
    /// Endpoint 0.
    Control,
    /// A stream with reserved time and no retries.
    Isochronous,
    /// Large data, when there is time.
    Bulk,
    /// Small data, soon.
    Interrupt,
}

/// One endpoint of a gadget, in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointConfig {
    /// `bEndpointAddress`: the number, and 0x80 for IN.
    pub address: u8,
    /// `bmAttributes`, bits 0 and 1.
    pub transfers: TransferType,
    /// `wMaxPacketSize`, bytes.
    pub max_packet_size: u16,
    /// `bInterval`.
    pub interval: u8,
}

/// Why a packet was not taken or given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControllerError {
    /// IN: the last packet has not gone yet. OUT: none has come.
    #[error("would block")]
    WouldBlock,
    /// Larger than the endpoint's packets, or than the room for it.
    #[error("the packet does not fit")]
    Overflow,
    /// No such endpoint, or not enabled.
    #[error("no such endpoint")]
    Invalid,
    /// The controller is not there any more.
    #[error("gone")]
    Gone,
}

/// What happened on the bus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusEvents {
    /// A bus reset; it comes before everything else that is told with it.
    pub reset: bool,
    /// Suspended.
    pub suspend: bool,
    /// In use again.
    pub resume: bool,
    /// The cable was plugged in.
    pub attached: bool,
    /// The cable was pulled out.
    pub detached: bool,
}

/// What happened since the last look. Bit n stands for endpoint n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// On the bus.
    pub bus: BusEvents,
    /// A SETUP packet on endpoint 0, told once. It voids what was on endpoint 0
    /// before, in either direction (8.5.3), and what is written to endpoint 0 or
    /// made to stall there while it waits to be told. `in_complete` beside it
    /// came before it.
    pub setup: Option<[u8; 8]>,
    /// OUT endpoints on which a packet came that waits to be read. Each packet is
    /// told once, so that one that is left unread wakes nobody again.
    pub out_ready: u16,
    /// IN endpoints whose packet was taken, told once.
    pub in_complete: u16,
}

/// A device controller.
pub trait UsbController: Send {
    /// How fast the port talks.
    fn speed(&self) -> PortSpeed;

    /// Takes the endpoints and connects. Endpoint 0 is there in both directions.
    /// An enabled one disconnects first.
    fn enable(&mut self, endpoints: &[EndpointConfig]) -> Result<(), ControllerError>;

    /// Disconnects.
    fn disable(&mut self);

    /// What happened. Does not block.
    fn poll(&mut self) -> Events;

    /// That [`Self::poll`] would tell of something.
    fn happened(&mut self) -> Box<dyn Event>;

    /// Hands over a packet for the host to take from IN endpoint `number`.
    fn write(&mut self, number: u8, packet: &[u8]) -> Result<(), ControllerError>;

    /// Takes the packet of OUT endpoint `number`: its length, which may be 0. A
    /// packet that does not fit stays.
    fn read(&mut self, number: u8, room: &mut [u8]) -> Result<usize, ControllerError>;

    /// Answers STALL on an endpoint, or not any more, which also starts its data
    /// toggle over (9.4.5). On endpoint 0 it lasts until the next SETUP. A packet
    /// that another IN endpoint has goes before.
    fn set_stalled(&mut self, address: u8, stalled: bool);

    /// Whether it does.
    fn is_stalled(&self, address: u8) -> bool;

    /// The address from SET_ADDRESS, after its status stage (9.4.6).
    fn set_address(&mut self, address: u8);

    /// Wakes a suspended bus.
    fn remote_wakeup(&mut self);
}
