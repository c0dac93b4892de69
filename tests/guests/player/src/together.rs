//! Several calls at once, by async.

use alloc::vec;
use alloc::vec::Vec;

use embassy_futures::join::{join, join3};
use embassy_futures::select::{Either, select};
use embedded_hal::digital::{Error as _, OutputPin};
use embedded_hal::i2c::{Error as _, SevenBitAddress};
use embedded_hal::spi::Error as _;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;
use embedded_hal_async::i2c::I2c;
use embedded_hal_async::spi::SpiDevice;
use serde::{Deserialize, Serialize};

use crate::{Hardware, Kinds, Outcome, UNREAD, done, kind, spi};

/// Several calls at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// Two write-reads, one on each I2C bus, and a transaction with the SPI
    /// device. Gives the bytes of each that went well.
    Buses {
        /// Address, bytes and length on each bus.
        i2c: [(u8, Vec<u8>, usize); 2],
        /// The SPI device's.
        spi: Vec<spi::Step>,
    },
    /// A condition on a pin, or a timeout: gives which came first.
    Wait {
        /// The pin that changes by itself, or the one that the output drives.
        wave: bool,
        /// The condition.
        condition: Condition,
        /// The timeout.
        timeout_us: u32,
    },
    /// A condition on the pin that the output drives, or a timeout, while
    /// another future drives it some time later.
    Driven {
        /// The condition.
        condition: Condition,
        /// The timeout.
        timeout_us: u32,
        /// When the output is driven.
        after_us: u32,
        /// How.
        high: bool,
    },
    /// Two moments: gives which came first.
    Timers(u32, u32),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// `wait_for_high`.
    High,
    /// `wait_for_low`.
    Low,
    /// `wait_for_rising_edge`.
    Rising,
    /// `wait_for_falling_edge`.
    Falling,
    /// `wait_for_any_edge`.
    Any,
}

pub(crate) fn play<K: Kinds>(hardware: &mut Hardware<K>, call: &Call) -> Outcome {
    let Hardware { i2c, second_i2c, output, looped, wave, delay, timeout, kinds, .. } = hardware;
    match call {
        Call::Buses { i2c: [one, two], spi } => {
            let mut buffers = spi::buffers(spi);
            let mut operations = spi::operations(spi, &mut buffers);
            let (one, two, all) = kinds.block_on(join3(
                write_read(i2c, one),
                write_read(second_i2c, two),
                hardware.spi.transaction(&mut operations),
            ));
            let all = all.map(|()| buffers).map_err(|e| kind(e.kind()));
            // Each in words or bytes: none hides another.
            let spi = all.unwrap_or_else(|error| vec![error.into_bytes()]);
            Ok([vec![one, two], spi].concat())
        }
        Call::Wait { wave: on_wave, condition, timeout_us } => {
            let pin = if *on_wave { wave } else { looped };
            kinds.block_on(within(pin, *condition, timeout, *timeout_us))
        }
        Call::Driven { condition, timeout_us, after_us, high } => {
            let (waited, driven) =
                kinds.block_on(join(within(looped, *condition, timeout, *timeout_us), async {
                    delay.delay_us(*after_us).await;
                    output.set_state((*high).into())
                }));
            done(driven, |e| kind(e.kind()))?;
            waited
        }
        Call::Timers(one, two) => {
            let won = kinds.block_on(select(delay.delay_us(*one), timeout.delay_us(*two)));
            Ok(vec![vec![matches!(won, Either::Second(())).into()]])
        }
    }
}

async fn write_read<B: I2c<SevenBitAddress>>(
    bus: &mut B,
    (address, bytes, len): &(u8, Vec<u8>, usize),
) -> Vec<u8> {
    let mut buffer = vec![UNREAD; *len];
    match bus.write_read(*address, bytes, &mut buffer).await {
        Ok(()) => buffer,
        Err(error) => kind(error.kind()).into_bytes(),
    }
}

/// Which came first: 0 the condition, 1 the timeout.
async fn within<P: Wait, D: DelayNs>(
    pin: &mut P,
    condition: Condition,
    delay: &mut D,
    timeout_us: u32,
) -> Outcome {
    let waited = async {
        match condition {
            Condition::High => pin.wait_for_high().await,
            Condition::Low => pin.wait_for_low().await,
            Condition::Rising => pin.wait_for_rising_edge().await,
            Condition::Falling => pin.wait_for_falling_edge().await,
            Condition::Any => pin.wait_for_any_edge().await,
        }
    };
    match select(waited, delay.delay_us(timeout_us)).await {
        Either::First(Ok(())) => Ok(vec![vec![0]]),
        Either::First(Err(error)) => Err(kind(error.kind())),
        Either::Second(()) => Ok(vec![vec![1]]),
    }
}
