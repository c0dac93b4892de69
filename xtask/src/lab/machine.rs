//! The machines of the lab, and what is known of each.

use std::path::Path;

use super::error::LabError;
use super::images;

/// A machine that QEMU emulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Machine {
    /// NXP's i.MX 8M Plus on its evaluation kit, AArch64: I2C, SPI, GPIO and serial ports.
    Imx8mp,
    /// A PC of 2009, x86-64: USB on both sides, and an SMBus.
    Q35,
}

impl Machine {
    /// All of them, in the order in which they are run.
    pub(crate) const ALL: [Self; 2] = [Self::Imx8mp, Self::Q35];

    /// As QEMU calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Imx8mp => "imx8mp",
            Self::Q35 => "q35",
        }
    }

    /// What it is, in words.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Imx8mp => "AArch64, NXP i.MX 8M Plus",
            Self::Q35 => "x86-64, a PC with USB 3",
        }
    }

    /// What the host is compiled for. Static, so the machine needs no libraries.
    pub(super) fn target(self) -> &'static str {
        match self {
            Self::Imx8mp => "aarch64-unknown-linux-musl",
            Self::Q35 => "x86_64-unknown-linux-musl",
        }
    }

    /// Debian's name of the architecture.
    pub(super) fn architecture(self) -> &'static str {
        match self {
            Self::Imx8mp => "arm64",
            Self::Q35 => "amd64",
        }
    }

    /// Debian's package with the emulator, and the emulator.
    pub(super) fn emulator(self) -> (&'static str, &'static str) {
        match self {
            Self::Imx8mp => ("qemu-system-arm", "qemu-system-aarch64"),
            Self::Q35 => ("qemu-system-x86", "qemu-system-x86_64"),
        }
    }

    /// Modules of Debian's kernel that are loaded at the start, besides those
    /// that they need themselves.
    pub(super) fn modules(self) -> &'static [&'static str] {
        match self {
            Self::Imx8mp => {
                &["i2c-dev", "i2c-imx", "i2c-gpio", "spi-imx", "spidev", "gpio-mxc", "lm75"]
            }
            Self::Q35 => &[
                "xhci-pci",
                "usb-storage",
                "sd-mod",
                "vfat",
                "nls-cp437",
                "nls-ascii",
                "cdc-acm",
                "usbhid",
                "hid-generic",
                "evdev",
                "vhci-hcd",
                "dummy-hcd",
                "i2c-dev",
                "i2c-i801",
            ],
        }
    }

    /// What the kernel is told. Its messages have a serial port of their own.
    ///
    /// QEMU's serial port of the i.MX 8M Plus may hold its interrupt after its
    /// cause has gone, until the next byte: with `noirqdebug` Linux bears it.
    pub(super) fn command_line(self) -> &'static str {
        match self {
            Self::Imx8mp => "console=ttymxc1,115200 panic=-1 quiet noirqdebug lab.shell=ttymxc2",
            Self::Q35 => "console=ttyS0 panic=-1 quiet lab.shell=ttyS1",
        }
    }

    /// Serial ports in QEMU's order.
    pub(super) fn ports(self) -> &'static [Port] {
        match self {
            Self::Imx8mp => &[Port::Outside, Port::Kernel, Port::Shell, Port::Outside],
            Self::Q35 => &[Port::Kernel, Port::Shell],
        }
    }

    /// QEMU's arguments for the machine itself and the chips on it. Images are
    /// in `folder`.
    pub(super) fn arguments(self, folder: &Path) -> Vec<String> {
        let image = |name: &str| {
            // QEMU reads a comma as the end of a value; two are one.
            let file = folder.join(name).display().to_string().replace(',', ",,");
            format!("driver=raw,file.driver=file,file.filename={file}")
        };
        let text = match self {
            Self::Imx8mp => {
                "-machine imx8mp-evk -smp 4 -m 1024 \
                 -device tmp105,bus=i2c-bus.0,address=0x48,id=t0 \
                 -device pca9548,bus=i2c-bus.0,address=0x70,id=mux \
                 -device tmp105,bus=i2c.0,address=0x4a,id=t1 \
                 -device at24c-eeprom,bus=i2c-bus.1,address=0x20,rom-size=256,id=expander \
                 -device w25q32,bus=spi,drive=flash,id=flash"
            }
            Self::Q35 => {
                "-machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 512 \
                 -device qemu-xhci,id=x -device usb-storage,bus=x.0,drive=stick,id=stick"
            }
        };
        let mut arguments: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        let drive = match self {
            Self::Imx8mp => ("flash", image(images::FLASH)),
            Self::Q35 => ("stick", image(images::STICK)),
        };
        // It outlives a device that is pulled out, which a `-drive` does not.
        arguments.extend(["-blockdev".into(), format!("node-name={},{}", drive.0, drive.1)]);
        arguments
    }

    /// Makes what the chips hold at the start, in `folder`.
    pub(super) fn make_images(self, folder: &Path) -> Result<(), LabError> {
        match self {
            Self::Imx8mp => images::flash(&folder.join(images::FLASH)),
            Self::Q35 => images::stick(&folder.join(images::STICK)),
        }
    }
}

/// What is at the other end of a serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    /// A file with what the kernel says.
    Kernel,
    /// The lab's own shell.
    Shell,
    /// A run, by [`super::Lab::serial`].
    Outside,
}
