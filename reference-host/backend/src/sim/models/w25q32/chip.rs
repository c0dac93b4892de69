//! The instructions, and the memory behind them.

use std::ops::Range;

use serde::Deserialize;

use super::input::{Input, PAGE};
use super::protection::protects;
use super::timing::{Busy, Times, Work};
use crate::Level;
use crate::sim::{ConfigError, Model, Net, Site, SpiTarget, Wiring};

/// Bytes of memory.
pub const CAPACITY: u32 = 4 << 20;

/// Manufacturer, memory type and capacity (section 8.1.1).
const JEDEC_ID: [u8; 3] = [0xef, 0x40, 0x16];
const DEVICE_ID: u8 = 0x15;

/// Section 8.1.2, instruction set table 1.
pub(super) mod opcode {
    pub(super) const WRITE_STATUS_1: u8 = 0x01;
    pub(in super::super) const PAGE_PROGRAM: u8 = 0x02;
    pub(super) const READ: u8 = 0x03;
    pub(super) const WRITE_DISABLE: u8 = 0x04;
    pub(super) const READ_STATUS_1: u8 = 0x05;
    pub(super) const WRITE_ENABLE: u8 = 0x06;
    pub(super) const FAST_READ: u8 = 0x0b;
    pub(super) const WRITE_STATUS_3: u8 = 0x11;
    pub(super) const READ_STATUS_3: u8 = 0x15;
    pub(super) const SECTOR_ERASE: u8 = 0x20;
    pub(super) const WRITE_STATUS_2: u8 = 0x31;
    pub(super) const READ_STATUS_2: u8 = 0x35;
    pub(super) const UNIQUE_ID: u8 = 0x4b;
    pub(super) const VOLATILE_STATUS: u8 = 0x50;
    pub(super) const BLOCK_32_ERASE: u8 = 0x52;
    pub(super) const CHIP_ERASE_ALIAS: u8 = 0x60;
    pub(super) const ENABLE_RESET: u8 = 0x66;
    pub(super) const MANUFACTURER_ID: u8 = 0x90;
    pub(super) const RESET: u8 = 0x99;
    pub(super) const JEDEC_ID: u8 = 0x9f;
    pub(super) const RELEASE_POWER_DOWN: u8 = 0xab;
    pub(super) const POWER_DOWN: u8 = 0xb9;
    pub(super) const CHIP_ERASE: u8 = 0xc7;
    pub(super) const BLOCK_64_ERASE: u8 = 0xd8;
}

/// Bits of status register 1 (section 7.1).
const BUSY: u8 = 1;
const WRITE_ENABLED: u8 = 1 << 1;
const STATUS_PROTECT: u8 = 1 << 7;
/// Of status register 2.
const QUAD_ENABLE: u8 = 1 << 1;

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// How long it is busy.
    pub times: Times,
    /// The number that is unique to each chip.
    pub unique_id: u64,
}

impl Default for Options {
    /// Typical times.
    fn default() -> Self {
        Self { times: Times::Typical, unique_id: 0xd263_0c52_1f40_2b37 }
    }
}

/// A W25Q32JV, erased as it leaves the factory.
#[derive(Clone, Debug)]
pub struct W25q32 {
    memory: Vec<u8>,
    times: Times,
    unique_id: [u8; 8],
    hold: Net,
    write_protect: Net,
    status: [u8; 3],
    busy: Option<Busy>,
    powered_down: bool,
    reset_enabled: bool,
    volatile_status: bool,
    input: Input,
}

impl W25q32 {
    /// An erased chip. A pin that is not connected is pulled up.
    pub fn new(options: &Options, wiring: &Wiring) -> Self {
        Self {
            memory: vec![0xff; CAPACITY as usize],
            times: options.times,
            unique_id: options.unique_id.to_be_bytes(),
            hold: wiring.pin_or("hold", Level::High),
            write_protect: wiring.pin_or("wp", Level::High),
            status: [0; 3],
            busy: None,
            powered_down: false,
            reset_enabled: false,
            volatile_status: false,
            input: Input::new(),
        }
    }

    /// What the memory holds.
    pub fn memory(&self) -> &[u8] {
        &self.memory
    }

    /// Status register 1 as it reads at `now_ns`.
    pub fn status(&mut self, now_ns: u64) -> u8 {
        self.settle(now_ns);
        self.status[0]
    }

