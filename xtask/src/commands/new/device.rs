//! The device interfaces that a scaffold can export.

use clap::ValueEnum;

/// An interface of `periplasm:device`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Interface {
    Thermometer,
    Hygrometer,
    Barometer,
}

impl Interface {
    /// The interface's name, which is also its Rust module's.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Thermometer => "thermometer",
            Self::Hygrometer => "hygrometer",
            Self::Barometer => "barometer",
        }
    }

    /// Its one function.
    pub(crate) fn function(self) -> &'static str {
        match self {
            Self::Thermometer => "temperature",
            Self::Hygrometer => "humidity",
            Self::Barometer => "pressure",
        }
    }

    /// What the function returns, in Rust.
    pub(crate) fn rust(self) -> &'static str {
        match self {
            Self::Thermometer => "i32",
            Self::Hygrometer | Self::Barometer => "u32",
        }
    }

    /// The unit of what it returns.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Thermometer => "milli-°C",
            Self::Hygrometer => "milli-%",
            Self::Barometer => "milli-Pa",
        }
    }
}
