//! The chip on its wires.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::air::{Air, Packet};
use super::commands::{Mode, START_NS, outcome};
use super::reception::{Listening, Pending, irq};
use super::settings::{Modulation, Options, Scripted, Shape};
use crate::Level;
use crate::sim::error::within;
use crate::sim::models::reset::ResetPin;
use crate::sim::{ConfigError, Model, Net, Site, SpiTarget, Wiring};

/// Registers that a driver reads before it writes (section 12.1): IQ polarity,
/// modulation quality, clamp, gain, current limit.
const REGISTERS: [(u16, u8); 5] =
    [(0x0736, 0x0d), (0x0889, 0x01), (0x08d8, 0xc8), (0x08ac, 0x94), (0x08e7, 0x38)];

/// A reset pulse is at least this long (section 8.1).
const RESET_NS: u64 = 100_000;

/// An SX1262.
#[derive(Clone, Debug)]
pub struct Sx1262 {
    pub(super) air: Arc<Mutex<Air>>,
    pub(super) number: u64,
    pub(super) rssi: i8,
    pub(super) snr: i8,
    pub(super) scripted: Vec<Scripted>,
    pub(super) busy: Net,
    pub(super) dio1: Net,
    pub(super) reset: ResetPin,
    pub(super) mode: Mode,
    pub(super) outcome: u8,
    /// The command on the wires.
    pub(super) command: Vec<u8>,
    /// It comes while BUSY is high, or wakes the chip.
    pub(super) lost: bool,
    pub(super) irq: u16,
    pub(super) irq_mask: u16,
    pub(super) dio1_mask: u16,
    pub(super) pending: Vec<Pending>,
    pub(super) listening: Option<Listening>,
    pub(super) packet_type: u8,
    pub(super) modulation: Modulation,
    pub(super) shape: Shape,
    pub(super) symbol_timeout: u8,
    pub(super) cad_symbols: u8,
    pub(super) tx_base: u8,
    pub(super) rx_base: u8,
    pub(super) buffer: Box<[u8; 256]>,
    pub(super) registers: BTreeMap<u16, u8>,
    /// Length and place of the last packet that came.
    pub(super) received: (u8, u8),
}

