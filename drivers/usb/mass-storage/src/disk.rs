//! The blocks of a device.

use nusb::{DeviceInfo, MaybeFuture};
use periplasm_driver::{BusFault, Bytes, Error};
use periplasm_usb_host::wait;

use crate::bulk_only::{Data, Fault, INTERFACE, Transport};
use crate::scsi::{self, CAPACITY_LEN, Command, INQUIRY_LEN, SENSE_LEN, Sense};

/// The most bytes that one command moves, unless a block is larger: as much as
/// Linux moves at first with such devices (120 KiB), rounded down to a power
/// of two.
const CHUNK_BYTES: u32 = 64 * 1024;

/// How often a device may say that something happened, or that it is not ready.
const ATTENTIONS: u32 = 8;
const NOT_READY: u32 = 30;

/// How long to wait until a device that is not ready is asked again.
const PAUSE_NS: u64 = 100_000_000;

/// A device that is ready.
pub(crate) struct Disk {
    transport: Transport,
    block_bytes: u32,
    blocks: u64,
}

impl Disk {
    /// Opens the first granted device, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] when there is none, [`Error::NotReady`] when it stays so,
    /// such as a card reader without a card, and [`Error::InvalidData`] when it
    /// has no blocks, or more than this driver can name.
    pub(crate) fn open() -> Result<Self, Error> {
        let devices = nusb::list_devices().wait().map_err(|_| Error::Gone)?;
        let mut found = devices.filter_map(|device| interface(&device).map(|n| (device, n)));
        let (device, number) = found.next().ok_or(Error::Gone)?;
        let device = device.open().wait().map_err(|error| fault(error.into()))?;
        let transport = Transport::open(&device, number).map_err(fault)?;
        let mut disk = Self { transport, block_bytes: 0, blocks: 0 };
        let inquiry = disk.execute(Command::INQUIRY, Data::In(INQUIRY_LEN.into()))?;
        if !scsi::has_blocks(&inquiry) {
            return Err(Error::InvalidData);
        }
        disk.wait_until_ready()?;
        let capacity = disk.execute(Command::READ_CAPACITY, Data::In(CAPACITY_LEN))?;
        (disk.block_bytes, disk.blocks) = scsi::capacity(&capacity).ok_or(Error::InvalidData)?;
        Ok(disk)
    }

    /// Bytes of a block, and how many there are.
    pub(crate) fn size(&self) -> (u32, u64) {
        (self.block_bytes, self.blocks)
    }

    /// Fills `into` with the blocks from `first` on.
    pub(crate) fn read(&mut self, first: u64, into: &impl Bytes) -> Result<(), Error> {
        self.chunks(first, into.len(), |disk, first, count, offset| {
            let len = u32::from(count) * disk.block_bytes;
            let command = Command::read(first, count);
            let bytes = disk.execute(command, Data::In(len as usize))?;
            if bytes.len() < len as usize {
                return Err(Error::InvalidData);
            }
            into.write(offset, &bytes)
        })
    }

    /// Keeps the blocks of `from` from `first` on.
    pub(crate) fn write(&mut self, first: u64, from: &impl Bytes) -> Result<(), Error> {
        self.chunks(first, from.len(), |disk, first, count, offset| {
            let bytes = from.read(offset, u32::from(count) * disk.block_bytes)?;
            disk.execute(Command::write(first, count), Data::Out(&bytes)).map(drop)
        })
    }

    /// Calls `f` with the first block of each chunk, how many there are, and
    /// where in the buffer they are.
    fn chunks(
        &mut self,
        first: u64,
        len: u32,
        mut f: impl FnMut(&mut Self, u32, u16, u32) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let block = self.block_bytes;
        let end = first.checked_add((len / block).into()).ok_or(Error::InvalidData)?;
        if !len.is_multiple_of(block) || end > self.blocks {
            return Err(Error::InvalidData);
        }
        let chunk = (CHUNK_BYTES / block).max(1) * block;
        for offset in (0..len).step_by(chunk as usize) {
            // Both fit: a chunk has at most 65536 bytes, and no block is beyond
            // what READ CAPACITY (10) could say. One of 1-byte blocks has 65535.
            let count = (chunk.min(len - offset) / block) as u16;
            f(self, (first + u64::from(offset / block)) as u32, count, offset)?;
        }
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let mut tries = 0;
        loop {
            match self.execute(Command::TEST_UNIT_READY, Data::Nothing) {
                Err(Error::NotReady) if tries < NOT_READY => {
                    tries += 1;
                    wait::any(&[&wait::timer(PAUSE_NS)]);
                }
                result => return result.map(drop),
            }
        }
    }

    /// Does a command, again if the device only wanted to say something.
    fn execute(&mut self, command: Command, data: Data<'_>) -> Result<Vec<u8>, Error> {
        for _ in 0..ATTENTIONS {
            let again = match &data {
                Data::Nothing => Data::Nothing,
                Data::Out(bytes) => Data::Out(bytes),
                Data::In(len) => Data::In(*len),
            };
            match self.transport.execute(command, again) {
                Err(Fault::Check) => (),
                result => return result.map_err(fault),
            }
            let sense = self.transport.execute(Command::REQUEST_SENSE, Data::In(SENSE_LEN.into()));
            match scsi::sense(&sense.map_err(fault)?) {
                Sense::Attention => (),
                Sense::NotReady => return Err(Error::NotReady),
                Sense::Refused => return Err(Error::InvalidData),
                Sense::Failed => return Err(Error::Bus(BusFault::Other)),
            }
        }
        Err(Error::NotReady)
    }
}

/// The interface for mass storage that a device has, if it has one.
fn interface(device: &DeviceInfo) -> Option<u8> {
    let kind = |i: &nusb::InterfaceInfo| (i.class(), i.subclass(), i.protocol());
    let found = device.interfaces().find(|interface| kind(interface) == INTERFACE)?;
    Some(found.interface_number())
}

fn fault(fault: Fault) -> Error {
    match fault {
        Fault::Gone => Error::Gone,
        Fault::Confused => Error::Bus(BusFault::Bus),
        // Not granted, or in use: what this fault is for.
        Fault::Refused => Error::Bus(BusFault::NoAcknowledge),
        Fault::Check => Error::Bus(BusFault::Other),
    }
}
