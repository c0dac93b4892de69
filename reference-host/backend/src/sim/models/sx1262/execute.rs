//! What the commands do (section 13).

use super::air::{Ear, Packet};
use super::airtime::{symbols_ns, time_on_air_ns};
use super::chip::{Sx1262, lock};
use super::commands::{
    CALIBRATION_NS, COMMAND_NS, Mode, is_taken_and_ignored, opcode, outcome, switching_ns,
};
use super::reception::{Listening, Pending, irq};
use super::settings::{Shape, bandwidth_divider};
use crate::Level;

/// The unit of timeouts (section 13.1.4).
const TICK_NS: u64 = 15_625;
/// Receive until told otherwise (section 13.1.5).
const CONTINUOUS: u32 = 0xff_ffff;
/// SetPacketType.
const LORA: u8 = 1;
/// The two bytes of the sync word (section 12.1), and the length of a packet
/// that has no header.
const SYNC_WORD: u16 = 0x0740;
const SYNC_WORD_LOW: u16 = 0x0741;
const PAYLOAD_LENGTH: u16 = 0x0702;

impl Sx1262 {
    pub(super) fn go(&mut self, mode: Mode, now_ns: u64) -> u64 {
        let ns = switching_ns(self.mode, mode);
        self.stop(mode);
        self.be_busy(ns, now_ns);
        now_ns.saturating_add(ns)
    }

    fn transmit(&mut self, now_ns: u64) {
        let start_ns = self.go(Mode::Tx, now_ns);
        if self.packet_type != LORA {
            return;
        }
        let place = |offset: u8| usize::from(self.tx_base.wrapping_add(offset));
        let data = (0..self.shape.len).map(|offset| self.buffer[place(offset)]).collect();
        let (modulation, shape) = (self.modulation, self.shape);
        let at_ns = start_ns.saturating_add(time_on_air_ns(&modulation, &shape));
        lock(&self.air).send(Packet { from: self.number, start_ns, modulation, shape, data });
        self.pending.push(Pending { at_ns, irq: irq::TX_DONE, ends: true });
    }

    fn receive(&mut self, timeout: u32, now_ns: u64) {
        let since_ns = self.go(Mode::Rx, now_ns);
        if self.packet_type != LORA {
            return;
        }
        let symbols = u64::from(self.symbol_timeout);
        let patience = match timeout {
            0 | CONTINUOUS if symbols > 0 => Some(symbols_ns(&self.modulation, symbols)),
            0 | CONTINUOUS => None,
            ticks => Some(u64::from(ticks) * TICK_NS),
        };
        let mask = self.irq_mask & self.dio1_mask;
        let ear = Ear {
            modulation: self.modulation,
            since_ns,
            dio1: self.dio1.clone(),
            told: [irq::PREAMBLE, irq::HEADER, irq::RX_DONE].map(|bit| mask & bit != 0),
        };
        lock(&self.air).listen(self.number, Some(ear.clone()));
        self.listening = Some(Listening {
            ear,
            until_ns: patience.map(|ns| since_ns.saturating_add(ns)),
            continuous: timeout == CONTINUOUS,
            packet: None,
        });
        self.hear();
    }

    /// Channel activity detection (section 6.1.5).
    fn detect(&mut self, now_ns: u64) {
        let since_ns = self.go(Mode::Rx, now_ns);
        let symbols = 1 << self.cad_symbols.min(4);
        let at_ns = since_ns.saturating_add(symbols_ns(&self.modulation, symbols));
        let busy = lock(&self.air).packets().any(|packet| {
            let [.., end_ns] = packet.moments();
            let same = packet.from != self.number && packet.modulation == self.modulation;
            same && packet.start_ns < at_ns && end_ns > since_ns
        });
        let irq = irq::CAD_DONE | if busy { irq::CAD_DETECTED } else { 0 };
        self.pending.push(Pending { at_ns, irq, ends: true });
    }

