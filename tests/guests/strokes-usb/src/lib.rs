//! What the benchmarks of USB do over and over. The same code runs natively and
//! in a component; each function does `count` of one thing, of `len` bytes.
#![forbid(unsafe_code)]

mod blocks;

use std::time::Duration;

use blocks::Blocks;
use nusb::transfer::{
    Buffer, Bulk, BulkOrInterrupt, Completion, ControlIn, ControlType, EndpointDirection, In,
    Interrupt, Out, Recipient,
};
use nusb::{Endpoint, Interface, MaybeFuture};
use periplasm_usb_host as usb;

/// `idVendor` of the device, which is pid.codes' for tests.
pub const VENDOR: u16 = 0x1209;

/// `idProduct` of the device.
pub const PRODUCT: u16 = 0x0001;

/// The interfaces: the first has all endpoints but the isochronous one.
pub const INTERFACES: [u8; 2] = [0, 1];

/// The endpoints, each OUT and IN: what comes is sent back.
pub const BULK: (u8, u8) = (0x01, 0x81);
/// The same by interrupt transfers.
pub const INTERRUPT: (u8, u8) = (0x02, 0x82);
/// Takes everything; gives without end.
pub const STREAM: (u8, u8) = (0x03, 0x83);
/// Bulk-only transport.
pub const STORAGE: (u8, u8) = (0x04, 0x84);
/// Gives packets without end.
pub const ISOCHRONOUS: u8 = 0x85;

/// The bytes of a bulk packet, and the most of an interrupt packet.
pub const PACKET: usize = 512;

/// The bytes of an isochronous packet, and how many a transfer has: of one in
/// each microframe, those of a millisecond.
pub const ISOCHRONOUS_PACKET: u32 = 1024;
const ISOCHRONOUS_PACKETS: usize = 8;

/// How many transfers a stream has in flight.
pub const IN_FLIGHT: u32 = 4;

