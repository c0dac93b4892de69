//! The `linux` backend on folders that look like the kernel's `/sys`.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};

use periplasm_backend::linux::{AdcConfig, Hardware, LinuxAdc, LinuxPwm, OpenError, PwmConfig};
use periplasm_backend::{Adc, Pwm, PwmError};
use tempfile::TempDir;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The first line: a file keeps its old tail, the kernel's has none.
fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap().lines().next().unwrap_or("").to_owned()
}

/// A chip of two channels, the second of which is exported.
fn chip() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let chip = folder.path().join("pwmchip0");
    for (name, text) in [
        ("npwm", "2\n"),
        ("export", ""),
        ("unexport", ""),
        ("pwm1/period", "1000\n"),
        ("pwm1/duty_cycle", "500\n"),
        ("pwm1/enable", "1\n"),
        ("pwm1/polarity", "normal\n"),
    ] {
        write(&chip, name, text);
    }
    (folder, chip)
}

fn pwm(chip: &Path) -> PwmConfig {
    PwmConfig { chip: chip.to_owned(), channel: 1, period_ns: 20_000_000, inverted: false }
}

#[test]
fn a_pwm_channel_is_set_up_driven_and_switched_off() {
    let (_folder, chip) = chip();
    let config = PwmConfig { inverted: true, ..pwm(&chip) };
    let mut output = LinuxPwm::open(&config).unwrap();
    let now = |name: &str| read(&chip.join("pwm1"), name);
    assert_eq!(now("period"), "20000000");
    assert_eq!(now("polarity"), "inversed");
    assert_eq!((now("duty_cycle"), now("enable")), ("0".to_owned(), "1".to_owned()));

    assert_eq!(output.max_duty(), 65535);
    output.set_duty(65535).unwrap();
    assert_eq!(now("duty_cycle"), "20000000");
    output.set_duty(4915).unwrap();
    assert_eq!(now("duty_cycle"), "1499962");

    drop(output);
    assert_eq!((now("duty_cycle"), now("enable")), ("0".to_owned(), "0".to_owned()));
    assert_eq!(read(&chip, "unexport"), "", "somebody else exported it");
}

#[test]
fn a_duty_cycle_above_the_maximum_changes_nothing() {
    let (_folder, chip) = chip();
    let mut output = LinuxPwm::open(&PwmConfig { period_ns: 1000, ..pwm(&chip) }).unwrap();
    assert_eq!(output.max_duty(), 1000);
    output.set_duty(10).unwrap();
    assert_eq!(output.set_duty(1001), Err(PwmError::AboveMax));
    assert_eq!(read(&chip, "pwm1/duty_cycle"), "10");
}

#[test]
fn a_channel_that_was_not_exported_is_exported_and_given_back() {
    let (_folder, chip) = chip();
    // The kernel, as it answers a write to `export`.
    let kernel = {
        let chip = chip.clone();
        std::thread::spawn(move || {
            while read(&chip, "export") != "0" {
                std::thread::yield_now();
            }
            for name in ["period", "duty_cycle", "enable"] {
                write(&chip, &format!("pwm0/{name}"), "0\n");
            }
        })
    };
    // It has no `polarity`: the chip cannot invert.
    let output = LinuxPwm::open(&PwmConfig { channel: 0, ..pwm(&chip) }).unwrap();
    kernel.join().unwrap();
    assert_eq!(read(&chip, "pwm0/period"), "20000000");
    drop(output);
    assert_eq!(read(&chip, "unexport"), "0");

    let inverted = PwmConfig { channel: 0, inverted: true, ..pwm(&chip) };
    let error = LinuxPwm::open(&inverted).unwrap_err();
    assert!(matches!(error, OpenError::Unsupported { what: Hardware::Pwm, .. }), "{error:?}");
    assert!(error.to_string().ends_with("pwmchip0/pwm0 cannot do an inverted output"), "{error}");
}

