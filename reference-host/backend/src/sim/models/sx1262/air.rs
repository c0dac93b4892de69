//! What is between radios.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use super::airtime::{preamble_ns, symbols_ns, time_on_air_ns};
use super::settings::{Modulation, Shape};
use crate::Level;
use crate::sim::Net;

/// Packets that are kept for those who listen late, and for tests.
const KEPT: usize = 256;

/// A packet on the air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Who sent it: a number that each radio has for itself.
    pub from: u64,
    /// When it began.
    pub start_ns: u64,
    /// How it is modulated.
    pub modulation: Modulation,
    /// How long it is.
    pub shape: Shape,
    /// What it carries.
    pub data: Vec<u8>,
}

impl Packet {
    /// When a receiver knows of the preamble, the header and the whole of it.
    pub(super) fn moments(&self) -> [u64; 3] {
        let preamble = self.start_ns.saturating_add(preamble_ns(&self.modulation, &self.shape));
        let header = preamble.saturating_add(symbols_ns(&self.modulation, 8));
        let end = time_on_air_ns(&self.modulation, &self.shape);
        [preamble, header, self.start_ns.saturating_add(end)]
    }
}

/// Somebody who listens.
#[derive(Clone, Debug)]
pub(super) struct Ear {
    pub(super) modulation: Modulation,
    pub(super) since_ns: u64,
    /// Rises at the first of the moments of a packet that it is told of.
    pub(super) dio1: Net,
    pub(super) told: [bool; 3],
}

impl Ear {
    /// Whether it hears this packet: five symbols of the preamble are enough.
    pub(super) fn hears(&self, packet: &Packet) -> bool {
        let [preamble, ..] = packet.moments();
        let late = preamble.saturating_sub(symbols_ns(&packet.modulation, 5));
        self.modulation == packet.modulation && self.since_ns <= late
    }

    /// Has the wire rise when this packet has something to tell.
    fn ring(&self, packet: &Packet) {
        let moments = packet.moments();
        if let Some(at_ns) =
            moments.iter().zip(self.told).find_map(|(at, told)| told.then_some(*at))
        {
            self.dio1.set_at(Level::High, at_ns);
        }
    }
}

/// The air between the radios of a board.
#[derive(Debug, Default)]
pub struct Air {
    packets: VecDeque<Packet>,
    ears: BTreeMap<u64, Ear>,
    radios: u64,
}

impl Air {
    /// The packets that were sent, the last 256.
    pub fn packets(&self) -> impl Iterator<Item = &Packet> {
        self.packets.iter()
    }

    /// A number for one more radio.
    pub(super) fn join(&mut self) -> u64 {
        self.radios += 1;
        self.radios
    }

    pub(super) fn send(&mut self, packet: Packet) {
        let others = self.ears.iter().filter(|(radio, _)| **radio != packet.from);
        for (_, ear) in others.filter(|(_, ear)| ear.hears(&packet)) {
            ear.ring(&packet);
        }
        if self.packets.len() == KEPT {
            self.packets.pop_front();
        }
        self.packets.push_back(packet);
    }

    /// `radio` listens from now on, or not any more.
    pub(super) fn listen(&mut self, radio: u64, ear: Option<Ear>) {
        match ear {
            Some(ear) => {
                if let Some(packet) = self.heard(radio, &ear) {
                    ear.ring(packet);
                }
                self.ears.insert(radio, ear);
            }
            None => drop(self.ears.remove(&radio)),
        }
    }

    /// The first packet that `radio` hears with `ear`.
    pub(super) fn heard(&self, radio: u64, ear: &Ear) -> Option<&Packet> {
        self.packets.iter().find(|packet| packet.from != radio && ear.hears(packet))
    }
}
