//! The traits that hardware is asked for by, and what the SDK answers with.

use serde::{Deserialize, Serialize};

/// What kind of hardware a trait stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An I2C bus.
    I2c,
    /// A device on an SPI bus, with its chip select.
    Spi,
    /// An SPI bus without chip select.
    SpiBus,
    /// A pin that is driven.
    OutputPin,
    /// A pin that is read or waited on.
    InputPin,
    /// A PWM output.
    Pwm,
    /// An input of a converter.
    Adc,
    /// A converter, which is asked for the value of an input: embedded-hal 0.2.
    Converter,
    /// A serial port.
    Serial,
    /// A CAN bus.
    Can,
    /// Waiting. The same for all, so it needs no slot.
    Delay,
}

/// The family and version of traits that a driver is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// embedded-hal 0.2.
    #[serde(rename = "hal 0.2")]
    Hal02,
    /// embedded-hal 1.0.
    #[serde(rename = "hal 1.0")]
    Hal1,
    /// embedded-hal-async 1.0.
    #[serde(rename = "async")]
    Async,
    /// embedded-hal-nb 1.0.
    #[serde(rename = "nb")]
    Nb,
    /// embedded-io 0.6.
    #[serde(rename = "io 0.6")]
    Io06,
    /// embedded-io 0.7.
    #[serde(rename = "io 0.7")]
    Io07,
    /// embedded-io-async 0.6.
    #[serde(rename = "io-async 0.6")]
    IoAsync06,
    /// embedded-io-async 0.7.
    #[serde(rename = "io-async 0.7")]
    IoAsync07,
    /// embedded-can 0.4.
    #[serde(rename = "can 0.4")]
    Can,
}

impl Family {
    /// As the table shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hal02 => "hal 0.2",
            Self::Hal1 => "hal 1.0",
            Self::Async => "async",
            Self::Nb => "nb",
            Self::Io06 => "io 0.6",
            Self::Io07 => "io 0.7",
            Self::IoAsync06 => "io-async 0.6",
            Self::IoAsync07 => "io-async 0.7",
            Self::Can => "can 0.4",
        }
    }

    /// The family of a package, by its name and version, if it is one of these.
    pub fn of(package: &str, version: &str) -> Option<Self> {
        let starts = |with: &str| version.starts_with(with);
        Some(match package {
            "embedded-hal" if starts("1.") => Self::Hal1,
            "embedded-hal" if starts("0.2.") => Self::Hal02,
            "embedded-hal-async" if starts("1.") => Self::Async,
            "embedded-hal-nb" if starts("1.") => Self::Nb,
            "embedded-io" if starts("0.6.") => Self::Io06,
            "embedded-io" if starts("0.7.") => Self::Io07,
            "embedded-io-async" if starts("0.6.") => Self::IoAsync06,
            "embedded-io-async" if starts("0.7.") => Self::IoAsync07,
            "embedded-can" if starts("0.4.") => Self::Can,
            _ => return None,
        })
    }

    /// The kind that the trait at `path`, from the package's root on, stands for.
    pub fn kind(self, path: &[String]) -> Option<Kind> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match self {
            Self::Hal02 => hal_02(&path),
            Self::Hal1 | Self::Async | Self::Nb => hal_1(&path),
            Self::Io06 | Self::Io07 | Self::IoAsync06 | Self::IoAsync07 => match path[..] {
                ["Read" | "Write" | "BufRead" | "ReadReady" | "WriteReady"] => Some(Kind::Serial),
                _ => None,
            },
            Self::Can => match path[..] {
                ["blocking" | "nb", "Can"] => Some(Kind::Can),
                _ => None,
            },
        }
    }
}

/// embedded-hal 1.0, and its async and nb companions, which have its modules.
fn hal_1(path: &[&str]) -> Option<Kind> {
    Some(match path {
        ["i2c", "I2c"] => Kind::I2c,
        ["spi", "SpiDevice"] => Kind::Spi,
        ["spi", "SpiBus"] => Kind::SpiBus,
        ["digital", "OutputPin" | "StatefulOutputPin"] => Kind::OutputPin,
        ["digital", "InputPin" | "Wait"] => Kind::InputPin,
        ["pwm", "SetDutyCycle"] => Kind::Pwm,
        ["delay", "DelayNs"] => Kind::Delay,
        ["serial", "Read" | "Write"] => Kind::Serial,
        _ => return None,
    })
}

fn hal_02(path: &[&str]) -> Option<Kind> {
    Some(match path {
        ["blocking", "i2c", ..] => Kind::I2c,
        // Chip select is the driver's own there, or there is none.
        ["blocking", "spi", ..] | ["spi", "FullDuplex"] => Kind::SpiBus,
        ["blocking", "delay", ..] => Kind::Delay,
        ["blocking", "serial", ..] | ["serial", "Read" | "Write"] => Kind::Serial,
        ["digital", "v2", "OutputPin" | "StatefulOutputPin" | "ToggleableOutputPin"]
        | ["digital", "OutputPin"] => Kind::OutputPin,
        ["digital", "v2", "InputPin"] | ["digital", "InputPin"] => Kind::InputPin,
        ["PwmPin" | "Pwm"] => Kind::Pwm,
        ["adc", "OneShot"] => Kind::Converter,
        ["adc", "Channel"] => Kind::Adc,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(package: &str, version: &str, path: &str) -> Option<Kind> {
        let path: Vec<String> = path.split("::").map(str::to_owned).collect();
        Family::of(package, version)?.kind(&path)
    }

    #[test]
    fn each_generation_has_its_own_paths() {
        assert_eq!(kind("embedded-hal", "1.0.0", "spi::SpiDevice"), Some(Kind::Spi));
        assert_eq!(kind("embedded-hal", "0.2.7", "spi::SpiDevice"), None);
        assert_eq!(kind("embedded-hal", "0.2.7", "blocking::spi::Transfer"), Some(Kind::SpiBus));
        assert_eq!(kind("embedded-hal", "0.2.7", "digital::v2::OutputPin"), Some(Kind::OutputPin));
        assert_eq!(kind("embedded-hal-async", "1.0.0", "digital::Wait"), Some(Kind::InputPin));
        assert_eq!(kind("embedded-io", "0.6.1", "Read"), Some(Kind::Serial));
        assert_eq!(kind("embedded-io", "0.5.0", "Read"), None);
        assert_eq!(kind("embedded-hal", "1.0.0-rc.1", "i2c::I2c"), Some(Kind::I2c));
    }
}
