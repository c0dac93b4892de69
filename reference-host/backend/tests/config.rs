//! What a board file may say about a simulated device, and what it is told.

mod support;

use std::num::NonZeroU64;

use periplasm_backend::sim::{ConfigError, DeviceConfig, Fault, NoAcknowledge};
use periplasm_backend::{I2cAddress, sim};
use support::{Board, device, seven, ten};

#[test]
fn a_device_says_where_it_answers_and_what_it_is() {
    for (table, address, model) in [
        ("model = 'bme280'\naddress = 0x76", seven(0x76), "bme280"),
        ("model = 'lm75'\naddress = 0", seven(0), "lm75"),
        ("model = 'registers'\nten-bit-address = 0x3ff", ten(0x3ff), "registers"),
    ] {
        let config = device(table);
        assert_eq!((config.address(), config.model(), config.fault()), (address, model, None));
    }
}

#[test]
fn every_option_of_every_model_is_taken() {
    for table in [
        "model = 'bme280'\naddress = 0x76\ntemperature = 21.5\npressure = 1013.25\nhumidity = 45",
        "model = 'bme280'\naddress = 0x76\ntemperature = 21\nraw = { pressure = 1, humidity = 2 }",
        "model = 'bme280'\naddress = 0x76\nmeasurement-time = 'typical'\n\
         raw = { temperature = 1048575, pressure = 0, humidity = 65535 }",
        "model = 'bme280'\naddress = 0x76\n[calibration]\nt1 = 1\nt2 = 2\nt3 = -3\np1 = 4\n\
         p2 = 5\np3 = 6\np4 = 7\np5 = 8\np6 = 9\np7 = 10\np8 = 11\np9 = 12\nh1 = 13\nh2 = 14\n\
         h3 = 15\nh4 = 2047\nh5 = -2048\nh6 = -18",
        "model = 'lm75'\naddress = 0x48\ntemperature = -55\nresolution-bits = 11",
        "model = 'registers'\naddress = 0x50\ncontents = [0, 255]\nread-only = true",
    ] {
        device(table);
    }
}

#[test]
fn every_fault_is_taken_with_its_defaults() {
    let two = NonZeroU64::new(2);
    let (address, data) = (NoAcknowledge::Address, NoAcknowledge::Data);
    for (text, expected) in [
        ("'no-acknowledge'", Fault::NoAcknowledge { source: address, after: 0, times: None }),
        (
            "'no-acknowledge', source = 'data', after = 1, times = 2",
            Fault::NoAcknowledge { source: data, after: 1, times: two },
        ),
        ("'arbitration-loss', times = 2", Fault::ArbitrationLoss { after: 0, times: two }),
        ("'stuck-bus', after = 3", Fault::StuckBus { after: 3, times: None }),
        ("'disappears', after = 4", Fault::Disappears { after: 4 }),
    ] {
        let table = format!("model = 'lm75'\naddress = 0x48\nfault = {{ kind = {text} }}");
        assert_eq!(device(&table).fault(), Some(expected));
    }
}

