//! What a board file says, and what commands set.

use serde::Deserialize;

/// What a board file may say about it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Which air it is in: radios of one board in the same one hear each other.
    pub air: String,
    /// How strong it hears packets, in dBm, -127 to 0.
    pub rssi: i8,
    /// How far above the noise, in dB, -32 to 31.
    pub snr: i8,
    /// Packets that come from elsewhere, in the order of time.
    pub packets: Vec<Scripted>,
}

impl Default for Options {
    /// Nobody else about.
    fn default() -> Self {
        Self { air: "air".to_owned(), rssi: -60, snr: 9, packets: Vec::new() }
    }
}

/// A packet from elsewhere, sent as this radio listens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scripted {
    /// When it begins, in milliseconds on the board's clock.
    pub at_ms: u32,
    /// Its text.
    pub text: String,
}

/// How packets are modulated: those who agree understand each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modulation {
    /// Steps of the synthesizer: 32 MHz / 2²⁵ (section 13.4.1).
    pub frequency: u32,
    /// 5 to 12.
    pub spreading_factor: u8,
    /// 500 kHz divided by this.
    pub bandwidth_divider: u8,
    /// Whether low data rate optimization is on.
    pub low_data_rate: bool,
    /// Registers 0740h and 0741h.
    pub sync_word: u16,
    /// Whether I and Q are swapped.
    pub inverted: bool,
}

/// How long a packet is: section 13.4.6, and the coding rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Symbols of the preamble.
    pub preamble: u16,
    /// Whether there is no header.
    pub implicit: bool,
    /// Bytes.
    pub len: u8,
    /// Whether there is a checksum.
    pub crc: bool,
    /// 4/5 is 1, 4/8 is 4.
    pub coding_rate: u8,
}

impl Default for Modulation {
    fn default() -> Self {
        Self {
            frequency: 0,
            spreading_factor: 7,
            bandwidth_divider: 4,
            low_data_rate: false,
            sync_word: 0x1424,
            inverted: false,
        }
    }
}

impl Default for Shape {
    fn default() -> Self {
        Self { preamble: 8, implicit: false, len: 0, crc: true, coding_rate: 1 }
    }
}

/// The divider for the parameter of SetModulationParams (table 13-48).
pub(super) fn bandwidth_divider(parameter: u8) -> Option<u8> {
    Some(match parameter {
        0x00 => 64,
        0x08 => 48,
        0x01 => 32,
        0x09 => 24,
        0x02 => 16,
        0x0a => 12,
        0x03 => 8,
        0x04 => 4,
        0x05 => 2,
        0x06 => 1,
        _ => return None,
    })
}
