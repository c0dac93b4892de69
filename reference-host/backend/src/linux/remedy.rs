//! What a person can do about hardware that cannot be opened.

use super::{Hardware, OpenError};

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
            Self::Taken { .. } => {
                "two drivers of one chip would disturb each other. `ls -l \
                 /sys/bus/i2c/devices/*/driver` shows which one has it: take it away by writing \
                 the device's name into that driver's `unbind`, and out of the machine's \
                 configuration"
            }
            Self::WrongKind { what, .. } => wrong_kind(*what),
            Self::NoInterface { what } => no_interface(*what),
            Self::SmbusOnly(_) => "use a bus of another controller",
            Self::Setting { .. } => "correct the board file",
            Self::Unsupported { .. } => {
                "change this setting or leave it out, or use hardware whose driver in the kernel can do \
                 it"
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
