//! `embedded_hal::spi::SpiBus`, with its output wired to its input.

use alloc::vec::Vec;

use embedded_hal::spi::SpiBus;

use crate::{Case, Hardware, Outcome, good, same};

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "SpiBus: a transfer is both ways at once", run: transfer },
        Case { name: "SpiBus: sides of different lengths go on alone", run: uneven },
        Case { name: "SpiBus: flush after a write, and no bytes, are fine", run: flush },
    ]);
}

fn transfer<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.spi_bus();
    let mut bytes = [0; 3];
    good("transfer", bus.transfer(&mut bytes, &[1, 2, 3]))?;
    same!(bytes, [1, 2, 3]);
    good("transfer_in_place", bus.transfer_in_place(&mut bytes))?;
    same!(bytes, [1, 2, 3]);
    Ok(())
}

fn uneven<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.spi_bus();
    let mut longer = [9; 4];
    good("a longer read", bus.transfer(&mut longer, &[1, 2]))?;
    same!(longer[..2], [1, 2]);
    let mut shorter = [9; 1];
    good("a longer write", bus.transfer(&mut shorter, &[1, 2]))?;
    same!(shorter, [1]);
    Ok(())
}

fn flush<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.spi_bus();
    good("write", bus.write(&[1; 300]))?;
    good("flush", bus.flush())?;
    good("no bytes to write", bus.write(&[]))?;
    good("no bytes to read", bus.read(&mut []))?;
    good("flush", bus.flush())
}
