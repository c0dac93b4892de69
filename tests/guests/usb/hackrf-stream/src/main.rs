//! Receives samples with `hackrfone`: `hackrf-stream 4`, the number of buffers.

use std::error::Error;

use hackrfone::{HackRfOne, UnknownMode};

const FREQUENCY: u64 = 100_000_000;
const SAMPLE_RATE: u32 = 8_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let buffers: u32 = std::env::args().nth(1).map_or(Ok(4), |count| count.parse())?;
    let radio: Option<HackRfOne<UnknownMode>> = HackRfOne::new();
    let mut radio = radio.ok_or("there is no radio")?;
    println!(
        "board {}, firmware {}",
        radio.board_id().map_err(said)?,
        radio.version().map_err(said)?
    );
    radio.set_sample_rate(SAMPLE_RATE, 1).map_err(said)?;
    radio.set_freq(FREQUENCY).map_err(said)?;
    radio.set_lna_gain(16).map_err(said)?;
    let mut radio = radio.into_rx_mode().map_err(said)?;
    let mut bytes = 0;
    for _ in 0..buffers {
        let samples = radio.rx().map_err(said)?;
        println!("{} bytes, from {:?} on", samples.len(), samples.get(..4).unwrap_or_default());
        bytes += samples.len();
    }
    radio.stop_rx().map_err(said)?;
    println!("{bytes} bytes in all");
    Ok(())
}

/// Its errors are no `std` ones.
fn said(error: hackrfone::Error) -> String {
    format!("{error:?}")
}
