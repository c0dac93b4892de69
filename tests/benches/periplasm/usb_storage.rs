//! The memory of the device of `usb_gadget`, by bulk-only transport: as much of
//! it as reads and writes need, so that it is the transport that is measured.

use strokes_usb::PACKET;
use usb_device::class_prelude::*;

/// Bytes of a block, and how many there are.
const BLOCK: usize = 512;
const BLOCKS: usize = 4096;

/// The length of a command block wrapper, and of a status (USB Mass Storage
/// Class, Bulk-Only Transport 1.0, 5.1 and 5.2).
const COMMAND: usize = 31;
const STATUS: usize = 13;

/// READ (10) (SBC-3, 5.11).
const READ: u8 = 0x28;

pub(crate) struct Storage<'a, B: UsbBus> {
    out: EndpointOut<'a, B>,
    back: EndpointIn<'a, B>,
    bytes: Vec<u8>,
    state: State,
    tag: [u8; 4],
}

/// What comes next: a command, its data, its status.
#[derive(Clone, Copy)]
enum State {
    Command,
    Read { at: usize, end: usize },
    Write { at: usize, end: usize },
    Status,
}

impl<'a, B: UsbBus> Storage<'a, B> {
    pub(crate) fn new((out, back): (EndpointOut<'a, B>, EndpointIn<'a, B>)) -> Self {
        let bytes = vec![0x55; BLOCKS * BLOCK];
        Self { out, back, bytes, state: State::Command, tag: [0; 4] }
    }

    pub(crate) fn ends(&self) -> (&EndpointOut<'a, B>, &EndpointIn<'a, B>) {
        (&self.out, &self.back)
    }

    /// Goes on until a packet has to come or to go first.
    pub(crate) fn step(&mut self) {
        while let Some(next) = self.next() {
            self.state = next;
        }
    }

    fn next(&mut self) -> Option<State> {
        match self.state {
            State::Command => {
                let mut command = [0; PACKET];
                let len = self.out.read(&mut command).ok()?;
                assert_eq!((len, &command[..4]), (COMMAND, &b"USBC"[..]));
                self.tag.copy_from_slice(&command[4..8]);
                let [_, a, b, c, d, _, high, low, ..] = command[16..] else { unreachable!() };
                let (code, first) = (command[15], u32::from_be_bytes([a, b, c, d]));
                let at = first as usize * BLOCK;
                let end = at + usize::from(u16::from_be_bytes([high, low])) * BLOCK;
                Some(if code == READ { State::Read { at, end } } else { State::Write { at, end } })
            }
            State::Read { at, end } | State::Write { at, end } if at == end => Some(State::Status),
            State::Read { at, end } => {
                let len = self.back.write(&self.bytes[at..at + PACKET]).ok()?;
                Some(State::Read { at: at + len, end })
            }
            State::Write { at, end } => {
                let len = self.out.read(&mut self.bytes[at..at + PACKET]).ok()?;
                Some(State::Write { at: at + len, end })
            }
            State::Status => {
                let mut status = [0; STATUS];
                status[..4].copy_from_slice(b"USBS");
                status[4..8].copy_from_slice(&self.tag);
                self.back.write(&status).ok()?;
                Some(State::Command)
            }
        }
    }
}
