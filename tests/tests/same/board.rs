//! A board with one of each kind, whose faults are any.

use std::fmt::Write;

use proptest::option::weighted;
use proptest::prelude::*;

use crate::calls::MAX_DUTY;

/// What the guest's slots ask for.
pub(crate) const SLOTS: &str = "\
bus = { i2c = \"bus\", addresses = [0x50, 0x51, 0x52], ten-bit-addresses = [0x050, 0x3ff] }
second = { i2c = \"second\", addresses = [0x50, 0x52] }
chip = { spi = \"chip\" }
chain = { spi-bus = \"chain\" }
output = { output-pin = \"line\" }
looped = { input-pin = \"line\" }
wave = { input-pin = \"wave\" }
pulses = { pwm = \"pulses\" }
voltage = { adc = \"voltage\" }
port = { serial = \"port\" }
vehicle = { can = \"vehicle\" }
";

/// What is wrong on the board: a `fault = …` each, if anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) i2c: [Option<String>; 3],
    pub(crate) spi: Option<String>,
    pub(crate) chain: Option<String>,
    pub(crate) output: Option<String>,
    pub(crate) looped: Option<String>,
    pub(crate) pwm: Option<String>,
    pub(crate) adc: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) can: Option<String>,
}

impl Faults {
    /// The board file.
    pub(crate) fn board(&self) -> String {
        let mut board = String::from(
            "backend = \"sim\"\n[i2c.bus]\nallow = [0x50, 0x51, 0x52]\n\
             allow-ten-bit = [0x050, 0x3ff]\nspeed-hz = 400_000\n",
        );
        let places =
            ["address = 0x50", "address = 0x51\nread-only = true", "ten-bit-address = 0x050"];
        for (place, fault) in places.iter().zip(&self.i2c) {
            table(&mut board, "[i2c.bus.devices]", &format!("{CONTENTS}{place}"), fault);
        }
        board.push_str("[i2c.second]\nallow = [0x50, 0x52]\nspeed-hz = 100_000\n");
        table(&mut board, "[i2c.second.devices]", &format!("{CONTENTS}address = 0x50"), &None);
        let limits = "speed-hz = 1_000_000\nmax-bytes = 500";
        table(&mut board, "spi.chip", &format!("{CONTENTS}{limits}"), &self.spi);
        table(
            &mut board,
            "spi-bus.chain",
            "model = \"loopback\"\nspeed-hz = 1_000_000",
            &self.chain,
        );
        table(&mut board, "output-pin.line", "", &self.output);
        table(&mut board, "input-pin.line", "", &self.looped);
        let square = "square = { start-us = 100, period-us = 700, duty = 0.3, edges = 40 }";
        table(&mut board, "input-pin.wave", square, &None);
        table(&mut board, "pwm.pulses", &format!("max-duty = {MAX_DUTY}"), &self.pwm);
        let adc = "microvolts = 1_250_000\nbits = 12\nreference-microvolts = 2_500_000";
        table(&mut board, "adc.voltage", adc, &self.adc);
        table(&mut board, "serial.port", "model = \"loopback\"\nbaud = 115_200", &self.serial);
        table(&mut board, "can.vehicle", "peers = [{ kind = \"echo\" }]", &self.can);
        board
    }
}

const CONTENTS: &str = "model = \"registers\"\ncontents = [11, 22, 33, 44, 55, 66, 77, 88]\n";

fn table(board: &mut String, name: &str, keys: &str, fault: &Option<String>) {
    let fault = fault.as_deref().unwrap_or_default();
    let _ = writeln!(board, "[{name}]\n{keys}\n{fault}");
}

/// One of `kinds`, after some uses and for some, or for good.
fn of(kinds: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    let times = prop_oneof![4 => (1..4u32).prop_map(|n| format!(", times = {n}")), 1 => Just(String::new())];
    let fault =
        (proptest::sample::select(kinds), 0..8u32, times).prop_map(|(kind, after, times)| {
            format!("fault = {{ kind = \"{kind}\", after = {after}{times} }}")
        });
    weighted(0.5, fault)
}

pub(crate) fn faults() -> impl Strategy<Value = Faults> {
    let i2c = || {
        let passing = of(&[
            "no-acknowledge\", source = \"address",
            "no-acknowledge\", source = \"data",
            "arbitration-loss",
            "stuck-bus",
        ]);
        // An I2C device does not come back.
        let lasting = (0..8u32).prop_map(|after| {
            Some(format!("fault = {{ kind = \"disappears\", after = {after} }}"))
        });
        prop_oneof![8 => passing, 1 => lasting]
    };
    let spi = || of(&["overrun", "mode-fault", "chip-select-fault", "disappears"]);
    let pin = || of(&["stuck-low", "stuck-high", "disappears"]);
    let serial = of(&["noise", "parity", "framing", "overrun", "disappears"]);
    let analog = (of(&["disappears"]), of(&["out-of-range", "disappears"]));
    // Gone from the start, if at all: a use more or less is counted where the host
    // waits and asks again.
    let gone = prop_oneof![
        Just("fault = { kind = \"disappears\", times = 3 }"),
        Just("fault = { kind = \"disappears\" }"),
    ];
    let can = prop_oneof![
        8 => of(&["not-acknowledged"]),
        1 => gone.prop_map(|fault| Some(fault.to_owned())),
    ];
    ([i2c(), i2c(), i2c()], spi(), spi(), pin(), pin(), analog, serial, can).prop_map(
        |(i2c, spi, chain, output, looped, (pwm, adc), serial, can)| Faults {
            i2c,
            spi,
            chain,
            output,
            looped,
            pwm,
            adc,
            serial,
            can,
        },
    )
}
