//! The card's side of the conversation.

use std::collections::VecDeque;
use std::path::Path;

use super::command::{Command, Parser, application, number, r1};
use super::crc::crc16;
use super::registers;
use super::storage::{BLOCK, Kind, Options, Storage};
use crate::sim::{ConfigError, Model, Site, SpiTarget};

/// Tokens (Part 1, section 7.3.3).
const START_BLOCK: u8 = 0xfe;
const START_MULTIPLE: u8 = 0xfc;
const STOP_TRANSMISSION: u8 = 0xfd;
/// Data responses: accepted, wrong checksum, not written.
const ACCEPTED: u8 = 0xe5;
const WRONG_CRC: u8 = 0xeb;
const NOT_WRITTEN: u8 = 0xed;

const INITIALIZATION_NS: u64 = 20_000_000;
const PROGRAM_NS: u64 = 500_000;

/// A block on its way to the card.
#[derive(Clone, Debug)]
struct Writing {
    block: u32,
    many: bool,
    /// The data and the checksum, once the token has come.
    bytes: Option<Vec<u8>>,
}

/// An SD card.
#[derive(Clone, Debug)]
pub struct SdCard {
    kind: Kind,
    storage: Storage,
    parser: Parser,
    out: VecDeque<u8>,
    /// It has been told to use SPI.
    spi: bool,
    ready: bool,
    /// When initialization ends, once it began.
    ready_at_ns: Option<u64>,
    /// The host has sent CMD8.
    knows_version2: bool,
    check_crc: bool,
    application: bool,
    /// The next block of CMD18.
    reading: Option<u32>,
    writing: Option<Writing>,
    busy_until_ns: u64,
}

