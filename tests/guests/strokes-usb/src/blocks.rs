//! Blocks by bulk-only transport (USB Mass Storage Class, Bulk-Only Transport
//! 1.0) and two commands of SCSI (SBC-3).

use nusb::Endpoint;
use nusb::transfer::{Bulk, In, Out};

use crate::{Failed, PACKET, receive, send};

/// Bytes of a block, and how many the device has: 2 MiB.
const BLOCK: usize = 512;
const BLOCKS: u32 = 4096;

/// READ (10) and WRITE (10).
const READ: u8 = 0x28;
const WRITE: u8 = 0x2a;

/// The length of a status (5.2).
const STATUS: usize = 13;

pub(crate) struct Blocks {
    out: Endpoint<Bulk, Out>,
    back: Endpoint<Bulk, In>,
    tag: u32,
    next: u32,
    /// Of a generator of numbers.
    seed: u32,
    bytes: Vec<u8>,
}

impl Blocks {
    pub(crate) fn new((out, back): (Endpoint<Bulk, Out>, Endpoint<Bulk, In>)) -> Self {
        Self { out, back, tag: 0, next: 0, seed: 1, bytes: Vec::new() }
    }

    pub(crate) fn read_next(&mut self, len: usize) -> Result<(), Failed> {
        let first = self.after(len);
        self.read(first, len)
    }

    pub(crate) fn write_next(&mut self, len: usize) -> Result<(), Failed> {
        let first = self.after(len);
        self.write(first, len)
    }

    pub(crate) fn read_any(&mut self, len: usize) -> Result<(), Failed> {
        let first = self.anywhere(len);
        self.read(first, len)
    }

    pub(crate) fn write_any(&mut self, len: usize) -> Result<(), Failed> {
        let first = self.anywhere(len);
        self.write(first, len)
    }

    /// Where the last ones ended, or the start.
    fn after(&mut self, len: usize) -> u32 {
        let count = (len / BLOCK) as u32;
        let first = if self.next + count > BLOCKS { 0 } else { self.next };
        self.next = first + count;
        first
    }

    /// The numbers of Numerical Recipes' generator.
    fn anywhere(&mut self, len: usize) -> u32 {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.seed >> 8) % (BLOCKS - (len / BLOCK) as u32 + 1)
    }

    fn read(&mut self, first: u32, len: usize) -> Result<(), Failed> {
        self.command(READ, 0x80, first, len)?;
        receive(&mut self.back, len.next_multiple_of(PACKET))?;
        self.status()
    }

    fn write(&mut self, first: u32, len: usize) -> Result<(), Failed> {
        self.command(WRITE, 0, first, len)?;
        self.bytes.resize(len, 0xaa);
        send(&mut self.out, &self.bytes)?;
        self.status()
    }

    /// The command block wrapper (5.1).
    fn command(&mut self, code: u8, flags: u8, first: u32, len: usize) -> Result<(), Failed> {
        self.tag = self.tag.wrapping_add(1);
        let mut wrapper = [0; 31];
        wrapper[..4].copy_from_slice(b"USBC");
        wrapper[4..8].copy_from_slice(&self.tag.to_le_bytes());
        wrapper[8..12].copy_from_slice(&(len as u32).to_le_bytes());
        (wrapper[12], wrapper[14], wrapper[15]) = (flags, 10, code);
        wrapper[17..21].copy_from_slice(&first.to_be_bytes());
        wrapper[22..24].copy_from_slice(&((len / BLOCK) as u16).to_be_bytes());
        send(&mut self.out, &wrapper)
    }

    fn status(&mut self) -> Result<(), Failed> {
        let status = receive(&mut self.back, STATUS)?;
        let good = status[..4] == *b"USBS" && status[4..8] == self.tag.to_le_bytes();
        if good && status[12] == 0 { Ok(()) } else { Err(Failed("status")) }
    }
}
