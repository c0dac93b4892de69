//! Bulk-only transport: a command, its data, its status.

use std::time::Duration;

use nusb::descriptors::TransferType;
use nusb::transfer::{
    Buffer, Bulk, Completion, ControlOut, ControlType, Direction, EndpointDirection, In, Out,
    Recipient, TransferError,
};
use nusb::{Device, Endpoint, Interface, MaybeFuture};

use crate::scsi::Command;

/// Class, subclass and protocol of an interface (USB Mass Storage Class,
/// Overview 1.4, tables 1 and 2): SCSI by bulk-only transport.
pub(crate) const INTERFACE: (u8, u8, u8) = (0x08, 0x06, 0x50);

/// How long a device may take for one transfer. Disks that wake up take some
/// seconds.
const TIMEOUT: Duration = Duration::from_secs(10);

/// `dCBWSignature` and `dCSWSignature` (5.1 and 5.2).
const COMMAND: [u8; 4] = *b"USBC";
const STATUS: [u8; 4] = *b"USBS";

/// The length of a status (5.2).
const STATUS_LEN: usize = 13;

/// Bulk-Only Mass Storage Reset (3.1).
const RESET: u8 = 0xff;

/// Why a command did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The device was unplugged.
    Gone,
    /// The device did the command, and it failed: sense data says why.
    Check,
    /// Device and host do not understand each other. A reset recovery was tried.
    Confused,
    /// The host refused.
    Refused,
}

impl From<TransferError> for Fault {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Disconnected => Self::Gone,
            TransferError::InvalidArgument | TransferError::Unknown(_) => Self::Refused,
            TransferError::Stall | TransferError::Cancelled | TransferError::Fault => {
                Self::Confused
            }
        }
    }
}

impl From<nusb::Error> for Fault {
    fn from(error: nusb::Error) -> Self {
        match error.kind() {
            nusb::ErrorKind::Disconnected => Self::Gone,
            _ => Self::Refused,
        }
    }
}

/// What goes with a command.
pub(crate) enum Data<'a> {
    Nothing,
    /// Bytes to the device.
    Out(&'a [u8]),
    /// At most so many bytes from the device.
    In(usize),
}

/// The interface of a device, and its two endpoints.
pub(crate) struct Transport {
    interface: Interface,
    out: Endpoint<Bulk, Out>,
    back: Endpoint<Bulk, In>,
    tag: u32,
}

impl Transport {
    /// Takes the interface.
    pub(crate) fn open(device: &Device, number: u8) -> Result<Self, Fault> {
        let interface = device.detach_and_claim_interface(number).wait()?;
        let (out, back) = (endpoint(&interface)?, endpoint(&interface)?);
        Ok(Self { interface, out, back, tag: 0 })
    }

    /// Does a command, and returns what came in. After a fault other than
    /// [`Fault::Check`] and [`Fault::Gone`] a reset recovery was done.
    pub(crate) fn execute(&mut self, command: Command, data: Data<'_>) -> Result<Vec<u8>, Fault> {
        let result = self.attempt(command, data);
        if result == Err(Fault::Confused) {
            self.recover()?;
        }
        result
    }

    fn attempt(&mut self, command: Command, data: Data<'_>) -> Result<Vec<u8>, Fault> {
        self.tag = self.tag.wrapping_add(1);
        let block = command_block(self.tag, command, &data);
        self.out.transfer_blocking(block.as_slice().into(), TIMEOUT).status?;
        let (bytes, wanted) = match data {
            Data::Nothing => (Vec::new(), 0),
            Data::Out(bytes) => {
                let done = self.out.transfer_blocking(bytes.into(), TIMEOUT);
                unless_stalled(done.status, &mut self.out)?;
                (Vec::new(), bytes.len())
            }
            Data::In(len) => {
                let done = self.receive(len);
                unless_stalled(done.status, &mut self.back)?;
                (done.buffer.into_vec(), len)
            }
        };
        let residue = self.status()?;
        // Less than was asked for is well: the residue says so.
        let moved = wanted.checked_sub(residue as usize).ok_or(Fault::Confused)?;
        match data {
            Data::Out(_) if residue > 0 => Err(Fault::Confused),
            Data::In(_) if bytes.len() < moved => Err(Fault::Confused),
            _ => Ok(bytes.into_iter().take(moved).collect()),
        }
    }