#[test]
fn what_is_wrong_with_a_pwm_channel_is_said() {
    let (folder, chip) = chip();
    let message = |config: &PwmConfig| LinuxPwm::open(config).unwrap_err().to_string();
    let nowhere = PwmConfig { chip: "/sys/class/pwm/pwmchip-none".into(), ..pwm(&chip) };
    assert_eq!(message(&nowhere), "there is no PWM chip at /sys/class/pwm/pwmchip-none");
    let other = PwmConfig { chip: folder.path().to_owned(), ..pwm(&chip) };
    assert!(message(&other).ends_with(" is not a PWM chip"));
    let beyond = PwmConfig { channel: 2, ..pwm(&chip) };
    assert!(message(&beyond).ends_with("pwmchip0 has no channel 2: it has 2"));
    let still = PwmConfig { period_ns: 0, ..pwm(&chip) };
    assert_eq!(message(&still), "the period is 0 ns, and must be at least 1 ns");
    write(&chip, "npwm", "many");
    assert!(
        message(&pwm(&chip)).ends_with(r#"npwm reads "many", and must be a number of channels"#)
    );
}

/// A 12-bit converter at 3.3 V, as `mcp320x` shows it.
fn converter() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("iio:device0");
    for (name, text) in [
        ("name", "mcp3208\n"),
        ("in_voltage3_raw", "1241\n"),
        ("in_voltage_scale", "0.805664062\n"),
        ("scan_elements/in_voltage3_type", "be:u12/16>>0\n"),
        ("in_voltage0-voltage1_raw", "-100\n"),
        ("in_voltage-voltage_scale", "2.000000\n"),
    ] {
        write(&device, name, text);
    }
    (folder, device)
}

fn adc(device: &Path) -> AdcConfig {
    AdcConfig { device: device.to_owned(), channel: 3, minus: None, bits: None }
}

#[test]
fn a_voltage_is_read_in_codes_and_microvolts() {
    let (_folder, device) = converter();
    let mut input = LinuxAdc::open(&adc(&device)).unwrap();
    assert_eq!(input.max_code(), 4095);
    assert_eq!(input.read(), Ok(1241));
    // 1241 × 0.805664062 mV
    assert_eq!(input.read_microvolts(), Ok(999_829));
    write(&device, "in_voltage3_raw", "0");
    assert_eq!(input.read_microvolts(), Ok(0));
}

#[test]
fn a_channel_has_its_own_scale_and_offset_before_the_shared_ones() {
    let (_folder, device) = converter();
    write(&device, "in_voltage3_scale", "1.5");
    write(&device, "in_voltage3_offset", "-1000");
    let mut input = LinuxAdc::open(&adc(&device)).unwrap();
    assert_eq!(input.read_microvolts(), Ok(361_500));
}

#[test]
fn a_differential_channel_has_codes_of_both_signs() {
    let (_folder, device) = converter();
    let config = AdcConfig { channel: 0, minus: Some(1), bits: Some(12), ..adc(&device) };
    let mut input = LinuxAdc::open(&config).unwrap();
    assert_eq!(input.max_code(), 2047);
    assert_eq!(input.read_microvolts(), Ok(-200_000));
}

#[test]
fn what_is_wrong_with_a_converter_is_said() {
    let (_folder, device) = converter();
    let message = |config: &AdcConfig| LinuxAdc::open(config).unwrap_err().to_string();
    let nowhere = AdcConfig { device: "/sys/bus/iio/devices/none".into(), ..adc(&device) };
    assert_eq!(message(&nowhere), "there is no IIO device at /sys/bus/iio/devices/none");
    let beyond = AdcConfig { channel: 8, ..adc(&device) };
    assert!(message(&beyond).ends_with("iio:device0 has no in_voltage8_raw"));
    write(&device, "in_voltage5_raw", "1");
    let silent = AdcConfig { channel: 5, ..adc(&device) };
    assert!(message(&silent).ends_with("does not say how many bits its codes have"));
    for bits in [0, 32, 255] {
        let many = AdcConfig { bits: Some(bits), ..adc(&device) };
        assert!(message(&many).starts_with(&format!("bits is {bits}, and must be from 1 to 31")));
    }
    write(&device, "in_voltage_scale", "a lot");
    assert!(message(&adc(&device)).ends_with(r#"reads "a lot", and must be a decimal number"#));
}
