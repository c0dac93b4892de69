//! That no edge is missed.

use alloc::vec::Vec;

use embassy_futures::select::{Either, select};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;

use crate::{Case, Hardware, Outcome, WAVE_EDGES, good, same};

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    // Last: it takes the hardware to where the wave is over.
    cases.push(Case { name: "Wait: every edge of a wave of 500 Hz is counted", run: counted });
}

/// Long after the last edge.
const SILENCE_MS: u32 = 60_000;

fn counted<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut input, mut delay) = (hardware.wave(), hardware.delay());
    let count = hardware.block_on(async {
        let mut count = 0;
        loop {
            // Rising and falling in turn, as the wave has them.
            let edge = async {
                if count % 2 == 0 {
                    input.wait_for_rising_edge().await
                } else {
                    input.wait_for_falling_edge().await
                }
            };
            match select(edge, delay.delay_ms(SILENCE_MS)).await {
                Either::First(result) => result.map(|()| count += 1)?,
                Either::Second(()) => return Ok(count),
            }
        }
    });
    let count: Result<usize, <H::Input as embedded_hal::digital::ErrorType>::Error> = count;
    same!(good("waiting", count)?, WAVE_EDGES);
    Ok(())
}