    /// Ends what is done by now. Write enable falls with it (section 7.1).
    fn settle(&mut self, now_ns: u64) {
        if self.busy.is_some_and(|busy| busy.done(now_ns)) {
            self.busy = None;
            self.status[0] &= !(BUSY | WRITE_ENABLED);
        }
    }

    fn held(&self, now_ns: u64) -> bool {
        self.status[1] & QUAD_ENABLE == 0 && !self.hold.level(now_ns).is_high()
    }

    /// Whether it takes this instruction at all now.
    fn takes(&self, opcode: u8) -> bool {
        let reads_status =
            matches!(opcode, opcode::READ_STATUS_1 | opcode::READ_STATUS_2 | opcode::READ_STATUS_3);
        if self.busy.is_some() {
            // A reset is taken at any time, and may leave work half done.
            reads_status || matches!(opcode, opcode::ENABLE_RESET | opcode::RESET)
        } else {
            !self.powered_down || opcode == opcode::RELEASE_POWER_DOWN
        }
    }

    /// The answer while the byte at `place` after the instruction comes in.
    fn answer(&self, opcode: u8, place: usize) -> u8 {
        let after_address = place.checked_sub(3);
        match (opcode, after_address) {
            (opcode::READ_STATUS_1, _) => self.status[0],
            (opcode::READ_STATUS_2, _) => self.status[1],
            (opcode::READ_STATUS_3, _) => self.status[2],
            (opcode::JEDEC_ID, _) => JEDEC_ID.get(place).copied().unwrap_or(0xff),
            (opcode::READ, Some(offset)) => self.at(offset),
            // One dummy byte after the address.
            (opcode::FAST_READ, Some(1..)) => self.at(place - 4),
            // Four dummy bytes.
            (opcode::UNIQUE_ID, Some(1..)) => self.unique_id[(place - 4) % 8],
            // Three dummy bytes.
            (opcode::RELEASE_POWER_DOWN, Some(_)) => DEVICE_ID,
            (opcode::MANUFACTURER_ID, Some(offset)) => {
                let device_first = self.input.address & 1 != 0;
                if (offset % 2 == 0) == device_first { DEVICE_ID } else { JEDEC_ID[0] }
            }
            _ => 0xff,
        }
    }

    /// The byte `offset` after the address; after the last comes the first.
    fn at(&self, offset: usize) -> u8 {
        self.memory[(self.input.address as usize + offset) % CAPACITY as usize]
    }

    /// Chip select went high after `opcode` and `count` more bytes: what writes
    /// is done now, if it ended where it must (section 8.2, each instruction).
    fn execute(&mut self, opcode: u8, now_ns: u64) {
        let count = self.input.count;
        let reset = std::mem::replace(&mut self.reset_enabled, false);
        let volatile = std::mem::replace(&mut self.volatile_status, false);
        match opcode {
            opcode::WRITE_ENABLE if count == 0 => self.status[0] |= WRITE_ENABLED,
            opcode::WRITE_DISABLE if count == 0 => self.status[0] &= !WRITE_ENABLED,
            opcode::VOLATILE_STATUS if count == 0 => self.volatile_status = true,
            opcode::POWER_DOWN if count == 0 => self.powered_down = true,
            opcode::RELEASE_POWER_DOWN => self.powered_down = false,
            opcode::ENABLE_RESET if count == 0 => self.reset_enabled = true,
            opcode::RESET if count == 0 && reset => {
                self.status[0] &= !WRITE_ENABLED;
                self.begin(Work::Reset, now_ns);
            }
            opcode::WRITE_STATUS_1 | opcode::WRITE_STATUS_2 | opcode::WRITE_STATUS_3 => {
                self.write_status(opcode, volatile, now_ns);
            }
            opcode::PAGE_PROGRAM if count > 3 => self.program(now_ns),
            opcode::SECTOR_ERASE if count == 3 => self.erase(4 << 10, Work::Sector, now_ns),
            opcode::BLOCK_32_ERASE if count == 3 => self.erase(32 << 10, Work::Block32, now_ns),
            opcode::BLOCK_64_ERASE if count == 3 => self.erase(64 << 10, Work::Block64, now_ns),
            opcode::CHIP_ERASE | opcode::CHIP_ERASE_ALIAS if count == 0 => {
                self.erase(CAPACITY, Work::Chip, now_ns);
            }
            _ => {}
        }
    }

