//! The `pwm-pca9685` driver as a component, on a simulated board. What it did is
//! read from the chip's registers, over the same bus.

use embedded_hal::i2c::Operation;
use periplasm_backend::{I2cAddress, SharedI2c};
use periplasm_tests::{DeviceError, Rig};

const PWM: &str = "periplasm:device/pwm@0.1.0";

const BOARD: &str = r#"
backend = "sim"

[i2c.bus]
allow = [0x40]

[[i2c.bus.devices]]
model = "pca9685"
address = 0x40
"#;

const MODE1: u8 = 0x00;
const LED0: u8 = 0x06;
const LED15: u8 = 0x42;
const PRE_SCALE: u8 = 0xfe;

struct Chip(Rig, SharedI2c);

impl Chip {
    fn new() -> Self {
        let slots = "bus = { i2c = \"bus\", address = 0x40 }";
        let rig = Rig::driver("drivers/pwm-pca9685", slots, BOARD);
        let bus = rig.machine.i2c("bus").unwrap();
        Self(rig, bus)
    }

    fn set_duty(&mut self, channel: u8, duty: u16) -> Result<(), DeviceError> {
        let params = (channel, duty);
        self.0.call::<_, (Result<(), DeviceError>,)>(PWM, "set-duty", params).unwrap().0
    }

    fn set_frequency(&mut self, millihertz: u32) -> Result<(), DeviceError> {
        let params = (millihertz,);
        self.0.call::<_, (Result<(), DeviceError>,)>(PWM, "set-frequency", params).unwrap().0
    }

    fn read<const N: usize>(&self, register: u8) -> [u8; N] {
        let mut bytes = [0; N];
        let mut operations = [Operation::Write(&[register]), Operation::Read(&mut bytes)];
        let address = I2cAddress::seven_bit(0x40).unwrap();
        self.1.transaction(address, &mut operations).unwrap();
        bytes
    }
}

#[test]
fn a_frequency_gives_the_prescaler_of_the_datasheet() {
    // NXP PCA9685, section 7.3.5: 200 Hz is 1Eh; the ends are 03h and FFh, which
    // it rounds to 1526 Hz and 24 Hz.
    let mut chip = Chip::new();
    for (millihertz, expected) in [(50_000, 0x79), (200_000, 0x1e), (1_526_000, 0x03)] {
        assert_eq!(chip.set_frequency(millihertz), Ok(()));
        assert_eq!(chip.read(PRE_SCALE), [expected], "{millihertz} mHz");
    }
    assert_eq!(chip.set_frequency(24_000), Ok(()));
    assert_eq!(chip.read(PRE_SCALE), [0xfd]);
    for impossible in [0, 20_000, 2_000_000, u32::MAX] {
        assert_eq!(chip.set_frequency(impossible), Err(DeviceError::InvalidData));
    }
}

#[test]
fn a_duty_cycle_is_counted_in_parts_of_4096() {
    // Section 7.3.3: ON at 0, OFF at the count; bit 4 of the high bytes is full.
    let mut chip = Chip::new();
    for (duty, expected) in [
        (13_107, [0x00, 0x00, 0x33, 0x03]), // 20 %: 819
        (0, [0x00, 0x00, 0x33, 0x13]),
        (32_768, [0x00, 0x00, 0x00, 0x08]),
        (65_535, [0x00, 0x10, 0x00, 0x00]),
        (1, [0x00, 0x00, 0x00, 0x10]),
    ] {
        assert_eq!(chip.set_duty(0, duty), Ok(()));
        let [on_low, on_high, off_low, off_high]: [u8; 4] = chip.read(LED0);
        let off = off_high & 0x10 != 0;
        if off {
            assert_eq!(expected[3] & 0x10, 0x10, "duty {duty}");
        } else {
            assert_eq!([on_low, on_high, off_low, off_high], expected, "duty {duty}");
        }
    }
    assert_eq!(chip.set_duty(15, 32_768), Ok(()));
    assert_eq!(chip.read(LED15), [0x00, 0x00, 0x00, 0x08]);
    assert_eq!(chip.set_duty(16, 1), Err(DeviceError::InvalidData));
}

#[test]
fn outputs_go_on_after_a_change_of_the_frequency() {
    let mut chip = Chip::new();
    assert_eq!(chip.set_duty(0, 32_768), Ok(()));
    assert_eq!(chip.set_frequency(60_000), Ok(()));
    // Awake, nothing left to restart, and auto-increment for the four bytes.
    assert_eq!(chip.read(MODE1), [0x21]);
    assert_eq!(chip.read(LED0), [0x00, 0x00, 0x00, 0x08]);
}
