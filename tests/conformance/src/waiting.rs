//! `embedded_hal_async::digital::Wait` and `delay::DelayNs`: levels, edges and
//! timeouts.

use alloc::vec::Vec;

use embassy_futures::select::{Either, select};
use embedded_hal::digital::OutputPin;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;

use crate::{Case, Hardware, Outcome, good, same};

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "Wait: a level that is there is not waited for", run: level },
        Case { name: "Wait: an edge of before does not count", run: before },
        Case { name: "Wait: an edge that never comes loses to a timeout", run: never },
        Case { name: "Wait: a wait that was dropped leaves nothing behind", run: dropped },
        Case { name: "DelayNs: no time is over at once", run: no_time },
    ]);
}

fn level<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut output, mut input) = (hardware.output(), hardware.looped());
    good("set_high", output.set_high())?;
    good("wait_for_high", hardware.block_on(input.wait_for_high()))?;
    good("set_low", output.set_low())?;
    good("wait_for_low", hardware.block_on(input.wait_for_low()))
}

fn before<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut output, mut input) = (hardware.output(), hardware.looped());
    let mut delay = hardware.delay();
    good("set_high", output.set_high())?;
    let first = hardware.block_on(async {
        match select(input.wait_for_rising_edge(), delay.delay_ms(1)).await {
            Either::First(_) => "the edge",
            Either::Second(()) => "the timeout",
        }
    });
    good("set_low", output.set_low())?;
    same!(first, "the timeout");
    Ok(())
}

fn never<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut input, mut delay) = (hardware.looped(), hardware.delay());
    let timed_out = hardware.block_on(async {
        let any = select(input.wait_for_any_edge(), delay.delay_us(500)).await;
        let second = matches!(any, Either::Second(()));
        let high = select(input.wait_for_high(), delay.delay_ns(1_000)).await;
        (second, matches!(high, Either::Second(())))
    });
    same!(timed_out, (true, true));
    Ok(())
}

fn dropped<H: Hardware>(hardware: &mut H) -> Outcome {
    // More than any host keeps at once.
    let (mut input, mut delay) = (hardware.looped(), hardware.delay());
    hardware.block_on(async {
        for _ in 0..5_000 {
            let _ = select(input.wait_for_high(), delay.delay_ns(1)).await;
        }
    });
    let mut output = hardware.output();
    good("set_high", output.set_high())?;
    good("wait_for_high", hardware.block_on(input.wait_for_high()))?;
    good("set_low", output.set_low())
}

fn no_time<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut delay = hardware.delay();
    hardware.block_on(async {
        delay.delay_ns(0).await;
        delay.delay_us(0).await;
        delay.delay_ms(0).await;
    });
    embedded_hal::delay::DelayNs::delay_ns(&mut delay, 0);
    Ok(())
}
