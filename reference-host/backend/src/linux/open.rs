//! What can be wrong with hardware when it is opened.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

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
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Missing { what, .. } => missing(*what),
            Self::NoPermission { what, .. } => no_permission(*what),
            Self::Busy { what: Hardware::Gpio, .. } => {
                "`gpioinfo` shows who has the line. End that program, or give the board another \
                 line"
            }
            Self::Busy { what: Hardware::Pwm, .. } => {
                "it may be exported by another program or drive a fan or a backlight: end that \
                 program, or give the board another channel"
            }
            Self::Busy { what: Hardware::Serial, .. } => {
                "`fuser -v` on the port shows who has it, often a login prompt or a modem manager. \
                 End that program, or give the board another port"
            }
            Self::Busy { .. } => "end that program, or give the board another one",
            Self::WrongKind { what, .. } => wrong_kind(*what),
            Self::NoInterface { what } => no_interface(*what),
            Self::SmbusOnly(_) => "use a bus of another controller",
            Self::Setting { .. } => "correct the board file",
            Self::Unsupported { .. } => {
                "leave this setting out, or use hardware whose driver in the kernel can do it"
            }
            Self::NoLine { what: Hardware::Gpio, .. } => "`gpioinfo` shows the lines of each chip",
            Self::NoLine { what: Hardware::Pwm, .. } => {
                "the file `npwm` of the chip says how many channels it has, counted from 0"
            }
            Self::NoLine { .. } => {
                "`ls` of the device's folder shows its channels: in_voltage*_raw"
            }
            Self::NoEdges { .. } => {
                "set `edges = false`: the level is then looked at once a millisecond, and shorter \
                 pulses are missed"
            }
            Self::NoBits(_) => "say it on the board, from the converter's datasheet: bits = 12",
            Self::Down(_) => {
                "`sudo ip link set can0 up type can bitrate 500000`, with the name of the \
                 interface and the bit rate of the bus"
            }
            Self::Malformed { .. } => "this driver of the kernel is not usable here",
            Self::Io { .. } => "`dmesg` may say more",
        }
    }

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

fn missing(what: Hardware) -> &'static str {
    match what {
        Hardware::I2c => {
            "`ls /dev/i2c-*` shows the buses there are. If there are none, enable the bus in \
             the machine's configuration and load the kernel module `i2c-dev`"
        }
        Hardware::Spi => {
            "`ls /dev/spidev*` shows the devices there are. If there are none, enable SPI in the \
             machine's configuration (a device tree overlay) and load the kernel module `spidev`"
        }
        Hardware::Gpio => {
            "`ls /dev/gpiochip*` shows the chips there are, `gpiodetect` what they are. If there \
             are none, the kernel lacks CONFIG_GPIO_CDEV or a driver for them"
        }
        Hardware::Serial => {
            "`ls /dev/serial/by-id /dev/ttyS* /dev/ttyAMA*` shows the ports there are; is the \
             adapter plugged in?"
        }
        Hardware::Pwm => {
            "`ls /sys/class/pwm` shows the chips there are. If there are none, enable PWM in the \
             machine's configuration (a device tree overlay)"
        }
        Hardware::Adc => {
            "`grep . /sys/bus/iio/devices/*/name` shows the devices there are. If the converter \
             is not among them, load its driver with `modprobe`"
        }
        Hardware::Can => {
            "`ip -details link show type can` shows the interfaces there are. If there are none, \
             load the driver of the controller; `sudo ip link set can0 up type can bitrate \
             500000` then starts it"
        }
    }
}

fn no_permission(what: Hardware) -> &'static str {
    match what {
        Hardware::I2c => {
            "add the user to the group that owns it, often `i2c`: \
             `sudo usermod -aG i2c $USER`, then log in again"
        }
        Hardware::Spi => {
            "add the user to the group that owns it, often `spi`: \
             `sudo usermod -aG spi $USER`, then log in again"
        }
        Hardware::Gpio => {
            "add the user to the group that owns it, often `gpio`: \
             `sudo usermod -aG gpio $USER`, then log in again"
        }
        Hardware::Serial => {
            "add the user to the group that owns it, often `dialout`: \
             `sudo usermod -aG dialout $USER`, then log in again"
        }
        Hardware::Pwm => {
            "files under /sys belong to root: a udev rule gives them to a group, often `gpio` or \
             `pwm`; the user must be in it"
        }
        Hardware::Adc => {
            "files under /sys belong to root: a udev rule gives them to a group, often `iio`; the \
             user must be in it"
        }
        Hardware::Can => "the user needs no right for a CAN socket, but a sandbox may forbid it",
    }
}

fn wrong_kind(what: Hardware) -> &'static str {
    match what {
        Hardware::I2c => "name a bus such as /dev/i2c-1; `ls /dev/i2c-*` shows them",
        Hardware::Spi => "name a device such as /dev/spidev0.0; `ls /dev/spidev*` shows them",
        Hardware::Gpio => "name a chip such as /dev/gpiochip0; `gpiodetect` shows them",
        Hardware::Serial => "name a port such as /dev/ttyUSB0",
        Hardware::Pwm => "name a chip such as /sys/class/pwm/pwmchip0",
        Hardware::Adc => "name a device such as /sys/bus/iio/devices/iio:device0",
        Hardware::Can => "name an interface such as can0; `ip link show type can` shows them",
    }
}

fn no_interface(what: Hardware) -> &'static str {
    match what {
        Hardware::Can => "`sudo modprobe can_raw` loads it, if the kernel has CONFIG_CAN_RAW",
        Hardware::Gpio => "use Linux 5.10 or newer, which has the second interface for lines",
        Hardware::I2c | Hardware::Spi | Hardware::Serial | Hardware::Pwm | Hardware::Adc => {
            "use a kernel that was built with it"
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
        assert!(OpenError::SmbusOnly(path.into()).to_string().contains("SMBus only"));
    }
}
