//! What the lab does over and over with a USB stick. The same code runs natively
//! on nusb and in a component on the drop-in for it; each function does `count`
//! of one thing, and gives a sum of what was read, so that none can be left out.
#![forbid(unsafe_code)]

use std::time::Duration;

use nusb::descriptors::TransferType;
use nusb::transfer::{
    Buffer, Bulk, ControlIn, ControlType, Direction, EndpointDirection, In, Out, Recipient,
};
use nusb::{DeviceInfo, Endpoint, Interface, MaybeFuture};

/// Class, subclass and protocol of an interface (USB Mass Storage Class,
/// Overview 1.4, tables 1 and 2): SCSI by bulk-only transport.
const INTERFACE: (u8, u8, u8) = (0x08, 0x06, 0x50);

/// Get Max LUN (USB Mass Storage Class, Bulk-Only Transport 1.0, 3.2).
const GET_MAX_LUN: u8 = 0xfe;

/// READ (10) (SBC-3, 5.11).
const READ: u8 = 0x28;

/// Bytes of a block, and of a status (Bulk-Only Transport 1.0, 5.2).
const BLOCK: u32 = 512;
const STATUS: usize = 13;

/// Where reads begin anew: 4 MiB, which sticks have.
const BLOCKS: u32 = 8192;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a stroke failed: what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed(pub &'static str);

/// A stick whose interface is taken.
#[derive(Debug)]
pub struct Stick {
    interface: Interface,
    out: Endpoint<Bulk, Out>,
    back: Endpoint<Bulk, In>,
    tag: u32,
}

/// The first stick, and the number of its interface for storage.
///
/// # Errors
///
/// When there is none.
pub fn find() -> Result<(DeviceInfo, u8), Failed> {
    let devices = nusb::list_devices().wait().map_err(|_| Failed("list"))?;
    let mut sticks = devices.filter_map(|device| {
        let number = device
            .interfaces()
            .find(|one| (one.class(), one.subclass(), one.protocol()) == INTERFACE)?
            .interface_number();
        Some((device, number))
    });
    sticks.next().ok_or(Failed("find"))
}

impl Stick {
    /// Takes the interface of the first stick. A driver of the kernel's that has
    /// it is not asked to let go.
    ///
    /// # Errors
    ///
    /// When there is no stick, or somebody has it.
    pub fn open() -> Result<Self, Failed> {
        let (device, number) = find()?;
        let device = device.open().wait().map_err(|_| Failed("open"))?;
        let interface = device.claim_interface(number).wait().map_err(|_| Failed("claim"))?;
        let (out, back) = (endpoint(&interface)?, endpoint(&interface)?);
        Ok(Self { interface, out, back, tag: 0 })
    }

    /// Control transfers: the class request Get Max LUN, of one byte.
    ///
    /// # Errors
    ///
    /// When one gives no byte.
    pub fn control(&mut self, count: u32) -> Result<u32, Failed> {
        let mut sum = 0;
        for _ in 0..count {
            let request = ControlIn {
                control_type: ControlType::Class,
                recipient: Recipient::Interface,
                request: GET_MAX_LUN,
                value: 0,
                index: self.interface.interface_number().into(),
                length: 1,
            };
            let answer = self.interface.control_in(request, TIMEOUT).wait();
            let bytes = answer.map_err(|_| Failed("control"))?;
            sum = added(sum, &bytes);
        }
        Ok(sum)
    }

    /// Reads of `len` bytes, one command after the other from the start on.
    ///
    /// # Errors
    ///
    /// When a command fails, or gives fewer bytes.
    pub fn read(&mut self, count: u32, len: u32) -> Result<u32, Failed> {
        let blocks = len / BLOCK;
        let mut sum = 0;
        for number in 0..count {
            let first = number.wrapping_mul(blocks) % BLOCKS;
            sum = added(sum, &self.read_at(first, len)?);
        }
        Ok(sum)
    }

    /// A command, its data, its status.
    fn read_at(&mut self, first: u32, len: u32) -> Result<Buffer, Failed> {
        self.tag = self.tag.wrapping_add(1);
        // The command block wrapper (5.1).
        let mut wrapper = [0; 31];
        wrapper[..4].copy_from_slice(b"USBC");
        wrapper[4..8].copy_from_slice(&self.tag.to_le_bytes());
        wrapper[8..12].copy_from_slice(&len.to_le_bytes());
        (wrapper[12], wrapper[14], wrapper[15]) = (0x80, 10, READ);
        wrapper[17..21].copy_from_slice(&first.to_be_bytes());
        // 65,535 blocks are 32 MiB; what the lab reads is far less.
        wrapper[22..24].copy_from_slice(&((len / BLOCK) as u16).to_be_bytes());
        let sent = self.out.transfer_blocking(wrapper.as_slice().into(), TIMEOUT);
        sent.status.map_err(|_| Failed("command"))?;
        let data = self.receive(len as usize)?;
        let status = self.receive(STATUS)?;
        let ours = status[..4] == *b"USBS" && status[4..8] == self.tag.to_le_bytes();
        if ours && status[12] == 0 { Ok(data) } else { Err(Failed("status")) }
    }

    /// One transfer of exactly `len` bytes in. Hosts ask for whole packets.
    fn receive(&mut self, len: usize) -> Result<Buffer, Failed> {
        let packet = self.back.max_packet_size().max(1);
        let room = Buffer::new(len.next_multiple_of(packet));
        let done = self.back.transfer_blocking(room, TIMEOUT);
        if done.status.is_ok() && done.actual_len == len {
            Ok(done.buffer)
        } else {
            Err(Failed("data"))
        }
    }
}

/// The first bulk endpoint in a direction.
fn endpoint<Dir: EndpointDirection>(interface: &Interface) -> Result<Endpoint<Bulk, Dir>, Failed> {
    let setting = interface.descriptor().ok_or(Failed("descriptor"))?;
    let of_it = |kind, direction: Direction| kind == TransferType::Bulk && direction == Dir::DIR;
    let found = setting.endpoints().find(|e| of_it(e.transfer_type(), e.direction()));
    let address = found.ok_or(Failed("endpoint"))?.address();
    interface.endpoint(address).map_err(|_| Failed("endpoint"))
}

/// The last byte and one, added: a stick has zeros in many places, and transfers
/// count. Not all bytes: it is the transport that is measured.
fn added(sum: u32, bytes: &[u8]) -> u32 {
    let last = bytes.last().copied().unwrap_or_default();
    sum.wrapping_mul(31).wrapping_add(u32::from(last) + 1)
}
