//! Several things at once inside one driver.

use alloc::vec::Vec;

use embassy_futures::join::{join, join3};
use embassy_futures::select::{Either, select};
use embedded_hal::digital::OutputPin;
use embedded_hal::i2c::SevenBitAddress;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;
use embedded_hal_async::i2c::I2c;
use embedded_hal_async::spi::SpiDevice;

use crate::{Case, Hardware, Outcome, good, same};

const CHIP: u8 = 0x50;

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "async I2c: it does what the blocking one does", run: i2c },
        Case { name: "async SpiDevice: it does what the blocking one does", run: spi },
        Case { name: "async: an edge that one future makes wakes another", run: wakes },
        Case { name: "async: two buses at once, and a timer", run: two_buses },
        Case { name: "async: the first of two timers comes first", run: timers },
        Case { name: "async: a failed transaction fails alone", run: alone },
    ]);
}

fn i2c<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    let mut bytes = [0; 2];
    let result = hardware.block_on(async {
        I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[0x60, 6, 7]).await?;
        I2c::<SevenBitAddress>::write_read(&mut bus, CHIP, &[0x60], &mut bytes).await
    });
    good("write and read", result)?;
    same!(bytes, [6, 7]);
    Ok(())
}

fn spi<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    let mut bytes = [0; 3];
    let result = hardware.block_on(async {
        SpiDevice::write(&mut device, &[0x60, 6, 7]).await?;
        SpiDevice::transfer(&mut device, &mut bytes, &[0x60 | 0x80, 0, 0]).await
    });
    good("write and read", result)?;
    same!(bytes[1..], [6, 7]);
    Ok(())
}

fn wakes<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut output, mut input) = (hardware.output(), hardware.looped());
    let (mut delay, mut timeout) = (hardware.delay(), hardware.delay());
    let (set, waited) = hardware.block_on(join(
        async {
            delay.delay_ms(2).await;
            output.set_high()
        },
        select(input.wait_for_rising_edge(), timeout.delay_ms(1_000)),
    ));
    good("set_high", set)?;
    good("set_low", output.set_low())?;
    match waited {
        Either::First(edge) => good("wait_for_rising_edge", edge),
        Either::Second(()) => Err("the edge was not seen within a second".into()),
    }
}

fn two_buses<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut one, mut two) = (hardware.i2c(), hardware.second_i2c());
    let mut delay = hardware.delay();
    let (mut first, mut second) = ([0; 1], [0; 1]);
    let (a, b, ()) = hardware.block_on(join3(
        async {
            I2c::<SevenBitAddress>::write(&mut one, CHIP, &[0x70, 1]).await?;
            I2c::<SevenBitAddress>::write_read(&mut one, CHIP, &[0x70], &mut first).await
        },
        async {
            I2c::<SevenBitAddress>::write(&mut two, CHIP, &[0x70, 2]).await?;
            I2c::<SevenBitAddress>::write_read(&mut two, CHIP, &[0x70], &mut second).await
        },
        delay.delay_ms(1),
    ));
    good("the first bus", a)?;
    good("the second bus", b)?;
    same!((first, second), ([1], [2]));
    Ok(())
}

fn timers<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut short, mut long) = (hardware.delay(), hardware.delay());
    for swapped in [false, true] {
        let (a, b) = if swapped { (5, 1) } else { (1, 5) };
        let first = hardware.block_on(async {
            match select(short.delay_ms(a), long.delay_ms(b)).await {
                Either::First(()) => a,
                Either::Second(()) => b,
            }
        });
        same!(first, 1);
    }
    Ok(())
}

fn alone<H: Hardware>(hardware: &mut H) -> Outcome {
    let (mut one, mut two) = (hardware.i2c(), hardware.second_i2c());
    let mut byte = [0];
    let (nobody, good_one) = hardware.block_on(join(
        I2c::<SevenBitAddress>::write(&mut one, 0x52, &[0]),
        I2c::<SevenBitAddress>::write_read(&mut two, CHIP, &[0x70], &mut byte),
    ));
    crate::bad("nobody", nobody)?;
    good("the second bus", good_one)?;
    same!(byte, [2]);
    Ok(())
}
