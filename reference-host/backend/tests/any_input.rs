//! What no driver, however broken, can do to a model: make it panic, or never
//! come back.

use std::num::NonZeroU32;
use std::sync::Arc;

use embedded_hal::{i2c, spi};
use periplasm_backend::sim::{self, SpiConfig, VirtualClock, World};
use periplasm_backend::{Clock, I2cBus, Serial, SpiBus, SpiDevice};
use proptest::collection::vec;
use proptest::prelude::*;

/// Every model, by what a board file says.
const I2C: &[&str] = &[
    "ads1115",
    "bme280",
    "ds1307",
    "lm75",
    "mpu6050",
    "pca9685",
    "pcf8574",
    "registers",
    "ssd1306",
    "tca9548a",
    "tmp117",
];
const SPI: &[&str] =
    &["loopback", "registers", "sdcard", "ssd1306", "st7789", "sx1262", "w25q32", "ws2812"];
const SERIAL: &[&str] = &[
    "model = 'loopback'",
    "model = 'pms'",
    "model = 'tmc2209'",
    "model = 'script'\nreplies = [{ to = [0], with = [1, 2], after-us = 3 }, { to = [7, 7], with = [] }]",
    "model = 'stream'\nsend = 'x'\nperiod-us = 7",
];

#[derive(Clone, Debug)]
enum Step {
    Write(Vec<u8>),
    Read(usize),
    Wait(u64),
    End,
}

fn byte() -> impl Strategy<Value = u8> {
    // Commands of displays and memories among any bytes.
    let known = vec![
        0x00, 0x01, 0x02, 0x03, 0x06, 0x20, 0x21, 0x22, 0x2a, 0x2b, 0x2c, 0x36, 0x3a, 0x40, 0x55,
        0x80, 0x83, 0x84, 0x8e, 0x9f, 0xc0, 0xd8, 0xff,
    ];
    prop_oneof![any::<u8>(), prop::sample::select(known)]
}

fn step() -> impl Strategy<Value = Step> {
    let short = || prop_oneof![Just(0_u64), 0..200_000_000_u64, 0..20_000_000_000_u64];
    prop_oneof![
        5 => vec(byte(), 0..30).prop_map(Step::Write),
        3 => (0_usize..30).prop_map(Step::Read),
        1 => prop_oneof![9 => short(), 1 => any::<u64>()].prop_map(Step::Wait),
        2 => Just(Step::End),
    ]
}

fn world() -> World {
    World::new(Arc::new(VirtualClock::new()))
}

/// The steps, cut into transactions.
fn transactions(steps: &[Step]) -> impl Iterator<Item = &[Step]> {
    steps.split(|step| matches!(step, Step::End | Step::Wait(_)))
}

fn wait_between(steps: &[Step], clock: &dyn Clock, mut then: impl FnMut(&[Step])) {
    let mut waits = steps.iter().filter_map(|step| match step {
        Step::Wait(ns) => Some(*ns),
        Step::End => Some(0),
        _ => None,
    });
    for transaction in transactions(steps) {
        then(transaction);
        clock.delay_ns(waits.next().unwrap_or(0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_i2c_transaction_makes_a_model_panic(steps in vec(step(), 0..60), hz in any::<u32>()) {
        for model in I2C {
            let world = world();
            let mut bus = sim::Bus::on(&world);
            bus.set_speed_hz(NonZeroU32::new(hz));
            let device = format!("model = '{model}'\naddress = 0x48");
            bus.attach(&toml::from_str(&device).unwrap()).unwrap();
            let address = periplasm_backend::I2cAddress::seven_bit(0x48).unwrap();
            wait_between(&steps, &**world.clock(), |steps| {
                let mut buffers: Vec<Vec<u8>> = steps.iter().map(buffer).collect();
                let mut operations: Vec<i2c::Operation<'_>> = steps
                    .iter()
                    .zip(&mut buffers)
                    .map(|(step, buffer)| match step {
                        Step::Write(bytes) => i2c::Operation::Write(bytes),
                        _ => i2c::Operation::Read(buffer),
                    })
                    .collect();
                let _ = bus.transaction(address, &mut operations);
            });
            world.screens().pictures();
        }
    }

    #[test]
    fn no_spi_transaction_makes_a_model_panic(steps in vec(step(), 0..60), hz in any::<u32>()) {
        for model in SPI {
            let world = world();
            let config: SpiConfig = toml::from_str(&format!("model = '{model}'")).unwrap();
            let mut device = sim::SpiDevice::new(&world, "device", &config).unwrap();
            let mut bus = sim::SpiBus::new(&world, "bus", &config).unwrap();
            device.set_speed_hz(NonZeroU32::new(hz));
            wait_between(&steps, &**world.clock(), |steps| {
                let mut buffers: Vec<Vec<u8>> = steps.iter().map(buffer).collect();
                for (step, buffer) in steps.iter().zip(&mut buffers) {
                    let write: &[u8] = if let Step::Write(bytes) = step { bytes } else { &[] };
                    bus.transfer(buffer, write).unwrap();
                }
                let mut operations: Vec<spi::Operation<'_, u8>> = steps
                    .iter()
                    .zip(&mut buffers)
                    .map(|(step, buffer)| match step {
                        Step::Write(bytes) => spi::Operation::Transfer(buffer, bytes),
                        _ => spi::Operation::Read(buffer),
                    })
                    .collect();
                device.transaction(&mut operations).unwrap();
            });
            world.screens().pictures();
        }
    }

    #[test]
    fn nothing_that_is_sent_makes_a_serial_model_panic(
        steps in vec(step(), 0..60),
        baud in prop::option::of(1_u32..),
    ) {
        for model in SERIAL {
            let world = world();
            let speed = baud.map_or(String::new(), |baud| format!("\nbaud = {baud}"));
            let config = toml::from_str(&format!("{model}{speed}")).unwrap();
            let mut port = sim::Serial::new(&world, "port", &config).unwrap();
            for step in &steps {
                let now = world.clock().now_ns();
                match step {
                    Step::Write(bytes) => drop(port.write(bytes)),
                    Step::Read(len) => drop(port.read(&mut vec![0; *len], now)),
                    Step::Wait(ns) => drop(port.read(&mut [0; 9], now.saturating_add(*ns))),
                    Step::End => drop(port.flush()),
                }
            }
        }
    }
}

fn buffer(step: &Step) -> Vec<u8> {
    match step {
        Step::Read(len) => vec![0; *len],
        Step::Write(bytes) => vec![0; bytes.len() / 2],
        Step::Wait(_) | Step::End => Vec::new(),
    }
}
