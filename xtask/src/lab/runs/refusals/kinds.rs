//! The kinds of hardware, each with its board.

/// A kind of hardware, and how a board of it is made.
pub(super) struct Kind {
    pub(super) pipeline: &'static str,
    /// The board's text for a node.
    pub(super) board: fn(&str) -> String,
    /// Of the board's text, what stands in the line that the host must name.
    pub(super) line: &'static str,
    pub(super) what: &'static str,
    /// A node that is not there, and one that is.
    pub(super) missing: &'static str,
    pub(super) there: &'static str,
    /// What the host advises: for a node that is missing, for one of another
    /// kind, and where the user may not.
    pub(super) find: &'static str,
    pub(super) name: &'static str,
    pub(super) group: &'static str,
}

pub(super) const I2C: Kind = Kind {
    pipeline: "thermometer",
    board: |node| format!("[i2c.sensors]\ndevice = \"{node}\"\nallow = [0x48]"),
    line: "device",
    what: "an I2C bus",
    missing: "/dev/i2c-9",
    there: "/dev/i2c-0",
    find: "load the kernel module `i2c-dev`",
    name: "name a bus such as /dev/i2c-1",
    group: "usermod -aG i2c",
};

pub(super) const SPI: Kind = Kind {
    pipeline: "ask-spi",
    board: |node| format!("[spi.flash]\ndevice = \"{node}\"\nmode = 0\nspeed-hz = 1000000"),
    line: "[spi.flash]",
    what: "an SPI device",
    missing: "/dev/spidev9.0",
    there: "/dev/spidev1.0",
    find: "load the kernel module `spidev`",
    name: "name a device such as /dev/spidev0.0",
    group: "usermod -aG spi",
};

pub(super) const GPIO: Kind = Kind {
    pipeline: "ask-pins",
    board: |node| pins((node, 5), ("/dev/gpiochip2", 5)),
    line: "[input-pin.in]",
    what: "a GPIO chip",
    missing: "/dev/gpiochip9",
    there: "/dev/gpiochip3",
    find: "`ls /dev/gpiochip*` shows the chips there are",
    name: "name a chip such as /dev/gpiochip0",
    group: "usermod -aG gpio",
};

pub(super) const SERIAL: Kind = Kind {
    pipeline: "ask-serial",
    board: |node| port(node, 115_200),
    line: "[serial.port]",
    what: "a serial port",
    missing: "/dev/ttyUSB7",
    there: "/dev/ttymxc0",
    find: "is the adapter plugged in?",
    name: "name a port such as /dev/ttyUSB0",
    group: "usermod -aG dialout",
};

pub(super) fn pins(input: (&str, u32), output: (&str, u32)) -> String {
    let table = |name, (chip, line)| format!("[{name}]\nchip = \"{chip}\"\nline = {line}\n");
    table("input-pin.in", input) + "\n" + &table("output-pin.out", output)
}

pub(super) fn port(node: &str, baud: u32) -> String {
    format!("[serial.port]\ndevice = \"{node}\"\nbaud = {baud}")
}
