//! What to write into a board so that it has hardware of some kind.

use crate::board::Backend;
use crate::pipeline::SlotKind;

/// The least lines of the table of one such thing.
pub(super) fn lines(kind: SlotKind, backend: Backend) -> &'static str {
    match (backend, kind) {
        (Backend::Sim, SlotKind::Spi) => "model = \"registers\"",
        (Backend::Sim, SlotKind::Serial) => "model = \"loopback\"",
        (_, SlotKind::UsbDevice) => "cable = \"desk\"",
        (Backend::Sim, _) => "",
        (Backend::Linux, SlotKind::I2c) => "device = \"/dev/i2c-1\"",
        (Backend::Linux, SlotKind::Spi | SlotKind::SpiBus) => {
            "device = \"/dev/spidev0.0\"\nmode = 0\nspeed-hz = 1_000_000"
        }
        (Backend::Linux, SlotKind::OutputPin | SlotKind::InputPin) => {
            "chip = \"/dev/gpiochip0\"\nline = 17"
        }
        (Backend::Linux, SlotKind::Pwm) => {
            "chip = \"/sys/class/pwm/pwmchip0\"\nchannel = 0\nperiod-ns = 20_000_000"
        }
        (Backend::Linux, SlotKind::Adc) => {
            "device = \"/sys/bus/iio/devices/iio:device0\"\nchannel = 0"
        }
        (Backend::Linux, SlotKind::Serial) => "device = \"/dev/ttyUSB0\"\nbaud = 9600",
        (Backend::Linux, SlotKind::Can) => "interface = \"can0\"",
        (Backend::Linux, SlotKind::Usb | SlotKind::Diag) => "",
    }
}