impl Sx1262 {
    /// A radio in this air, powered up. Its pins: `busy` and `dio1`, which it
    /// drives, and `reset`, active low and pulled up.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(
        options: &Options,
        air: Arc<Mutex<Air>>,
        wiring: &Wiring,
    ) -> Result<Self, ConfigError> {
        within("`rssi`", options.rssi.into(), (-127.0, 0.0), " dBm")?;
        within("`snr`", options.snr.into(), (-32.0, 31.0), " dB")?;
        let number = lock(&air).join();
        let mut chip = Self {
            air,
            number,
            rssi: options.rssi,
            snr: options.snr,
            scripted: options.packets.clone(),
            busy: wiring.pin_or("busy", Level::Low),
            dio1: wiring.pin_or("dio1", Level::Low),
            reset: ResetPin::new(wiring.pin_or("reset", Level::High), RESET_NS),
            mode: Mode::StandbyRc,
            outcome: outcome::NONE,
            command: Vec::new(),
            lost: false,
            irq: 0,
            irq_mask: 0,
            dio1_mask: 0,
            pending: Vec::new(),
            listening: None,
            packet_type: 0,
            modulation: Modulation::default(),
            shape: Shape::default(),
            symbol_timeout: 0,
            cad_symbols: 0,
            tx_base: 0,
            rx_base: 0,
            buffer: Box::new([0; 256]),
            registers: REGISTERS.into(),
            received: (0, 0),
        };
        chip.restart(0);
        Ok(chip)
    }

    /// As after power up (section 9.1).
    fn restart(&mut self, now_ns: u64) {
        self.stop(Mode::StandbyRc);
        self.outcome = outcome::NONE;
        (self.irq, self.irq_mask, self.dio1_mask) = (0, 0, 0);
        (self.modulation, self.shape) = (Modulation::default(), Shape::default());
        (self.packet_type, self.symbol_timeout) = (0, 0);
        self.registers = REGISTERS.into();
        self.dio1.set(Level::Low, now_ns);
        self.be_busy(START_NS, now_ns);
    }

    pub(super) fn be_busy(&mut self, ns: u64, now_ns: u64) {
        self.busy.set(Level::High, now_ns);
        self.busy.set_at(Level::Low, now_ns.saturating_add(ns));
    }

    /// Ends whatever goes on.
    pub(super) fn stop(&mut self, mode: Mode) {
        self.mode = mode;
        self.pending.clear();
        if self.listening.take().is_some() {
            lock(&self.air).listen(self.number, None);
        }
    }

    /// Goes on to `now_ns`.
    fn advance(&mut self, now_ns: u64) {
        if let Some(at_ns) = self.reset.look(now_ns) {
            self.restart(at_ns);
        }
        self.hear();
        let mut due: Vec<_> = self.pending.extract_if(.., |event| event.at_ns <= now_ns).collect();
        due.sort_by_key(|event| event.at_ns);
        for event in due {
            self.happen(&event);
        }
    }

    fn happen(&mut self, event: &Pending) {
        self.irq |= event.irq & self.irq_mask;
        if event.irq & irq::TIMEOUT != 0 {
            self.outcome = outcome::TIMEOUT;
        }
        if event.irq & irq::TX_DONE != 0 {
            self.outcome = outcome::TX_DONE;
        }
        if event.irq & irq::RX_DONE != 0
            && let Some(listening) = &mut self.listening
            && let Some(packet) = listening.packet.take()
        {
            // What was on the air before is over.
            listening.ear.since_ns = event.at_ns;
            for (byte, place) in packet.data.iter().zip(usize::from(self.rx_base)..) {
                self.buffer[place % 256] = *byte;
            }
            self.received = (packet.data.len() as u8, self.rx_base);
            self.outcome = outcome::DATA;
            if listening.continuous {
                let ear = listening.ear.clone();
                lock(&self.air).listen(self.number, Some(ear));
                self.hear();
            }
        }
        if event.ends {
            self.stop(Mode::StandbyRc);
        }
    }

    /// While it listens: whether a packet, or the end of patience, is to come.
    pub(super) fn hear(&mut self) {
        let Some(listening) = &mut self.listening else { return };
        if listening.packet.is_some() {
            return;
        }
        let shape = |len| Shape { len, ..self.shape };
        let scripted = self.scripted.iter().map(|packet| {
            let data: Vec<u8> = packet.text.bytes().take(255).collect();
            Packet {
                from: 0,
                start_ns: u64::from(packet.at_ms) * 1_000_000,
                modulation: listening.ear.modulation,
                shape: shape(data.len() as u8),
                data,
            }
        });
        let sent = lock(&self.air).heard(self.number, &listening.ear).cloned();
        let first = scripted.filter(|packet| listening.ear.hears(packet)).chain(sent);
        let first = first.min_by_key(|packet| packet.start_ns);
        let patient = |packet: &Packet| listening.until_ns.is_none_or(|end| packet.start_ns <= end);
        if let Some(packet) = first.filter(patient) {
            let bits = [irq::PREAMBLE, irq::HEADER, irq::RX_DONE];
            self.pending.retain(|event| event.irq & irq::TIMEOUT == 0);
            for (at_ns, irq) in packet.moments().into_iter().zip(bits) {
                let ends = irq == irq::RX_DONE && !listening.continuous;
                self.pending.push(Pending { at_ns, irq, ends });
            }
            listening.packet = Some(packet);
        } else if let Some(at_ns) = listening.until_ns
            && !self.pending.iter().any(|event| event.irq & irq::TIMEOUT != 0)
        {
            self.pending.push(Pending { at_ns, irq: irq::TIMEOUT, ends: true });
        }
    }

    /// Drives DIO1: as it is now, and its next rise.
    fn drive(&mut self, now_ns: u64) {
        let high = self.irq & self.dio1_mask != 0;
        self.dio1.set(high.into(), now_ns);
        let mask = self.irq_mask & self.dio1_mask;
        let next = self.pending.iter().filter(|event| event.irq & mask != 0);
        if let Some(at_ns) = next.map(|event| event.at_ns).min()
            && !high
        {
            self.dio1.set_at(Level::High, at_ns);
        }
    }
}

impl SpiTarget for Sx1262 {
    fn select(&mut self, now_ns: u64) {
        self.advance(now_ns);
        self.command.clear();
        self.lost = self.reset.held() || self.busy.level(now_ns).is_high();
        if let Mode::Sleep { .. } = self.mode {
            // Chip select wakes it; the command itself is lost.
            self.go(Mode::StandbyRc, now_ns);
        }
    }

    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8 {
        self.advance(now_ns);
        let place = self.command.len();
        // The longest command is a write of the whole buffer.
        if place < 260 {
            self.command.push(sent);
        }
        if self.lost { 0 } else { self.answer(place) }
    }

    fn deselect(&mut self, now_ns: u64) {
        self.advance(now_ns);
        let command = std::mem::take(&mut self.command);
        if !self.lost && !command.is_empty() {
            self.execute(&command, now_ns);
            self.drive(now_ns);
        }
    }
}

impl Model<dyn SpiTarget> for Sx1262 {
    type Options = Options;
    const NAME: &'static str = "sx1262";
    const PINS: &'static [&'static str] = &["busy", "dio1", "reset"];

    fn build(options: &Options, site: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        let air = site.world().shared(&options.air);
        Ok(Box::new(Self::new(options, air, site.wiring())?))
    }
}

pub(super) fn lock(air: &Mutex<Air>) -> MutexGuard<'_, Air> {
    air.lock().unwrap_or_else(PoisonError::into_inner)
}
