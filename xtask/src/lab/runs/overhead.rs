//! What a component costs beside a native program, on the interfaces of a real
//! kernel. `tests/lab/overhead` measures it, inside the machine.

use std::time::Duration;

use serde_json::Value;

use super::Run;
use crate::lab::error::LabError;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const BUSES: Run = Run {
    name: "overhead",
    machine: Machine::Imx8mp,
    about: "what a component costs beside a native program: I2C, SPI, GPIO",
    go: buses,
};

pub(super) const STICK: Run = Run {
    name: "overhead",
    machine: Machine::Q35,
    about: "what a component costs beside a native program: USB",
    go: stick,
};

/// How long the program may take, compiling included. About 15 s are usual.
const TIME: Duration = Duration::from_secs(180);

/// What is measured on each machine, as the program calls it.
const BUS_ROWS: [&str; 3] =
    ["I2C write-read, 1 + 2 B", "SPI flash read, 4 KiB", "GPIO set, edge seen"];
const STICK_ROWS: [&str; 4] = [
    "USB control, 1 B",
    "USB bulk, READ (10) 512 B",
    "USB bulk, READ (10) 4 KiB",
    "USB bulk, READ (10) 64 KiB",
];

/// The chip select of the flash, and the lines that make edges: outputs of gpio3,
/// and the inputs of gpio4 with the same number.
const CHIP_SELECT: u8 = 9;
const LINES: [u8; 2] = [20, 21];

fn buses(lab: &mut Lab) -> Result<()> {
    // Bytes that are not 0, so that a sum of them says something.
    lab.set("/machine/peripheral/t0", "temperature", 25_500)?;
    lab.wire("gpio5", CHIP_SELECT, "/machine/peripheral/flash/ssi-gpio-cs[0]")?;
    for line in LINES {
        lab.wire("gpio3", line, &format!("/machine/soc/gpio4/unnamed-gpio-in[{line}]"))?;
    }
    let lines = "--output /dev/gpiochip2:20 --input /dev/gpiochip3:20";
    measured(lab, "buses", lines, &BUS_ROWS)
}

fn stick(lab: &mut Lab) -> Result<()> {
    measured(lab, "stick", "", &STICK_ROWS)?;
    lab.check("the kernel's driver has the stick again", |lab| {
        let bound = "ls -d /sys/bus/usb/drivers/usb-storage/*:*";
        lab.ok(&format!("for i in $(seq 50); do {bound} && exit; sleep 0.1; done; {bound}"))
    })
    .map(drop)
}

fn measured(lab: &mut Lab, hardware: &str, more: &str, expected: &[&str]) -> Result<()> {
    let rows = lab.check("native program and component are measured by turns", |lab| {
        // On one processor: an emulated one that sleeps wakes up late, on either side.
        let command = format!(
            "taskset 1 overhead {hardware} /lab/pipelines/overhead-{hardware}.wasm \
             --board /lab/boards/overhead-{hardware}.toml --cache /lab/cache {more}"
        );
        let output = lab.sh_for(&command, TIME)?;
        let (status, said) = (output.status, output.text);
        if status != 0 {
            return Err(LabError::Status { command, status, said });
        }
        let (table, json) = said.trim_end().rsplit_once('\n').unwrap_or(("", &said));
        lab.show(table);
        let read = serde_json::from_str::<Vec<Value>>(json);
        read.map_err(|_| LabError::unexpected("its last line", json, "an array of JSON"))
    })?;
    lab.check(format!("all {} rows are there", expected.len()), |_| {
        let names: Vec<_> = rows.iter().map(|row| row["name"].as_str().unwrap_or("")).collect();
        let all = names == expected;
        let wrong = || LabError::unexpected("the rows", names.join(", "), expected.join(", "));
        all.then_some(()).ok_or_else(wrong)
    })?;
    lab.check("both sides did the same work in each", |_| rows.iter().try_for_each(same))
}

/// Whether both sides of a row read the same, and something.
fn same(row: &Value) -> Result<()> {
    let [native, component] = ["native", "component"].map(|side| {
        let side = &row[side];
        let measured = side["median"].as_f64().is_some_and(|median| median > 0.0);
        side["sum"].as_u64().filter(|sum| measured && *sum > 0)
    });
    if native.is_some() && native == component {
        return Ok(());
    }
    let what = format!("`{}`", row["name"].as_str().unwrap_or("a row"));
    Err(LabError::unexpected(what, row.to_string(), "times, and two sums that are the same"))
}
