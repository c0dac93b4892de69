//! When frames are sent, and what commands change (appendix II).

use super::frame::{Options, frame, sum};
use crate::sim::{ConfigError, Model, SerialTarget, Site};

const PERIOD_NS: u64 = 1_000_000_000;

/// At most so many frames wait for a host that does not read.
const WAITING: u64 = 64;

/// Commands, their data in the low byte.
mod command {
    pub(super) const MODE: u8 = 0xe1;
    pub(super) const READ: u8 = 0xe2;
    pub(super) const SLEEP: u8 = 0xe4;
}

/// A PMS5003.
#[derive(Clone, Debug)]
pub struct Pms {
    air: Options,
    active: bool,
    asleep: bool,
    /// When the next frame of active mode comes.
    next_ns: u64,
    frames: u32,
    /// What comes back before it: answers to commands.
    answers: Vec<u8>,
    command: Vec<u8>,
}

impl Pms {
    /// A sensor in this air, in active mode.
    pub fn new(air: &Options) -> Self {
        Self {
            air: *air,
            active: true,
            asleep: false,
            next_ns: PERIOD_NS,
            frames: 0,
            answers: Vec::new(),
            command: Vec::new(),
        }
    }

    /// Changes the air.
    pub fn set_air(&mut self, air: &Options) {
        self.air = *air;
    }

    fn frame(&mut self) -> [u8; 32] {
        self.frames = self.frames.wrapping_add(1);
        let mut frame = frame(&self.air);
        if self.air.spoil_every != 0 && self.frames.is_multiple_of(self.air.spoil_every) {
            frame[31] = !frame[31];
        }
        frame
    }

    fn obey(&mut self, command: u8, data: u8, now_ns: u64) {
        match (command, data) {
            (command::SLEEP, 1) => {
                (self.asleep, self.active) = (false, true);
                self.next_ns = now_ns.saturating_add(PERIOD_NS);
            }
            _ if self.asleep => {}
            (command::SLEEP, 0) => {
                self.asleep = true;
                self.answer(command, data);
            }
            (command::MODE, 0 | 1) => {
                self.active = data == 1;
                self.next_ns = now_ns.saturating_add(PERIOD_NS);
                self.answer(command, data);
            }
            (command::READ, _) if !self.active => {
                let frame = self.frame();
                self.answers.extend(frame);
            }
            _ => {}
        }
    }

    /// The answer to a command: itself, and its data.
    fn answer(&mut self, command: u8, data: u8) {
        let mut answer = vec![0x42, 0x4d, 0, 4, command, data];
        let sum = sum(&answer);
        answer.extend(sum.to_be_bytes());
        self.answers.extend(answer);
    }
}

impl SerialTarget for Pms {
    fn receive(&mut self, bytes: &[u8], now_ns: u64) {
        for byte in bytes {
            self.command.push(*byte);
            let start = [0x42, 0x4d];
            let known = self.command.len().min(2);
            if self.command[..known] != start[..known] {
                self.command.clear();
                if *byte == start[0] {
                    self.command.push(*byte);
                }
            }
            if let [_, _, command, high, low, a, b] = self.command[..] {
                let intact = u16::from_be_bytes([a, b]) == sum(&[0x42, 0x4d, command, high, low]);
                self.command.clear();
                if intact {
                    self.obey(command, low, now_ns);
                }
            }
        }
    }

    fn send(&mut self, into: &mut Vec<u8>, now_ns: u64) {
        into.append(&mut self.answers);
        if self.asleep || !self.active || now_ns < self.next_ns {
            return;
        }
        let due = (now_ns - self.next_ns) / PERIOD_NS + 1;
        self.next_ns = self.next_ns.saturating_add(due.saturating_mul(PERIOD_NS));
        for _ in 0..due.min(WAITING) {
            into.extend(self.frame());
        }
    }

    fn next_ns(&self) -> Option<u64> {
        if !self.answers.is_empty() {
            return Some(0);
        }
        (self.active && !self.asleep).then_some(self.next_ns)
    }
}

impl Model<dyn SerialTarget> for Pms {
    type Options = Options;
    const NAME: &'static str = "pms";

    fn build(options: &Options, _: &Site) -> Result<Box<dyn SerialTarget>, ConfigError> {
        Ok(Box::new(Self::new(options)))
    }
}