/// The vendor request that the device answers, with as many bytes as asked for.
pub const REQUEST: u8 = 1;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Why a stroke failed: what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed(pub &'static str);

/// A device that is open.
pub struct Strokes {
    bulk: (Endpoint<Bulk, Out>, Endpoint<Bulk, In>),
    interrupt: (Endpoint<Interrupt, Out>, Endpoint<Interrupt, In>),
    stream: (Endpoint<Bulk, Out>, Endpoint<Bulk, In>),
    blocks: Blocks,
    interface: Interface,
    isochronous: Isochronous,
}

/// nusb has no isochronous transfers: this is what it stands on. In the order in
/// which it is given back.
struct Isochronous {
    pipe: usb::Pipe,
    _interface: usb::Interface,
    _device: usb::Device,
}

impl Strokes {
    /// Opens the first granted device.
    ///
    /// # Errors
    ///
    /// When it is not the benchmarks' device.
    pub fn open() -> Result<Self, Failed> {
        let found = nusb::list_devices().wait().map_err(|_| Failed("list"))?.next();
        let device = found.ok_or(Failed("list"))?.open().wait().map_err(|_| Failed("open"))?;
        let interface = device.claim_interface(INTERFACES[0]).wait();
        let interface = interface.map_err(|_| Failed("claim"))?;
        Ok(Self {
            bulk: both(&interface, BULK)?,
            interrupt: both(&interface, INTERRUPT)?,
            stream: both(&interface, STREAM)?,
            blocks: Blocks::new(both(&interface, STORAGE)?),
            interface,
            isochronous: Isochronous::open().map_err(|_| Failed("isochronous endpoint"))?,
        })
    }

    /// Bytes out, and the same back in, by bulk transfers.
    pub fn bulk(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        round_trips(&mut self.bulk, count, len)
    }

    /// The same by interrupt transfers.
    pub fn interrupt(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        round_trips(&mut self.interrupt, count, len)
    }

    /// Control transfers from the device.
    pub fn control(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        for _ in 0..count {
            let request = ControlIn {
                control_type: ControlType::Vendor,
                recipient: Recipient::Device,
                request: REQUEST,
                value: 0,
                index: 0,
                length: len as u16,
            };
            let answer = self.interface.control_in(request, TIMEOUT).wait();
            if !answer.is_ok_and(|bytes| bytes.len() == len) {
                return Err(Failed("control"));
            }
        }
        Ok(())
    }

    /// Blocks, one command after the other.
    pub fn read(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        (0..count).try_for_each(|_| self.blocks.read_next(len))
    }

    /// The same to the device.
    pub fn write(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        (0..count).try_for_each(|_| self.blocks.write_next(len))
    }

    /// Blocks from anywhere.
    pub fn read_random(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        (0..count).try_for_each(|_| self.blocks.read_any(len))
    }

    /// The same to the device.
    pub fn write_random(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        (0..count).try_for_each(|_| self.blocks.write_any(len))
    }

    /// Bulk transfers from the device, [`IN_FLIGHT`] at once.
    pub fn stream_in(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        stream(&mut self.stream.1, count, len, || Buffer::new(len))
    }

    /// The same to the device.
    pub fn stream_out(&mut self, count: u32, len: usize) -> Result<(), Failed> {
        stream(&mut self.stream.0, count, len, || vec![0x55; len].into())
    }

    /// Isochronous transfers of eight packets, [`IN_FLIGHT`] at once.
    pub fn isochronous(&mut self, count: u32, _: usize) -> Result<(), Failed> {
        let failed = Failed("isochronous");
        let pipe = &self.isochronous.pipe;
        let submit = || pipe.submit_isochronous_in(&[ISOCHRONOUS_PACKET; ISOCHRONOUS_PACKETS]);
        for _ in 0..count.min(IN_FLIGHT) {
            submit().map_err(|_| failed)?;
        }
        for done in 0..count {
            let ended = pipe.wait(Some(TIMEOUT.as_nanos() as u64)).ok_or(failed)?;
            let whole = ended.packets.iter().filter(|packet| packet.status.is_none()).count();
            if whole != ISOCHRONOUS_PACKETS {
                return Err(failed);
            }
            if done + IN_FLIGHT < count {
                submit().map_err(|_| failed)?;
            }
        }
        Ok(())
    }
}

impl Isochronous {
    fn open() -> Result<Self, usb::Error> {
        let host = usb::open();
        let info = host.devices().into_iter().next().ok_or(usb::Error::Gone)?;
        let device = host.open(info.id)?;
        let interface = device.claim(INTERFACES[1])?;
        Ok(Self { pipe: interface.pipe(ISOCHRONOUS)?, _interface: interface, _device: device })
    }
}

type Pair<T> = (Endpoint<T, Out>, Endpoint<T, In>);

fn both<T: BulkOrInterrupt>(interface: &Interface, of: (u8, u8)) -> Result<Pair<T>, Failed> {
    let (out, back) = (interface.endpoint(of.0), interface.endpoint(of.1));
    Ok((out.map_err(|_| Failed("endpoint"))?, back.map_err(|_| Failed("endpoint"))?))
}

fn round_trips<T: BulkOrInterrupt>(
    (out, back): &mut Pair<T>,
    count: u32,
    len: usize,
) -> Result<(), Failed> {
    let bytes = vec![0x55; len];
    for _ in 0..count {
        send(out, &bytes)?;
        receive(back, len)?;
    }
    Ok(())
}

/// One transfer out.
fn send<T: BulkOrInterrupt>(out: &mut Endpoint<T, Out>, bytes: &[u8]) -> Result<(), Failed> {
    let done = out.transfer_blocking(bytes.into(), TIMEOUT);
    done.status.map_err(|_| Failed("out"))
}

/// One transfer of exactly `len` bytes in.
fn receive<T: BulkOrInterrupt>(back: &mut Endpoint<T, In>, len: usize) -> Result<Buffer, Failed> {
    let room = Buffer::new(len.next_multiple_of(PACKET));
    let done = back.transfer_blocking(room, TIMEOUT);
    if done.status.is_ok() && done.actual_len == len { Ok(done.buffer) } else { Err(Failed("in")) }
}

fn stream<Dir: EndpointDirection>(
    endpoint: &mut Endpoint<Bulk, Dir>,
    count: u32,
    len: usize,
    buffer: impl Fn() -> Buffer,
) -> Result<(), Failed> {
    for _ in 0..count.min(IN_FLIGHT) {
        endpoint.submit(buffer());
    }
    for done in 0..count {
        let ended = endpoint.wait_next_complete(TIMEOUT).ok_or(Failed("stream"))?;
        let Completion { buffer, actual_len, status } = ended;
        if status.is_err() || actual_len != len {
            return Err(Failed("stream"));
        }
        if done + IN_FLIGHT < count {
            endpoint.submit(buffer);
        }
    }
    Ok(())
}