/// What is wrong with the tables, and what each message must contain.
const MISTAKES: &[(&str, &[&str])] = &[
    // No model, or none of these.
    ("address = 0x48", &["missing field `model`"]),
    (
        "model = 'bmp280'\naddress = 0x76",
        &["there is no I2C model `bmp280`; did you mean `bme280`?"],
    ),
    (
        "model = 'unobtainium'\naddress = 0x76",
        &["there is no I2C model `unobtainium`; there are", "`bme280`", "`lm75`", "`registers`"],
    ),
    ("model = 75\naddress = 0x76", &["75", "the name of a model"]),
    // Addresses.
    ("model = 'lm75'", &["needs an address", "`address = 0x76`", "`ten-bit-address = 0x150`"]),
    (
        "model = 'lm75'\naddress = 0x48\nten-bit-address = 0x48",
        &["`address` or `ten-bit-address`, not both"],
    ),
    ("model = 'lm75'\naddress = 0x80", &["`address`", "0x80", "7-bit ones end at 0x7f"]),
    ("model = 'lm75'\nten-bit-address = 0x400", &["`ten-bit-address`", "0x400", "0x3ff"]),
    ("model = 'lm75'\naddress = -1", &["-1", "u16"]),
    ("model = 'lm75'\naddress = 65536", &["65536", "u16"]),
    ("model = 'lm75'\naddress = '0x48'", &["0x48", "u16"]),
    // Keys that nobody knows.
    (
        "model = 'lm75'\naddress = 0x48\ntemprature = 20.0",
        &[
            "`temprature` is not an option of the model `lm75`",
            "`temperature` and `resolution-bits`",
            "`ten-bit-address`",
            "`fault`",
        ],
    ),
    (
        "model = 'bme280'\naddress = 0x76\nraw = { temp = 1 }",
        &["`raw`: unknown field `temp`", "`temperature`, `pressure`, `humidity`"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\ncalibration = { t4 = 1 }",
        &["`calibration`: unknown field `t4`", "`t1`", "`h6`"],
    ),
    // What it is connected to.
    (
        "model = 'lm75'\naddress = 0x48\npins = { dc = 'screen-dc' }",
        &["the model `lm75` has no pin `dc`", "the pins it has are none"],
    ),
    (
        "model = 'lm75'\naddress = 0x48\nscreen = 'panel'",
        &["`screen` names a picture", "`lm75` shows none"],
    ),
    // Options of another model.
    (
        "model = 'lm75'\naddress = 0x48\npressure = 1000.0",
        &["`pressure` is not an option of the model `lm75`", "`temperature`", "`resolution-bits`"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\nread-only = true",
        &["`read-only` is not an option of the model `bme280`", "`measurement-time`"],
    ),
    (
        "model = 'registers'\naddress = 0x50\ntemperature = 20.0",
        &["`temperature` is not an option of the model `registers`", "`contents` and `read-only`"],
    ),
    // Values that no chip has.
    (
        "model = 'lm75'\naddress = 0x48\ntemperature = 125.5",
        &["`temperature` is 125.5", "-55 and 125 °C"],
    ),
    ("model = 'lm75'\naddress = 0x48\ntemperature = nan", &["`temperature` is NaN"]),
    (
        "model = 'lm75'\naddress = 0x48\nresolution-bits = 12",
        &["`resolution-bits` is 12", "9", "11"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\npressure = 101325",
        &["`pressure` is 101325", "300 and 1100 hPa"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\nraw = { temperature = 1048576 }",
        &["`raw.temperature` is 1048576", "0 and 1048575"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\ntemperature = 20.0\nraw = { temperature = 1 }",
        &["the temperature is given twice", "keep `raw.temperature` or `temperature`"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\nhumidity = 20.0\nraw = { humidity = 1 }",
        &["the humidity is given twice"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\ntemperature = 20.0\ncalibration = { t2 = 0, t3 = 0 }",
        &["no raw value means a temperature of 20 °C", "nearest is 0.000 °C", "`raw.temperature`"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\npressure = 1000.0\ncalibration = { p1 = 0 }",
        &["no raw value means a pressure of 1000 hPa", "`raw.pressure`"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\ncalibration = { h4 = 2048 }",
        &["`calibration.h4` is 2048", "-2048 and 2047"],
    ),
    (
        "model = 'bme280'\naddress = 0x76\nmeasurement-time = 'fast'",
        &["unknown variant `fast`", "`typical`", "`maximum`"],
    ),
    ("model = 'registers'\naddress = 0x50\ncontents = [256]", &["256", "u8"]),
    // Faults.
    (
        "model = 'lm75'\naddress = 0x48\nfault = { kind = 'smoke' }",
        &["unknown variant `smoke`", "`no-acknowledge`", "`arbitration-loss`", "`disappears`"],
    ),
    ("model = 'lm75'\naddress = 0x48\nfault = { after = 1 }", &["missing field `kind`"]),
    (
        "model = 'lm75'\naddress = 0x48\nfault = { kind = 'disappears', times = 1 }",
        &["unknown field `times`", "`after`"],
    ),
    (
        "model = 'lm75'\naddress = 0x48\nfault = { kind = 'stuck-bus', until = 1 }",
        &["unknown field `until`", "`after`", "`times`"],
    ),
    (
        "model = 'lm75'\naddress = 0x48\nfault = { kind = 'no-acknowledge', source = 'nobody' }",
        &["unknown variant `nobody`", "`address`", "`data`"],
    ),
    (
        "model = 'lm75'\naddress = 0x48\nfault = { kind = 'stuck-bus', times = 0 }",
        &["0", "nonzero"],
    ),
    ("model = 'lm75'\naddress = 0x48\nfault = { kind = 'stuck-bus', after = -1 }", &["-1"]),
];

#[test]
fn every_mistake_is_told_in_words_with_what_is_allowed() {
    for (table, expected) in MISTAKES {
        let error = toml::from_str::<DeviceConfig>(table).expect_err(table);
        let message = error.message();
        for part in *expected {
            assert!(message.contains(part), "{table}\n{message:?} does not say {part:?}");
        }
    }
}

#[test]
fn more_contents_than_registers_are_refused() {
    let table = |len| format!("model = 'registers'\naddress = 0x50\ncontents = {:?}", vec![1; len]);
    device(&table(256));
    let error = toml::from_str::<DeviceConfig>(&table(257)).unwrap_err();
    assert_eq!(error.message().trim_end(), "`contents` has 257 bytes, but there are 256 registers");
}

/// As a board file has it: mistakes are found inside a larger document.
#[derive(Debug, serde::Deserialize)]
#[allow(dead_code, reason = "only its errors are looked at")]
struct Devices {
    devices: Vec<toml::Spanned<DeviceConfig>>,
}

#[test]
fn a_mistake_is_reported_with_its_place_in_the_file() {
    let file = "[[devices]]\nmodel = 'lm75'\naddress = 0x48\n\n[[devices]]\nmodel = 'lm75'\n\
                address = 0x49\nresolution-bits = 9\n";
    let second = file.rfind("[[devices]]").unwrap();
    assert_eq!(toml::from_str::<Devices>(file).unwrap().devices[1].span().start, second);

    let place = |option| {
        let file = file.replace("resolution-bits = 9", option);
        let span = toml::from_str::<Devices>(&file).unwrap_err().span().unwrap();
        (span.start, file[span].to_owned())
    };
    // What only the model understands is reported at the device's table.
    for option in [
        "temperature = 400.0",
        "temperature = 'hot'",
        "temprature = 40.0",
        "read-only = true",
        "ten-bit-address = 1",
    ] {
        let (start, text) = place(option);
        assert!(start == second && text == "[[devices]]", "{option}: {start} {text:?}");
    }
    // The rest is reported at the very value.
    assert_eq!(place("fault = { kind = 'smoke' }").1, "'smoke'");
    assert_eq!(place("pins = 1").1, "1");
}

#[test]
fn a_device_that_is_no_table_is_refused() {
    let error = toml::from_str::<Devices>("devices = [1]").unwrap_err();
    assert!(error.message().contains("expected a device's table"), "{error}");
}

#[test]
fn a_taken_address_is_named() {
    let mut board = Board::of("model = 'lm75'\naddress = 0x48");
    let error = board.bus.attach(&device("model = 'registers'\naddress = 0x48")).unwrap_err();
    let expected: I2cAddress = seven(0x48);
    assert_eq!(error, ConfigError::AddressTaken(expected));
    assert!(error.to_string().contains("address 0x48 of this bus already"), "{error}");
}

#[test]
fn what_reads_without_error_can_be_attached() {
    let clock = std::sync::Arc::new(sim::VirtualClock::new());
    let mut bus = sim::Bus::new(clock);
    for address in 0..0x80 {
        let model = ["bme280", "lm75", "registers"][address % 3];
        bus.attach(&device(&format!("model = '{model}'\naddress = {address}"))).unwrap();
    }
}
