//! `embedded_hal::digital`.

use alloc::vec::Vec;

use embedded_hal::digital::{InputPin, OutputPin, PinState, StatefulOutputPin};

use crate::{Case, Hardware, Outcome, good, same};

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "OutputPin: it starts as the board says", run: starts },
        Case { name: "OutputPin: what is set is seen on the wire", run: seen },
        Case { name: "StatefulOutputPin: it knows what it drives, and toggles", run: toggles },
        Case { name: "OutputPin: a second handle drives the same pin", run: same_pin },
    ]);
}

fn starts<H: Hardware>(hardware: &mut H) -> Outcome {
    same!(good("is_set_low", hardware.output().is_set_low())?, true);
    same!(good("is_low", hardware.looped().is_low())?, true);
    Ok(())
}

fn seen<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut output, mut input) = (hardware.output(), hardware.looped());
    for state in [PinState::High, PinState::High, PinState::Low, PinState::High, PinState::Low] {
        good("set_state", output.set_state(state))?;
        same!(good("is_high", input.is_high())?, state == PinState::High);
        same!(good("is_low", input.is_low())?, state == PinState::Low);
    }
    Ok(())
}

fn toggles<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut output, mut input) = (hardware.output(), hardware.looped());
    good("set_high", output.set_high())?;
    same!(good("is_set_high", output.is_set_high())?, true);
    good("toggle", output.toggle())?;
    same!(good("is_set_low", output.is_set_low())?, true);
    same!(good("is_low", input.is_low())?, true);
    Ok(())
}

fn same_pin<H: Hardware>(hardware: &mut H) -> Outcome {
    good("set_high", hardware.output().set_high())?;
    // A handle that is dropped leaves the pin as it is.
    same!(good("is_set_high", hardware.output().is_set_high())?, true);
    good("set_low", hardware.output().set_low())
}
