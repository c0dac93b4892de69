//! How long packets are on the air (section 6.1.4).

use super::settings::{Modulation, Shape};

/// A number of quarter symbols in nanoseconds.
fn quarters_ns(modulation: &Modulation, quarters: u64) -> u64 {
    // 2^SF / BW, where BW is 500 kHz over the divider.
    (quarters << modulation.spreading_factor) * u64::from(modulation.bandwidth_divider) * 500
}

/// A number of symbols in nanoseconds.
pub(super) fn symbols_ns(modulation: &Modulation, symbols: u64) -> u64 {
    quarters_ns(modulation, 4 * symbols)
}

/// Until the end of the preamble and the sync word.
pub(super) fn preamble_ns(modulation: &Modulation, shape: &Shape) -> u64 {
    // 4.25 symbols after the programmed ones; 6.25 for SF5 and SF6.
    let extra = if modulation.spreading_factor < 7 { 25 } else { 17 };
    quarters_ns(modulation, 4 * u64::from(shape.preamble) + extra)
}

/// The whole packet.
pub fn time_on_air_ns(modulation: &Modulation, shape: &Shape) -> u64 {
    let factor = i64::from(modulation.spreading_factor);
    let crc = if shape.crc { 16 } else { 0 };
    let header = if shape.implicit { 0 } else { 20 };
    let short = if factor < 7 { 0 } else { 8 };
    let bits = 8 * i64::from(shape.len) + crc - 4 * factor + short + header;
    let row = 4 * if modulation.low_data_rate && factor > 6 { factor - 2 } else { factor };
    let rows = bits.max(0).unsigned_abs().div_ceil(row.unsigned_abs());
    let symbols = 8 + rows * (u64::from(shape.coding_rate) + 4);
    preamble_ns(modulation, shape) + symbols_ns(modulation, symbols)
}