    fn begin(&mut self, work: Work, now_ns: u64) {
        self.busy = Some(Busy::new(work, self.times, now_ns));
        self.status[0] |= BUSY;
    }

    fn write_status(&mut self, opcode: u8, volatile: bool, now_ns: u64) {
        let enabled = volatile || self.status[0] & WRITE_ENABLED != 0;
        let protected = self.status[0] & STATUS_PROTECT != 0
            && self.status[1] & QUAD_ENABLE == 0
            && !self.write_protect.level(now_ns).is_high();
        let [first, second] = self.input.data;
        if !enabled || protected {
            return;
        }
        let kept = BUSY | WRITE_ENABLED;
        match (opcode, self.input.count) {
            (opcode::WRITE_STATUS_1, 1) => self.status[0] = self.status[0] & kept | first & !kept,
            (opcode::WRITE_STATUS_1, 2) => {
                self.status[0] = self.status[0] & kept | first & !kept;
                self.status[1] = second;
            }
            (opcode::WRITE_STATUS_2, 1) => self.status[1] = first,
            (opcode::WRITE_STATUS_3, 1) => self.status[2] = first,
            _ => return,
        }
        if !volatile {
            self.begin(Work::Status, now_ns);
        }
    }

    /// The bytes that may be changed, if they may.
    fn writable(&self, start: u32, len: u32) -> Option<Range<u32>> {
        let bytes = start..start + len;
        let enabled = self.status[0] & WRITE_ENABLED != 0;
        (enabled && !protects(self.status[0], self.status[1], &bytes)).then_some(bytes)
    }

    fn program(&mut self, now_ns: u64) {
        let page = (self.input.address % CAPACITY) & !(PAGE as u32 - 1);
        let Some(bytes) = self.writable(page, PAGE as u32) else { return };
        let cells = &mut self.memory[bytes.start as usize..bytes.end as usize];
        for (cell, given) in cells.iter_mut().zip(self.input.page.iter()) {
            // Programming only takes ones away (section 8.2, "Page Program").
            *cell &= given.unwrap_or(0xff);
        }
        self.begin(Work::Page, now_ns);
    }

    fn erase(&mut self, size: u32, work: Work, now_ns: u64) {
        let start = (self.input.address % CAPACITY) & !(size - 1);
        let Some(bytes) = self.writable(start, size) else { return };
        self.memory[bytes.start as usize..bytes.end as usize].fill(0xff);
        self.begin(work, now_ns);
    }
}

impl SpiTarget for W25q32 {
    fn select(&mut self, now_ns: u64) {
        self.settle(now_ns);
        self.input.clear();
    }

    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8 {
        if let Some(busy) = &mut self.busy {
            busy.byte();
        }
        self.settle(now_ns);
        if self.held(now_ns) {
            return 0xff;
        }
        let Some(opcode) = self.input.opcode else {
            self.input.opcode = Some(sent);
            self.input.ignored = !self.takes(sent);
            return 0xff;
        };
        let place = self.input.take(sent);
        if opcode == opcode::PAGE_PROGRAM && place >= 3 {
            // Beyond the end of the page it goes on at its start.
            self.input.page[(self.input.address as usize + place - 3) % PAGE] = Some(sent);
        }
        if self.input.ignored { 0xff } else { self.answer(opcode, place) }
    }

    fn read(&mut self, received: &mut [u8], now_ns: u64) {
        let fast = self.input.opcode == Some(opcode::READ)
            && self.input.count >= 3
            && !self.input.ignored
            && !self.held(now_ns);
        if !fast {
            return received.fill_with(|| self.exchange(0, now_ns));
        }
        let start = self.input.address as usize + self.input.count - 3;
        self.input.count += received.len();
        for (byte, address) in received.iter_mut().zip(start..) {
            *byte = self.memory[address % CAPACITY as usize];
        }
    }

    fn deselect(&mut self, now_ns: u64) {
        self.settle(now_ns);
        if let Some(opcode) = self.input.opcode
            && !self.input.ignored
        {
            self.execute(opcode, now_ns);
        }
    }
}

impl Model<dyn SpiTarget> for W25q32 {
    type Options = Options;
    const NAME: &'static str = "w25q32";
    const PINS: &'static [&'static str] = &["hold", "wp"];

    fn build(options: &Options, site: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())))
    }
}
