//! What the `linux` backend says of hardware that is not there.
#![cfg(target_os = "linux")]

use std::sync::Arc;

use periplasm_backend::linux::{
    CanConfig, GpioDrive, GpioLine, InputConfig, LinuxCan, LinuxInput, LinuxOutput, LinuxSerial,
    LinuxSpi, LinuxSpiBus, OpenError, OutputConfig, SerialConfig, SpiBusConfig, SpiConfig,
};
use periplasm_backend::{Level, RealClock};

fn spi(device: &str) -> SpiConfig {
    SpiConfig {
        device: device.into(),
        mode: 0,
        speed_hz: 1_000_000,
        lsb_first: false,
        cs_active_high: false,
        hold_chip_select: true,
    }
}

fn spi_bus(device: &str) -> SpiBusConfig {
    SpiBusConfig { device: device.into(), mode: 3, speed_hz: 1_000_000, lsb_first: true }
}

#[track_caller]
fn says(error: &OpenError, message: &str, remedy: &str) {
    assert_eq!(error.to_string(), message);
    assert!(error.remedy().contains(remedy), "{}", error.remedy());
}

#[test]
fn an_spi_device() {
    let missing = LinuxSpi::open(&spi("/dev/spidev-none")).unwrap_err();
    says(&missing, "there is no SPI device at /dev/spidev-none", "ls /dev/spidev*");
    let other = LinuxSpi::open(&spi("/dev/null")).unwrap_err();
    says(&other, "/dev/null is not an SPI device", "/dev/spidev0.0");
    let folder = LinuxSpi::open(&spi("/dev")).unwrap_err();
    says(&folder, "/dev is not an SPI device", "/dev/spidev0.0");
    let mode = LinuxSpi::open(&SpiConfig { mode: 4, ..spi("/dev/spidev-none") }).unwrap_err();
    says(&mode, "the mode is 4, and must be from 0 to 3", "board file");
    let speed = LinuxSpi::open(&SpiConfig { speed_hz: 0, ..spi("/dev/spidev-none") }).unwrap_err();
    says(&speed, "the speed is 0 Hz, and must be at least 1 Hz", "board file");
}

#[test]
fn an_spi_bus() {
    let missing = LinuxSpiBus::open(&spi_bus("/dev/spidev-none")).unwrap_err();
    says(&missing, "there is no SPI device at /dev/spidev-none", "spidev");
    let other = LinuxSpiBus::open(&spi_bus("/dev/zero")).unwrap_err();
    says(&other, "/dev/zero is not an SPI device", "/dev/spidev0.0");
}

#[test]
fn a_line() {
    let output = |chip: &str| OutputConfig {
        chip: chip.into(),
        line: GpioLine::Offset(17),
        active_low: false,
        drive: GpioDrive::PushPull,
        bias: None,
        initial: Level::Low,
    };
    let missing = LinuxOutput::open(&output("/dev/gpiochip-none")).unwrap_err();
    says(&missing, "there is no GPIO chip at /dev/gpiochip-none", "gpiodetect");
    for path in ["/dev/null", "/dev"] {
        let other = LinuxOutput::open(&output(path)).unwrap_err();
        says(&other, &format!("{path} is not a GPIO chip"), "/dev/gpiochip0");
    }
    let input = InputConfig {
        chip: "/dev/gpiochip-none".into(),
        line: GpioLine::Name("GPIO17".to_owned()),
        active_low: true,
        bias: None,
        debounce: None,
        edges: true,
    };
    let missing = LinuxInput::open(&input, Arc::new(RealClock::new())).unwrap_err();
    says(&missing, "there is no GPIO chip at /dev/gpiochip-none", "ls /dev/gpiochip*");
}

#[test]
fn a_serial_port() {
    let open = |path: &str| {
        LinuxSerial::open(&SerialConfig::new(path, 9600), Arc::new(RealClock::new())).unwrap_err()
    };
    let missing = open("/dev/ttyUSB-none");
    says(&missing, "there is no serial port at /dev/ttyUSB-none", "/dev/serial/by-id");
    for path in ["/dev/null", "/dev"] {
        says(&open(path), &format!("{path} is not a serial port"), "/dev/ttyUSB0");
    }
}

#[test]
fn a_can_interface() {
    let open =
        |name: &str| LinuxCan::open(&CanConfig::new(name), Arc::new(RealClock::new())).unwrap_err();
    let remedy = "ip link set can0 up type can bitrate 500000";
    says(&open("can-none"), "there is no CAN interface at can-none", remedy);
    let long = "a-name-longer-than-an-interface-has";
    says(&open(long), &format!("there is no CAN interface at {long}"), remedy);
    says(&open("a\0b"), "there is no CAN interface at a\0b", remedy);
    // Which of the two it is depends on the kernel.
    match open("lo") {
        error @ OpenError::WrongKind { .. } => {
            says(&error, "lo is not a CAN interface", "ip link show type can");
        }
        error => says(&error, "this kernel has no support for CAN interfaces", "modprobe can_raw"),
    }
}
