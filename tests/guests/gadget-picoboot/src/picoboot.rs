//! PICOBOOT's commands.

use alloc::vec::Vec;

use periplasm_gadget_bulk::{Bulk, Requests};
use usb_device::bus::UsbBus;
use usb_device::control::Request;

use crate::memory::Memory;

/// The first word of a command (datasheet, 2.8.5.3).
const MAGIC: u32 = 0x431f_d10b;

/// Codes of the status (2.8.5.5).
const OK: u32 = 0;
const UNKNOWN_COMMAND: u32 = 1;
const INVALID_COMMAND_LENGTH: u32 = 2;
const INVALID_TRANSFER_LENGTH: u32 = 3;

/// What is asked on endpoint 0 (2.8.5.2 and 2.8.5.5).
#[derive(Default)]
pub(crate) struct Status {
    token: u32,
    code: u32,
    command: u8,
    in_progress: bool,
    reset: bool,
}

impl Status {
    /// Whether the interface was reset since the last time.
    pub(crate) fn take_reset(&mut self) -> bool {
        core::mem::take(&mut self.reset)
    }
}

impl Requests for Status {
    /// GET_COMMAND_STATUS.
    fn answer(&mut self, request: &Request) -> Option<Vec<u8>> {
        if request.request != 0x42 {
            return None;
        }
        let mut status = [0; 16];
        status[..4].copy_from_slice(&self.token.to_le_bytes());
        status[4..8].copy_from_slice(&self.code.to_le_bytes());
        (status[8], status[9]) = (self.command, self.in_progress.into());
        Some(status.into())
    }

    /// INTERFACE_RESET.
    fn take(&mut self, request: &Request, _: &[u8]) -> bool {
        if request.request == 0x41 {
            self.reset();
        }
        request.request == 0x41
    }

    fn reset(&mut self) {
        *self = Self { reset: true, ..Self::default() };
    }
}

/// The bootloader between two packets.
#[derive(Default)]
pub(crate) struct Bootrom {
    memory: Memory,
    state: State,
}

#[derive(Default)]
enum State {
    /// The next packet is a command.
    #[default]
    Command,
    /// The next packets are data to be written.
    Data { address: u32, data: Vec<u8>, len: usize },
    /// The next packet says that the host has what it read.
    Acknowledgement,
}

/// A command, 32 bytes.
struct Command {
    token: u32,
    id: u8,
    /// Bytes of the arguments.
    size: u8,
    /// Bytes of the transfer that follows.
    transfer: u32,
    arguments: [u32; 4],
}

impl Command {
    fn read(packet: &[u8]) -> Option<Self> {
        let (words, []) = packet.as_chunks::<4>() else { return None };
        let words: [u32; 8] =
            Vec::from_iter(words.iter().map(|word| u32::from_le_bytes(*word))).try_into().ok()?;
        let [MAGIC, token, ids, transfer, arguments @ ..] = words else { return None };
        let [id, size, ..] = ids.to_le_bytes();
        Some(Self { token, id, size, transfer, arguments })
    }
}

impl Bootrom {
    /// Forgets the command at hand.
    pub(crate) fn reset(&mut self) {
        self.state = State::Command;
    }

    pub(crate) fn take<B: UsbBus>(&mut self, packet: &[u8], usb: &mut Bulk<'_, B, Status>) {
        match &mut self.state {
            State::Acknowledgement => {
                usb.requests.in_progress = false;
                self.state = State::Command;
            }
            State::Data { address, data, len } => {
                data.extend_from_slice(&packet[..packet.len().min(*len - data.len())]);
                if data.len() == *len {
                    let written = self.memory.write(*address, data);
                    self.state = State::Command;
                    finish(written, usb);
                }
            }
            // What is no command is not answered by the bootrom either.
            State::Command => match Command::read(packet) {
                Some(command) => {
                    let (token, id) = (command.token, command.id);
                    usb.requests =
                        Status { token, code: OK, command: id, in_progress: true, reset: false };
                    if let Err(code) = self.begin(&command, usb) {
                        fail(code, usb);
                    }
                }
                None => fail(UNKNOWN_COMMAND, usb),
            },
        }
    }

    fn begin<B: UsbBus>(
        &mut self,
        command: &Command,
        usb: &mut Bulk<'_, B, Status>,
    ) -> Result<(), u32> {
        let [address, len, ..] = command.arguments;
        // Arguments' size, and whether data follows (2.8.5.4).
        let (size, transfer) = match command.id {
            0x01 => (1, 0),          // EXCLUSIVE_ACCESS
            0x02 => (12, 0),         // REBOOT
            0x03 => (8, 0),          // FLASH_ERASE
            0x84 | 0x05 => (8, len), // READ, WRITE
            0x06 | 0x07 => (0, 0),   // EXIT_XIP, ENTER_CMD_XIP
            _ => return Err(UNKNOWN_COMMAND),
        };
        if command.size != size {
            return Err(INVALID_COMMAND_LENGTH);
        }
        if command.transfer != transfer {
            return Err(INVALID_TRANSFER_LENGTH);
        }
        match command.id {
            0x84 => {
                usb.send(self.memory.read(address, len)?);
                self.state = State::Acknowledgement;
            }
            0x05 if len > 0 => {
                Memory::check_write(address, len)?;
                self.state = State::Data { address, data: Vec::new(), len: len as usize };
            }
            0x03 => finish(self.memory.erase(address, len), usb),
            // There is nothing to boot but BOOTSEL mode, and nobody to exclude.
            _ => finish(Ok(()), usb),
        }
        Ok(())
    }
}

/// Acknowledges a command that read nothing, by an empty packet.
fn finish<B: UsbBus>(result: Result<(), u32>, usb: &mut Bulk<'_, B, Status>) {
    match result {
        Ok(()) => {
            usb.requests.in_progress = false;
            usb.send([]);
        }
        Err(code) => fail(code, usb),
    }
}

/// The host is to ask why, and to reset the interface.
fn fail<B: UsbBus>(code: u32, usb: &mut Bulk<'_, B, Status>) {
    usb.requests.code = code;
    usb.requests.in_progress = false;
    usb.stall();
}
