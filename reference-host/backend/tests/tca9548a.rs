//! The TCA9548A model against TI's datasheet, SCPS207F, and devices behind it.

use std::sync::Arc;

use embedded_hal::i2c::{ErrorKind, I2c, NoAcknowledgeSource};
use periplasm_backend::native::NativeI2c;
use periplasm_backend::sim::{Bus, ConfigError, DeviceConfig, VirtualClock};
use periplasm_backend::{I2cAddress, SharedI2c};

const ABSENT: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);

fn device(text: &str) -> DeviceConfig {
    toml::from_str(text).unwrap()
}

/// A chip with one register at `address`, behind the channel.
fn behind(channel: u8, contents: u8) -> DeviceConfig {
    device(&format!(
        "model = 'registers'\naddress = 0x50\ncontents = [{contents}]\n\
         behind = {{ address = 0x70, channel = {channel} }}"
    ))
}

fn bus(devices: &[DeviceConfig]) -> NativeI2c {
    let mut bus = Bus::new(Arc::new(VirtualClock::new()));
    bus.attach(&device("model = 'tca9548a'\naddress = 0x70")).unwrap();
    devices.iter().for_each(|device| bus.attach(device).unwrap());
    NativeI2c::new(SharedI2c::new(bus))
}

fn first(bus: &mut NativeI2c) -> Result<u8, ErrorKind> {
    use embedded_hal::i2c::Error as _;
    let mut read = [0];
    bus.write_read(0x50_u8, &[0], &mut read).map_err(|error| error.kind())?;
    Ok(read[0])
}

#[test]
fn a_channel_is_joined_by_its_bit_and_none_after_power_up() {
    let mut bus = bus(&[behind(0, 0x11), behind(7, 0x22)]);
    assert_eq!(first(&mut bus), Err(ABSENT));
    bus.write(0x70_u8, &[0b0000_0001]).unwrap();
    assert_eq!(first(&mut bus), Ok(0x11));
    bus.write(0x70_u8, &[0b1000_0000]).unwrap();
    assert_eq!(first(&mut bus), Ok(0x22));
    bus.write(0x70_u8, &[0b0000_0010]).unwrap();
    assert_eq!(first(&mut bus), Err(ABSENT));
}

#[test]
fn the_last_byte_stays_and_is_read_back() {
    let mut bus = bus(&[]);
    bus.write(0x70_u8, &[0x01, 0x42]).unwrap();
    let mut read = [0; 2];
    bus.read(0x70_u8, &mut read).unwrap();
    assert_eq!(read, [0x42, 0x42]);
}

#[test]
fn two_at_one_address_on_joined_channels_pull_the_line_both() {
    let mut bus = bus(&[behind(0, 0b0110), behind(1, 0b0011)]);
    bus.write(0x70_u8, &[0b11]).unwrap();
    assert_eq!(first(&mut bus), Ok(0b0010));
}

#[test]
fn a_mux_behind_a_mux_has_to_be_joined_too() {
    let inner =
        device("model = 'tca9548a'\naddress = 0x71\nbehind = { address = 0x70, channel = 3 }");
    let far = device(
        "model = 'registers'\naddress = 0x50\ncontents = [9]\n\
         behind = { address = 0x71, channel = 0 }",
    );
    let mut bus = bus(&[inner, far]);
    assert!(bus.write(0x71_u8, &[1]).is_err());
    bus.write(0x70_u8, &[8]).unwrap();
    bus.write(0x71_u8, &[1]).unwrap();
    assert_eq!(first(&mut bus), Ok(9));
    bus.write(0x70_u8, &[0]).unwrap();
    assert_eq!(first(&mut bus), Err(ABSENT));
}

#[test]
fn what_is_behind_nothing_is_refused() {
    let mux = I2cAddress::seven_bit(0x70).unwrap();
    let mut empty = Bus::new(Arc::new(VirtualClock::new()));
    let wrong = empty.attach(&behind(0, 1)).unwrap_err();
    assert_eq!(wrong, ConfigError::NoChannel { mux, channel: 0 });
    let mut bus = Bus::new(Arc::new(VirtualClock::new()));
    bus.attach(&device("model = 'tca9548a'\naddress = 0x70")).unwrap();
    assert_eq!(bus.attach(&behind(8, 1)), Err(ConfigError::NoChannel { mux, channel: 8 }));
    bus.attach(&behind(7, 1)).unwrap();
    let taken = ConfigError::AddressTaken(I2cAddress::seven_bit(0x50).unwrap());
    assert_eq!(bus.attach(&behind(7, 1)), Err(taken));
}
