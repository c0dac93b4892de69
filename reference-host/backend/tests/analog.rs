//! Simulated pulses and voltages.

use std::sync::Arc;

use embedded_hal::pwm::SetDutyCycle;
use periplasm_backend::native::NativePwm;
use periplasm_backend::sim::{
    AdcConfig, Converter, Duty, Pulses, PwmConfig, VirtualClock, Voltage, World,
};
use periplasm_backend::{Adc, AdcError, PwmError};

fn world() -> World {
    World::new(Arc::new(VirtualClock::new()))
}

fn converter(world: &World, config: &str) -> Converter {
    let config: AdcConfig = toml::from_str(config).unwrap();
    Converter::new(world, "battery", &config).unwrap()
}

#[test]
fn a_duty_is_seen_and_one_above_the_maximum_changes_nothing() {
    let world = world();
    let config: PwmConfig = toml::from_str("max-duty = 1000").unwrap();
    let mut pwm = NativePwm::new(Pulses::new(&world, "fan", &config).unwrap());
    let seen = world.shared::<Duty>("fan");
    assert_eq!(*seen.lock().unwrap(), Duty { duty: 0, max: 1000 });
    pwm.set_duty_cycle_percent(40).unwrap();
    assert_eq!(pwm.set_duty_cycle(1001), Err(PwmError::AboveMax));
    assert_eq!(*seen.lock().unwrap(), Duty { duty: 400, max: 1000 });
    assert_eq!(seen.lock().unwrap().part(), 0.4);
}

#[test]
fn an_output_that_disappears_comes_back_after_its_times() {
    let config = "fault = { kind = \"disappears\", after = 1, times = 2 }";
    let config: PwmConfig = toml::from_str(config).unwrap();
    let mut pwm = NativePwm::new(Pulses::new(&world(), "fan", &config).unwrap());
    let results = [1, 2, 3, 4].map(|duty| pwm.set_duty_cycle(duty));
    assert_eq!(results, [Ok(()), Err(PwmError::Gone), Err(PwmError::Gone), Ok(())]);
}

/// The ideal transfer function of a converter of n bits: code = floor(2^n *
/// voltage / full scale), full at the top (for instance Microchip DS21290,
/// equation 4-1).
#[test]
fn a_code_is_so_many_steps_of_the_full_scale() {
    let scale = "bits = 12\nreference-microvolts = 2_500_000\nmicrovolts = ";
    for (microvolts, code, read) in [
        (0, 0, 0),
        (610, 0, 0),
        (611, 1, 610),
        (1_250_000, 2048, 1_250_000),
        (2_499_999, 4095, 2_499_389),
        (2_500_000, 4095, 2_499_389),
    ] {
        let mut input = converter(&world(), &format!("{scale}{microvolts}"));
        assert_eq!((input.read(), input.read_microvolts()), (Ok(code), Ok(read)), "{microvolts}");
    }
    for microvolts in [-1, 2_500_001] {
        let mut input = converter(&world(), &format!("{scale}{microvolts}"));
        assert_eq!(input.read(), Err(AdcError::OutOfRange), "{microvolts}");
    }
    assert_eq!(converter(&world(), "bits = 31").max_code(), i32::MAX);
}

#[test]
fn a_voltage_follows_its_wave_and_whoever_puts_one_on() {
    let world = world();
    let wave = "reference-microvolts = 4096\nmicrovolts = 1\n\
                wave = [{ at-us = 10, microvolts = 2 }, { at-us = 20, microvolts = 3 }]";
    let mut input = converter(&world, wave);
    let mut read_after = |ns| {
        world.clock().delay_ns(ns);
        input.read().unwrap()
    };
    assert_eq!([read_after(9_999), read_after(1), read_after(50_000)], [1, 2, 3]);
    *world.shared::<Voltage>("battery").lock().unwrap() = Voltage(Some(100));
    assert_eq!(read_after(0), 100);
}

#[test]
fn what_no_converter_or_output_can_be_is_refused() {
    for config in ["bits = 0", "bits = 32", "reference-microvolts = 0"] {
        let config: AdcConfig = toml::from_str(config).unwrap();
        assert!(config.check().is_err(), "{config:?}");
    }
    let wave = "wave = [{ at-us = 2, microvolts = 0 }, { at-us = 2, microvolts = 1 }]";
    assert!(toml::from_str::<AdcConfig>(wave).unwrap().check().is_err());
    assert!(toml::from_str::<PwmConfig>("max-duty = 0").unwrap().check().is_err());
}