    /// Reads the status (figure 2), and returns the residue.
    fn status(&mut self) -> Result<u32, Fault> {
        let mut done = self.receive(STATUS_LEN);
        if done.status == Err(TransferError::Stall) {
            self.back.clear_halt().wait()?;
            done = self.receive(STATUS_LEN);
        }
        done.status?;
        // Valid and meaningful (6.3).
        let bytes: [u8; STATUS_LEN] = done.buffer[..].try_into().map_err(|_| Fault::Confused)?;
        let [s0, s1, s2, s3, t0, t1, t2, t3, r0, r1, r2, r3, status] = bytes;
        let tag = u32::from_le_bytes([t0, t1, t2, t3]);
        if [s0, s1, s2, s3] != STATUS || tag != self.tag {
            return Err(Fault::Confused);
        }
        match status {
            0 => Ok(u32::from_le_bytes([r0, r1, r2, r3])),
            1 => Err(Fault::Check),
            // 2 is a phase error.
            _ => Err(Fault::Confused),
        }
    }

    /// At most `len` bytes. Hosts ask for whole packets.
    fn receive(&mut self, len: usize) -> Completion {
        let packet = self.back.max_packet_size().max(1);
        let whole = Buffer::new(len.next_multiple_of(packet));
        let mut done = self.back.transfer_blocking(whole, TIMEOUT);
        if done.status.is_ok() && done.actual_len > len {
            done.status = Err(TransferError::Fault);
        }
        done
    }

    /// Reset recovery (5.3.4).
    fn recover(&mut self) -> Result<(), Fault> {
        let reset = ControlOut {
            control_type: ControlType::Class,
            recipient: Recipient::Interface,
            request: RESET,
            value: 0,
            index: self.interface.interface_number().into(),
            data: &[],
        };
        self.interface.control_out(reset, TIMEOUT).wait()?;
        self.back.clear_halt().wait()?;
        Ok(self.out.clear_halt().wait()?)
    }
}

/// The first bulk endpoint in a direction.
fn endpoint<Dir: EndpointDirection>(interface: &Interface) -> Result<Endpoint<Bulk, Dir>, Fault> {
    let setting = interface.descriptor().ok_or(Fault::Refused)?;
    let of_it = |kind, direction: Direction| kind == TransferType::Bulk && direction == Dir::DIR;
    let found = setting.endpoints().find(|e| of_it(e.transfer_type(), e.direction()));
    Ok(interface.endpoint(found.ok_or(Fault::Refused)?.address())?)
}

/// A device may stall instead of moving (more) data; its status follows (6.7).
fn unless_stalled<Dir: EndpointDirection>(
    status: Result<(), TransferError>,
    endpoint: &mut Endpoint<Bulk, Dir>,
) -> Result<(), Fault> {
    match status {
        Err(TransferError::Stall) => Ok(endpoint.clear_halt().wait()?),
        status => Ok(status?),
    }
}

/// The command block wrapper (table 5.1).
pub(crate) fn command_block(tag: u32, command: Command, data: &Data<'_>) -> [u8; 31] {
    let (len, direction) = match data {
        Data::Nothing => (0, Direction::Out),
        Data::Out(bytes) => (bytes.len(), Direction::Out),
        Data::In(len) => (*len, Direction::In),
    };
    let mut block = [0; 31];
    block[..4].copy_from_slice(&COMMAND);
    block[4..8].copy_from_slice(&tag.to_le_bytes());
    // Chunks are far smaller than 4 GiB.
    block[8..12].copy_from_slice(&(len as u32).to_le_bytes());
    block[12] = direction as u8;
    // Byte 13 is the LUN, 0.
    block[14] = command.len;
    block[15..25].copy_from_slice(&command.bytes);
    block
}
