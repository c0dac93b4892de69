//! Hardware of the Linux kernel, as a board file describes it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use periplasm_backend::Level;
use periplasm_backend::linux::{
    AdcConfig, CanConfig, GpioBias, GpioDrive, GpioLine, InputConfig, OutputConfig, PwmConfig,
    SerialConfig, SerialFlow, SerialParity, SpiBusConfig, SpiConfig,
};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::Kinds;

/// The kernel's hardware.
#[derive(Clone, Debug)]
pub(crate) struct Linux;

impl Kinds for Linux {
    type Spi = Spi;
    type SpiBus = SpiBus;
    type OutputPin = OutputPin;
    type InputPin = InputPin;
    type Pwm = Pwm;
    type Adc = Adc;
    type Serial = Serial;
    type Can = Can;
}

/// The backend's configs with a table's keys: serde's derive for a type of
/// another crate works for fields only, so each is in a type of its own.
macro_rules! read_as {
    ($($name:ident is $config:ty, written as $file:literal;)*) => {
        $(#[derive(Clone, Debug, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(#[serde(with = $file)] pub(crate) $config);)*
    };
}

read_as! {
    Spi is SpiConfig, written as "SpiFile";
    SpiBus is SpiBusConfig, written as "SpiBusFile";
    OutputPin is OutputConfig, written as "OutputFile";
    InputPin is InputConfig, written as "InputFile";
    Pwm is PwmConfig, written as "PwmFile";
    Adc is AdcConfig, written as "AdcFile";
    Serial is SerialConfig, written as "SerialFile";
    Can is CanConfig, written as "CanFile";
}

#[derive(Deserialize)]
#[serde(remote = "SpiConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct SpiFile {
    device: PathBuf,
    mode: u8,
    speed_hz: u32,
    #[serde(default)]
    lsb_first: bool,
    #[serde(default)]
    cs_active_high: bool,
    #[serde(default = "yes")]
    hold_chip_select: bool,
}

#[derive(Deserialize)]
#[serde(remote = "SpiBusConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct SpiBusFile {
    device: PathBuf,
    mode: u8,
    speed_hz: u32,
    #[serde(default)]
    lsb_first: bool,
}

#[derive(Deserialize)]
#[serde(remote = "OutputConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct OutputFile {
    chip: PathBuf,
    #[serde(deserialize_with = "line")]
    line: GpioLine,
    #[serde(default)]
    active_low: bool,
    #[serde(default, with = "DriveFile")]
    drive: GpioDrive,
    #[serde(default, deserialize_with = "bias")]
    bias: Option<GpioBias>,
    #[serde(default = "low", with = "LevelFile")]
    initial: Level,
}

#[derive(Deserialize)]
#[serde(remote = "InputConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct InputFile {
    chip: PathBuf,
    #[serde(deserialize_with = "line")]
    line: GpioLine,
    #[serde(default)]
    active_low: bool,
    #[serde(default, deserialize_with = "bias")]
    bias: Option<GpioBias>,
    #[serde(default, rename = "debounce-us", deserialize_with = "microseconds")]
    debounce: Option<Duration>,
    #[serde(default = "yes")]
    edges: bool,
}

#[derive(Deserialize)]
#[serde(remote = "PwmConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct PwmFile {
    chip: PathBuf,
    channel: u32,
    period_ns: u32,
    #[serde(default)]
    inverted: bool,
}

#[derive(Deserialize)]
#[serde(remote = "AdcConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct AdcFile {
    device: PathBuf,
    channel: u32,
    #[serde(default)]
    minus: Option<u32>,
    #[serde(default)]
    bits: Option<u8>,
}

#[derive(Deserialize)]
#[serde(remote = "SerialConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct SerialFile {
    device: PathBuf,
    baud: u32,
    #[serde(default = "eight")]
    data_bits: u8,
    #[serde(default, with = "ParityFile")]
    parity: SerialParity,
    #[serde(default = "one")]
    stop_bits: u8,
    #[serde(default, with = "FlowFile")]
    flow: SerialFlow,
}

#[derive(Deserialize)]
#[serde(remote = "CanConfig", deny_unknown_fields, rename_all = "kebab-case")]
struct CanFile {
    interface: String,
}

#[derive(Deserialize)]
#[serde(remote = "SerialParity", rename_all = "kebab-case")]
enum ParityFile {
    None,
    Even,
    Odd,
}

#[derive(Deserialize)]
#[serde(remote = "SerialFlow", rename_all = "kebab-case")]
enum FlowFile {
    None,
    RtsCts,
    XonXoff,
}

#[derive(Deserialize)]
#[serde(remote = "GpioDrive", rename_all = "kebab-case")]
enum DriveFile {
    PushPull,
    OpenDrain,
    OpenSource,
}

#[derive(Deserialize)]
#[serde(remote = "GpioBias", rename_all = "kebab-case")]
enum BiasFile {
    PullUp,
    PullDown,
    Disabled,
}

#[derive(Deserialize)]
#[serde(remote = "Level", rename_all = "kebab-case")]
enum LevelFile {
    Low,
    High,
}

fn yes() -> bool {
    true
}

fn one() -> u8 {
    1
}

fn eight() -> u8 {
    8
}

fn low() -> Level {
    Level::Low
}

fn bias<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<GpioBias>, D::Error> {
    BiasFile::deserialize(deserializer).map(Some)
}

fn microseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    u32::deserialize(deserializer).map(|us| Some(Duration::from_micros(us.into())))
}

fn line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<GpioLine, D::Error> {
    deserializer.deserialize_any(LineVisitor)
}

/// A number is a line's place on its chip, a text its name.
struct LineVisitor;

impl Visitor<'_> for LineVisitor {
    type Value = GpioLine;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line's number, or its name")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<GpioLine, E> {
        let wrong = |_| E::custom(format_args!("{number} is not the number of a line"));
        u32::try_from(number).map(GpioLine::Offset).map_err(wrong)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<GpioLine, E> {
        Ok(GpioLine::Name(name.to_owned()))
    }
}