    /// A whole command, when chip select goes high.
    pub(super) fn execute(&mut self, command: &[u8], now_ns: u64) {
        self.be_busy(COMMAND_NS, now_ns);
        self.outcome = outcome::NONE;
        match *command {
            [opcode::SET_SLEEP, config, ..] => {
                self.stop(Mode::Sleep { warm: config & 1 << 2 != 0 });
                // BUSY stays high until it wakes (section 8.3.1).
                self.busy.set(Level::High, now_ns);
            }
            [opcode::SET_STANDBY, 1, ..] => drop(self.go(Mode::StandbyXosc, now_ns)),
            [opcode::SET_STANDBY, _, ..] => drop(self.go(Mode::StandbyRc, now_ns)),
            [opcode::SET_FS, ..] => drop(self.go(Mode::Fs, now_ns)),
            [opcode::SET_TX, _, _, _, ..] => self.transmit(now_ns),
            [opcode::SET_RX, a, b, c, ..] => {
                self.receive(u32::from_be_bytes([0, a, b, c]), now_ns);
            }
            [opcode::SET_CAD, ..] => self.detect(now_ns),
            [opcode::SET_CAD_PARAMS, symbols, _, _, _, _, _, _, ..] => self.cad_symbols = symbols,
            [opcode::CALIBRATE | opcode::CALIBRATE_IMAGE, _, ..] => {
                self.be_busy(CALIBRATION_NS, now_ns);
            }
            [opcode::SET_PACKET_TYPE, packet_type, ..] => self.packet_type = packet_type,
            [opcode::SET_FREQUENCY, a, b, c, d, ..] => {
                self.modulation.frequency = u32::from_be_bytes([a, b, c, d]);
            }
            [opcode::SET_MODULATION, factor @ 5..=12, bandwidth, rate @ 1..=4, optimize, ..] => {
                let Some(divider) = bandwidth_divider(bandwidth) else {
                    return self.outcome = outcome::PROCESSING_ERROR;
                };
                self.modulation.spreading_factor = factor;
                self.modulation.bandwidth_divider = divider;
                self.modulation.low_data_rate = optimize & 1 != 0;
                self.shape.coding_rate = rate;
            }
            [opcode::SET_PACKET_PARAMS, a, b, header, len, crc, iq, ..] => {
                let preamble = u16::from_be_bytes([a, b]);
                let (implicit, crc) = (header & 1 != 0, crc & 1 != 0);
                self.shape = Shape { preamble, implicit, len, crc, ..self.shape };
                self.modulation.inverted = iq & 1 != 0;
            }
            [opcode::SET_BUFFER_BASE, tx, rx, ..] => (self.tx_base, self.rx_base) = (tx, rx),
            [opcode::SET_SYMBOL_TIMEOUT, symbols, ..] => self.symbol_timeout = symbols,
            [opcode::SET_DIO_IRQ, a, b, c, d, _, _, _, _, ..] => {
                self.irq_mask = u16::from_be_bytes([a, b]);
                self.dio1_mask = u16::from_be_bytes([c, d]);
            }
            [opcode::CLEAR_IRQ, a, b, ..] => self.irq &= !u16::from_be_bytes([a, b]),
            [opcode::WRITE_REGISTER, a, b, ref data @ ..] => {
                let first = u16::from_be_bytes([a, b]);
                for (byte, offset) in data.iter().zip(0..) {
                    self.write_register(first.wrapping_add(offset), *byte);
                }
            }
            [opcode::WRITE_BUFFER, offset, ref data @ ..] => {
                for (byte, place) in data.iter().zip(usize::from(offset)..) {
                    self.buffer[place % 256] = *byte;
                }
            }
            [
                opcode::GET_STATUS
                | opcode::GET_IRQ
                | opcode::GET_RX_BUFFER
                | opcode::GET_PACKET_STATUS
                | opcode::GET_PACKET_TYPE
                | opcode::GET_ERRORS
                | opcode::READ_REGISTER
                | opcode::READ_BUFFER
                | opcode::CLEAR_ERRORS,
                ..,
            ] => {}
            [opcode, ..] if is_taken_and_ignored(opcode) => {}
            _ => self.outcome = outcome::PROCESSING_ERROR,
        }
    }

    fn write_register(&mut self, address: u16, value: u8) {
        let [high, low] = self.modulation.sync_word.to_be_bytes();
        match address {
            SYNC_WORD => self.modulation.sync_word = u16::from_be_bytes([value, low]),
            SYNC_WORD_LOW => self.modulation.sync_word = u16::from_be_bytes([high, value]),
            _ => drop(self.registers.insert(address, value)),
        }
    }

    fn register(&self, address: u16) -> u8 {
        let [high, low] = self.modulation.sync_word.to_be_bytes();
        match address {
            PAYLOAD_LENGTH => self.shape.len,
            SYNC_WORD => high,
            SYNC_WORD_LOW => low,
            _ => self.registers.get(&address).copied().unwrap_or(0),
        }
    }

    /// The byte that goes out while the one at `place` comes in.
    pub(super) fn answer(&self, place: usize) -> u8 {
        let status = self.mode.status() | self.outcome;
        let offset = |from: usize| place.checked_sub(from);
        match (self.command.as_slice(), place) {
            ([opcode::READ_REGISTER, a, b, ..], 4..) => {
                let first = u16::from_be_bytes([*a, *b]);
                self.register(first.wrapping_add(offset(4).unwrap_or(0) as u16))
            }
            ([opcode::READ_BUFFER, first, ..], 3..) => {
                self.buffer[(usize::from(*first) + place - 3) % 256]
            }
            ([opcode::GET_IRQ, ..], 2 | 3) => self.irq.to_be_bytes()[place - 2],
            ([opcode::GET_RX_BUFFER, ..], 2) => self.received.0,
            ([opcode::GET_RX_BUFFER, ..], 3) => self.received.1,
            // RSSI is -2 · dBm, SNR 4 · dB (section 13.5.3).
            ([opcode::GET_PACKET_STATUS, ..], 2 | 4) => (-2 * i16::from(self.rssi)) as u8,
            ([opcode::GET_PACKET_STATUS, ..], 3) => (4 * i16::from(self.snr)) as u8,
            ([opcode::GET_PACKET_TYPE, ..], 2) => self.packet_type,
            ([opcode::GET_ERRORS, ..], 2 | 3) => 0,
            _ => status,
        }
    }
}
