//! What can be wrong with hardware when it is opened.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use crate::I2cAddress;

/// A kind of hardware that the kernel gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hardware {
    /// `/dev/i2c-*`.
    I2c,
    /// `/dev/spidev*`.
    Spi,
    /// `/dev/gpiochip*`.
    Gpio,
    /// `/dev/ttyS*`, `/dev/ttyUSB*` and the like.
    Serial,
    /// `/sys/class/pwm/pwmchip*`.
    Pwm,
    /// `/sys/bus/iio/devices/iio:device*`.
    Adc,
    /// A network interface such as `can0`.
    Can,
}

impl fmt::Display for Hardware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I2c => "I2C bus",
            Self::Spi => "SPI device",
            Self::Gpio => "GPIO chip",
            Self::Serial => "serial port",
            Self::Pwm => "PWM chip",
            Self::Adc => "IIO device",
            Self::Can => "CAN interface",
        })
    }
}

impl Hardware {
    fn article(self) -> &'static str {
        match self {
            Self::I2c | Self::Spi | Self::Adc => "an",
            Self::Gpio | Self::Serial | Self::Pwm | Self::Can => "a",
        }
    }
}

/// Why hardware could not be opened. [`OpenError::remedy`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such node, or no hardware behind it.
    #[error("there is no {what} at {}", path.display())]
    Missing {
        /// What was looked for.
        what: Hardware,
        /// Where.
        path: PathBuf,
    },
    /// The user may not open it.
    #[error("{} may not be opened by this user", path.display())]
    NoPermission {
        /// What was to be opened.
        what: Hardware,
        /// The node.
        path: PathBuf,
    },
    /// Somebody has it for themselves.
    #[error("{} is in use by another program or a driver of the kernel", path.display())]
    Busy {
        /// What was to be opened.
        what: Hardware,
        /// The node, line or channel.
        path: PathBuf,
    },
    /// A driver of the kernel has the target of this address for itself.
    #[error("{address} on {} is in use by a driver of the kernel", path.display())]
    Taken {
        /// The bus.
        path: PathBuf,
        /// The target.
        address: I2cAddress,
    },
    /// It is something else.
    #[error("{} is not {} {what}", path.display(), what.article())]
    WrongKind {
        /// What was looked for.
        what: Hardware,
        /// The node.
        path: PathBuf,
    },
    /// The kernel is there, its interface is not.
    #[error("this kernel has no support for {what}s")]
    NoInterface {
        /// What it cannot do.
        what: Hardware,
    },
    /// The I2C controller has no `I2C_FUNC_I2C`: it speaks SMBus commands, but
    /// cannot do a free transaction.
    #[error("the controller of {} speaks SMBus only and cannot do plain I2C transactions", .0.display())]
    SmbusOnly(PathBuf),
    /// A setting that nothing of its kind can have.
    #[error("{setting} is {found}, and must be {expected}")]
    Setting {
        /// The setting, in the words of the board file.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A setting that this hardware cannot have.
    #[error("{} cannot do {setting}", path.display())]
    Unsupported {
        /// What was to be opened.
        what: Hardware,
        /// The node, line or channel.
        path: PathBuf,
        /// What it was asked for.
        setting: &'static str,
    },
    /// The chip has no such line or channel.
    #[error("{} has no {line}", path.display())]
    NoLine {
        /// What was looked at.
        what: Hardware,
        /// The chip.
        path: PathBuf,
        /// The line or channel.
        line: String,
    },
    /// The line cannot report its edges.
    #[error("{line} of {} cannot report edges", path.display())]
    NoEdges {
        /// The chip.
        path: PathBuf,
        /// The line.
        line: String,
    },
    /// The converter does not say how many bits its codes have.
    #[error("{} does not say how many bits its codes have", .0.display())]
    NoBits(PathBuf),
    /// The interface is there, but not up.
    #[error("the CAN interface {0} is down")]
    Down(String),
    /// A file of the kernel does not read as its documentation says.
    #[error("{} reads {found:?}, and must be {expected}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What it should say.
        expected: &'static str,
    },
    /// Anything else that the kernel says.
    #[error("{} cannot be opened: {source}", path.display())]
    Io {
        /// The node.
        path: PathBuf,
        /// What the kernel says.
        source: io::Error,
    },
}

