//! What holds for every sequence on the bus.

mod support;

use periplasm_backend::sim::models::bme280::{
    Bme280, Calibration, MeasurementTime, Options, Raw, Value, compensate,
};
use periplasm_backend::sim::models::lm75::{self, Lm75};
use periplasm_backend::sim::models::registers::{self, Registers};
use periplasm_backend::sim::{Direction, I2cTarget};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{Board, seven};

use embedded_hal::i2c::Operation;
use periplasm_backend::I2cBus;

#[derive(Clone, Debug)]
enum Step {
    Start(Direction),
    Write(u8),
    Read,
    Stop,
    Wait(u64),
}

/// Register addresses and settings that mean something, among any bytes.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        prop::sample::select(vec![
            0x00, 0x01, 0x02, 0x03, 0x25, 0x27, 0xb6, 0xb7, 0xe0, 0xf2, 0xf3, 0xf4, 0xf5, 0xf7,
        ]),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop_oneof![Just(Direction::Read), Just(Direction::Write)].prop_map(Step::Start),
        6 => byte().prop_map(Step::Write),
        3 => Just(Step::Read),
        1 => Just(Step::Stop),
        1 => prop_oneof![0..200_000_000_u64, any::<u64>()].prop_map(Step::Wait),
    ]
}

fn perform(target: &mut dyn I2cTarget, steps: &[Step]) {
    let mut now = 0_u64;
    for step in steps {
        match step {
            Step::Start(direction) => drop(target.start(*direction, now)),
            Step::Write(byte) => drop(target.write(*byte, now)),
            Step::Read => drop(target.read(now)),
            Step::Stop => target.stop(now),
            Step::Wait(ns) => now = now.saturating_add(*ns),
        }
    }
}

prop_compose! {
    fn calibration()(
        t in any::<(u16, i16, i16)>(),
        p in any::<(u16, i16, i16, i16, i16, i16, i16, i16, i16)>(),
        h in (any::<u8>(), any::<i16>(), any::<u8>(), -2048..=2047_i16, -2048..=2047_i16, any::<i8>()),
    ) -> Calibration {
        let (t1, t2, t3) = t;
        let (p1, p2, p3, p4, p5, p6, p7, p8, p9) = p;
        let (h1, h2, h3, h4, h5, h6) = h;
        Calibration { t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9, h1, h2, h3, h4, h5, h6 }
    }
}

prop_compose! {
    fn raw()(temperature in 0..=0xfffff_u32, pressure in 0..=0xfffff_u32, humidity in 0..=0xffff_u32)
        -> Raw
    {
        Raw { temperature, pressure, humidity }
    }
}

fn options(calibration: Calibration, raw: Raw, measurement_time: MeasurementTime) -> Options {
    Options {
        calibration,
        temperature: Value::Raw(raw.temperature),
        pressure: Value::Raw(raw.pressure),
        humidity: Value::Raw(raw.humidity),
        measurement_time,
    }
}

proptest! {
    #[test]
    fn nothing_on_the_bus_makes_a_model_panic(
        steps in vec(step(), 0..200),
        calibration in calibration(),
        raw in raw(),
        celsius in -55.0..=125.0,
        bits in prop::sample::select(vec![9_u8, 11]),
        contents in vec(any::<u8>(), 0..=256),
        read_only: bool,
    ) {
        for time in [MeasurementTime::Typical, MeasurementTime::Maximum] {
            perform(&mut Bme280::new(&options(calibration, raw, time)).unwrap(), &steps);
        }
        let lm75 = lm75::Options { temperature: celsius, resolution_bits: bits };
        perform(&mut Lm75::new(&lm75).unwrap(), &steps);
        perform(&mut Registers::new(&registers::Options { contents, read_only }).unwrap(), &steps);
    }

    #[test]
    fn any_calibration_compensates_to_a_number_or_is_refused(
        calibration in calibration(),
        raw in raw(),
    ) {
        let climate = compensate(&calibration, raw);
        prop_assert!(climate.temperature.is_finite(), "{climate:?}");
        prop_assert!(!climate.pressure.is_nan(), "{climate:?}");
        prop_assert!((0.0..=100.0).contains(&climate.humidity), "{climate:?}");
    }

    /// All three raw values carry the same number, and change together; so they
    /// must agree in every burst, however long it takes.
    #[test]
    fn a_burst_in_normal_mode_is_one_measurement(
        standby in 0..8_u8,
        changes in vec((0..30_000_000_u64, any::<u16>()), 1..8),
        bursts in vec((0..40_000_000_u64, 0..3_000_000_u64), 1..8),
    ) {
        let mut chip = Bme280::new(&Options::default()).unwrap();
        let set = |chip: &mut Bme280, value: u16, now| {
            let wide = Value::Raw(u32::from(value) << 4);
            chip.set_temperature(wide, now).unwrap();
            chip.set_pressure(wide, now).unwrap();
            chip.set_humidity(Value::Raw(value.into()), now).unwrap();
        };
        set(&mut chip, 1, 0);
        chip.start(Direction::Write, 0);
        for byte in [0xf2, 1, 0xf5, standby << 5, 0xf4, 0x27] {
            chip.write(byte, 0);
        }
        let mut changes = changes.into_iter();
        let mut next = changes.next();
        let mut values = vec![0x8000, 1];
        let mut now = 0;
        let mut last_change = 0;
        for (pause, per_byte) in bursts {
            now += pause;
            chip.start(Direction::Write, now);
            chip.write(0xf7, now);
            chip.start(Direction::Read, now);
            let mut data = [0; 8];
            for byte in &mut data {
                while let Some((after, value)) = next.filter(|(after, _)| last_change + after <= now) {
                    last_change += after;
                    set(&mut chip, value, now);
                    values.push(value);
                    next = changes.next();
                }
                *byte = chip.read(now);
                now += per_byte;
            }
            chip.stop(now);
            let [p, p_lsb, 0, t, t_lsb, 0, h, h_lsb] = data else {
                return Err(TestCaseError::fail(format!("more than 16 bits: {data:x?}")));
            };
            prop_assert_eq!([p, p_lsb], [t, t_lsb]);
            prop_assert_eq!([p, p_lsb], [h, h_lsb]);
            prop_assert!(values.contains(&u16::from_be_bytes([h, h_lsb])));
        }
    }

    #[test]
    fn registers_behave_like_an_array(
        contents in vec(any::<u8>(), 0..=256),
        transactions in vec((any::<u8>(), vec(any::<u8>(), 0..300), 0..300_usize), 0..12),
    ) {
        let mut array = [0; 256];
        array[..contents.len()].copy_from_slice(&contents);
        let (mut board, _) = Board::with(
            Registers::new(&registers::Options { contents, read_only: false }).unwrap(),
        );
        for (register, data, len) in transactions {
            // The address and the data go out in one run; the read goes on
            // where the write ended.
            let mut read = vec![0; len];
            let mut operations = [
                Operation::Write(std::slice::from_ref(&register)),
                Operation::Write(&data),
                Operation::Read(&mut read),
            ];
            board.bus.transaction(seven(0x48), &mut operations).unwrap();
            let at = |offset: usize| (usize::from(register) + offset) % 256;
            for (offset, byte) in data.iter().enumerate() {
                array[at(offset)] = *byte;
            }
            let expected: Vec<u8> = (0..len).map(|n| array[at(data.len() + n)]).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
