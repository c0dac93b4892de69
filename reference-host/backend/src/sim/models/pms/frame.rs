//! The frame of 32 bytes (appendix I).

use serde::Deserialize;

/// What a board file may say about it: the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Particles up to 1 µm, in µg/m³ ("standard particle").
    pub pm1: u16,
    /// Up to 2.5 µm, in µg/m³.
    pub pm2_5: u16,
    /// Up to 10 µm, in µg/m³.
    pub pm10: u16,
    /// Particles beyond 0.3, 0.5, 1, 2.5, 5 and 10 µm in 0.1 l of air.
    pub counts: [u16; 6],
    /// Every so many frames one has a wrong checksum; none if 0.
    pub spoil_every: u32,
}

impl Default for Options {
    /// The air of a room.
    fn default() -> Self {
        Self { pm1: 5, pm2_5: 8, pm10: 9, counts: [1122, 334, 54, 6, 2, 0], spoil_every: 0 }
    }
}

/// The frame that says so.
pub fn frame(air: &Options) -> [u8; 32] {
    let mut frame = [0; 32];
    frame[..4].copy_from_slice(&[0x42, 0x4d, 0, 28]);
    // "Under atmospheric environment" reads as "standard particle" does.
    let masses = [air.pm1, air.pm2_5, air.pm10];
    let words = masses.into_iter().chain(masses).chain(air.counts);
    for (place, word) in frame[4..28].chunks_exact_mut(2).zip(words) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    let sum = sum(&frame[..30]);
    frame[30..].copy_from_slice(&sum.to_be_bytes());
    frame
}

/// The sum of all bytes before it.
pub(super) fn sum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}