impl SdCard {
    /// A card, powered up, that begins with these bytes; what does not fit is
    /// cut off.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(options: &Options, image: &[u8]) -> Result<Self, ConfigError> {
        Ok(Self {
            kind: options.kind,
            storage: Storage::new(options.blocks()?, image),
            parser: Parser::default(),
            out: VecDeque::new(),
            spi: false,
            ready: false,
            ready_at_ns: None,
            knows_version2: false,
            check_crc: false,
            application: false,
            reading: None,
            writing: None,
            busy_until_ns: 0,
        })
    }

    /// What a block holds.
    pub fn block(&self, number: u32) -> [u8; BLOCK] {
        self.storage.read(number)
    }

    fn idle(&self) -> u8 {
        if self.ready { 0 } else { r1::IDLE }
    }

    /// An answer: one byte later, and then `more`.
    fn answer(&mut self, first: u8, more: &[u8]) {
        self.out.extend([0xff, first]);
        self.out.extend(more);
    }

    /// A data block, one byte later, with its checksum.
    fn data(&mut self, data: &[u8]) {
        self.out.extend([0xff, START_BLOCK]);
        self.out.extend(data);
        self.out.extend(crc16(data).to_be_bytes());
    }

    fn command(&mut self, command: Command, now_ns: u64) {
        let Command { number, argument, intact } = command;
        let application = std::mem::replace(&mut self.application, false);
        // Not a word before it is told to use SPI (section 7.2.1).
        if !self.spi && (number != number::GO_IDLE_STATE || !intact) {
            return;
        }
        self.out.clear();
        // CMD8 is always checked (section 7.2.2).
        if !intact && (self.check_crc || number == number::SEND_IF_COND) {
            return self.answer(self.idle() | r1::CRC, &[]);
        }
        if application {
            return self.application_command(number, argument, now_ns);
        }
        match number {
            number::GO_IDLE_STATE => {
                self.spi = true;
                (self.ready, self.ready_at_ns) = (false, None);
                (self.knows_version2, self.check_crc) = (false, false);
                (self.reading, self.writing) = (None, None);
                self.answer(r1::IDLE, &[]);
            }
            number::SEND_IF_COND if self.kind != Kind::Version1 => {
                self.knows_version2 = true;
                let [_, _, voltage, pattern] = argument.to_be_bytes();
                // 2.7 to 3.6 V is the range it accepts; the pattern comes back.
                self.answer(self.idle(), &[0, 0, voltage & 1, pattern]);
            }
            number::APP_CMD => {
                self.application = true;
                self.answer(self.idle(), &[]);
            }
            number::READ_OCR => {
                self.answer(self.idle(), &registers::ocr(self.kind, self.ready));
            }
            number::CRC_ON_OFF => {
                self.check_crc = argument & 1 != 0;
                self.answer(self.idle(), &[]);
            }
            number::SEND_OP_COND => self.initialize(argument, now_ns),
            _ if !self.ready => self.answer(r1::IDLE | r1::ILLEGAL, &[]),
            number::SEND_CSD => {
                self.answer(0, &[]);
                self.data(&registers::csd(self.kind, self.storage.blocks()));
            }
            number::SEND_CID => {
                self.answer(0, &[]);
                self.data(&registers::cid());
            }
            number::STOP_TRANSMISSION => {
                self.reading = None;
                // The byte after the command means nothing.
                self.out.push_back(0xff);
                self.answer(0, &[]);
            }
            number::SEND_STATUS => self.answer(0, &[0]),
            number::SET_BLOCKLEN => {
                let fits = argument == BLOCK as u32;
                self.answer(if fits { 0 } else { r1::PARAMETER }, &[]);
            }
            number::READ_SINGLE_BLOCK
            | number::READ_MULTIPLE_BLOCK
            | number::WRITE_BLOCK
            | number::WRITE_MULTIPLE_BLOCK => self.transfer(number, argument),
            _ => self.answer(r1::ILLEGAL, &[]),
        }
    }

    fn application_command(&mut self, number: u8, argument: u32, now_ns: u64) {
        match number {
            application::SD_SEND_OP_COND => self.initialize(argument, now_ns),
            _ if !self.ready => self.answer(r1::IDLE | r1::ILLEGAL, &[]),
            application::SET_WR_BLK_ERASE_COUNT => self.answer(0, &[]),
            application::SD_STATUS => {
                self.answer(0, &[0]);
                self.data(&[0; 64]);
            }
            application::SEND_SCR => {
                self.answer(0, &[]);
                self.data(&registers::scr(self.kind));
            }
            _ => self.answer(r1::ILLEGAL, &[]),
        }
    }

    /// ACMD41 and CMD1: ready after a while, if the host can use the card
    /// (section 7.2.1: bit 30 says that it knows high capacity).
    fn initialize(&mut self, argument: u32, now_ns: u64) {
        let usable = self.kind != Kind::High || self.knows_version2 && argument & 1 << 30 != 0;
        if usable {
            let done = *self.ready_at_ns.get_or_insert(now_ns.saturating_add(INITIALIZATION_NS));
            self.ready = now_ns >= done;
        }
        self.answer(self.idle(), &[]);
    }

    /// A command that reads or writes blocks.
    fn transfer(&mut self, number: u8, argument: u32) {
        let (block, aligned) = match self.kind {
            Kind::High => (argument, true),
            _ => (argument / BLOCK as u32, argument.is_multiple_of(BLOCK as u32)),
        };
        if !aligned || block >= self.storage.blocks() {
            return self.answer(r1::PARAMETER, &[]);
        }
        self.answer(0, &[]);
        match number {
            number::READ_SINGLE_BLOCK => self.data(&self.storage.read(block)),
            number::READ_MULTIPLE_BLOCK => self.reading = Some(block),
            _ => {
                let many = number == number::WRITE_MULTIPLE_BLOCK;
                self.writing = Some(Writing { block, many, bytes: None });
            }
        }
    }

    /// A byte while a block is awaited. Whether it was part of the transfer.
    fn write_data(&mut self, byte: u8, now_ns: u64) -> bool {
        let Some(writing) = &mut self.writing else { return false };
        let Some(bytes) = &mut writing.bytes else {
            let token = if writing.many { START_MULTIPLE } else { START_BLOCK };
            if byte == token {
                writing.bytes = Some(Vec::with_capacity(BLOCK + 2));
            } else if writing.many && byte == STOP_TRANSMISSION {
                self.writing = None;
                self.busy_until_ns = now_ns.saturating_add(PROGRAM_NS);
                // One byte, then busy.
                self.out.push_back(0xff);
            }
            // A command instead of a block ends the transfer.
            return byte >> 6 != 0b01;
        };
        bytes.push(byte);
        if let Some((data, check)) = bytes.split_first_chunk::<BLOCK>()
            && let Ok(check) = <[u8; 2]>::try_from(check)
        {
            let wrong = self.check_crc && crc16(data) != u16::from_be_bytes(check);
            let (data, block) = (*data, writing.block);
            let fits = block < self.storage.blocks();
            writing.bytes = None;
            writing.block = block.saturating_add(1);
            if !writing.many {
                self.writing = None;
            }
            self.out.push_back(match (wrong, fits) {
                (true, _) => WRONG_CRC,
                (false, false) => NOT_WRITTEN,
                (false, true) => ACCEPTED,
            });
            if !wrong && fits {
                self.storage.write(block, data);
                self.busy_until_ns = now_ns.saturating_add(PROGRAM_NS);
            }
        }
        true
    }

    /// What the card puts on the wire next.
    fn next(&mut self, now_ns: u64) -> u8 {
        if self.out.is_empty()
            && let Some(block) = self.reading
        {
            // After the last block there is nothing to say until CMD12.
            if block < self.storage.blocks() {
                self.reading = Some(block + 1);
                self.data(&self.storage.read(block));
            } else {
                self.reading = None;
            }
        }
        let busy = if now_ns < self.busy_until_ns { 0 } else { 0xff };
        self.out.pop_front().unwrap_or(busy)
    }
}

impl SpiTarget for SdCard {
    fn select(&mut self, _: u64) {}

    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8 {
        let answer = self.next(now_ns);
        // The answer to a write command has been heard before its data begins.
        let taken = self.out.is_empty() && self.write_data(sent, now_ns);
        if !taken && let Some(command) = self.parser.take(sent) {
            self.writing = None;
            self.command(command, now_ns);
        }
        answer
    }

    fn deselect(&mut self, _: u64) {}
}

impl Model<dyn SpiTarget> for SdCard {
    type Options = Options;
    const NAME: &'static str = "sdcard";

    fn build(options: &Options, site: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        let image = match &options.image {
            Some(path) => read(&site.file(path), options.blocks()?)?,
            None => Vec::new(),
        };
        Ok(Box::new(Self::new(options, &image)?))
    }

    fn check(options: &Options) -> Result<(), ConfigError> {
        options.blocks().map(drop)
    }
}

/// The bytes of an image, if they fit.
fn read(path: &Path, blocks: u32) -> Result<Vec<u8>, ConfigError> {
    let fail = |reason: String| ConfigError::File { path: path.to_owned(), reason };
    let size = u64::from(blocks) * BLOCK as u64;
    let found = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?.len();
    if found > size {
        let reason = format!("it has {found} bytes, and the card {size}; make the card larger");
        return Err(fail(reason));
    }
    std::fs::read(path).map_err(|error| fail(error.to_string()))
}