impl OpenError {
    /// From what `open` answered.
    pub(super) fn opening(what: Hardware, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.raw_os_error().map(Errno::from_i32) {
            // The last two: a node that stayed when its controller went.
            Some(Errno::ENOENT | Errno::ENOTDIR | Errno::ENODEV | Errno::ENXIO) => {
                Self::Missing { what, path }
            }
            Some(Errno::EACCES | Errno::EPERM) => Self::NoPermission { what, path },
            Some(Errno::EBUSY) => Self::Busy { what, path },
            Some(Errno::EISDIR) => Self::WrongKind { what, path },
            _ => Self::Io { path, source },
        }
    }

    /// From what the first question to an open node was answered: a node of
    /// another kind does not know it.
    pub(super) fn asking(what: Hardware, path: &Path, source: io::Error) -> Self {
        let owned = path.to_owned();
        match source.raw_os_error().map(Errno::from_i32) {
            Some(Errno::ENOTTY | Errno::EINVAL) => Self::WrongKind { what, path: owned },
            Some(Errno::ESHUTDOWN) => Self::Missing { what, path: owned },
            // A node without a chip, such as most /dev/ttyS* of a PC.
            Some(Errno::EIO) if what == Hardware::Serial => Self::Missing { what, path: owned },
            _ => Self::opening(what, path, source),
        }
    }

    /// From what a setting was answered.
    pub(super) fn setting(
        what: Hardware,
        path: &Path,
        setting: &'static str,
        source: io::Error,
    ) -> Self {
        match source.raw_os_error().map(Errno::from_i32) {
            Some(Errno::EINVAL | Errno::EOPNOTSUPP | Errno::ERANGE | Errno::ENOSYS) => {
                Self::Unsupported { what, path: path.to_owned(), setting }
            }
            _ => Self::asking(what, path, source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::LinuxI2c;

    #[test]
    fn a_node_that_is_not_there_is_missing() {
        let error = LinuxI2c::open("/dev/i2c-there-is-none").unwrap_err();
        assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
        assert_eq!(error.to_string(), "there is no I2C bus at /dev/i2c-there-is-none");
        assert!(error.remedy().contains("i2c-dev"), "{error}");
    }

    #[test]
    fn a_node_a_file_and_a_folder_of_another_kind_are_not_i2c() {
        let file = std::env::temp_dir().join(format!("periplasm-not-i2c-{}", std::process::id()));
        std::fs::write(&file, "no bus").unwrap();
        for path in [Path::new("/dev/null"), &file, Path::new("/dev")] {
            let error = LinuxI2c::open(path).unwrap_err();
            assert!(matches!(error, OpenError::WrongKind { .. }), "{error:?}");
        }
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn each_refusal_of_the_kernel_says_what_to_do() {
        let path = Path::new("/dev/spidev0.0");
        for (errno, expected) in [
            (Errno::EACCES, "usermod -aG spi"),
            (Errno::EBUSY, "another program"),
            (Errno::ENXIO, "no SPI device"),
            (Errno::EMFILE, "cannot be opened: Too many open files"),
        ] {
            let source = io::Error::from_raw_os_error(errno as i32);
            let error = OpenError::opening(Hardware::Spi, path, source);
            let text = format!("{error}: {}", error.remedy());
            assert!(text.contains(expected) && text.contains("/dev/spidev0.0"), "{text}");
        }
        let port = Path::new("/dev/ttyS7");
        let io = || io::Error::from_raw_os_error(Errno::EIO as i32);
        let error = OpenError::asking(Hardware::Serial, port, io());
        assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
        let error = OpenError::asking(Hardware::Spi, path, io());
        assert!(matches!(error, OpenError::Io { .. }), "{error:?}");
        assert!(OpenError::SmbusOnly(path.into()).to_string().contains("SMBus only"));
    }
}
