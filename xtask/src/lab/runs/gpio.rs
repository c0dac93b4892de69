//! Pins: an output and an input seen from outside, a thousand edges counted, and
//! a chip that goes.

mod edges;
mod expander;

use std::time::Duration;

use super::Run;
use super::found::{expect, read};
use crate::lab::guest::Job;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const RUN: Run = Run {
    name: "gpio",
    machine: Machine::Imx8mp,
    about: "an output and inputs seen and driven from outside, edges that are counted",
    go,
};

/// The controllers' registers: i.MX 8M Plus reference manual, section "GPIO
/// Memory Map". QEMU counts the controllers from 1, as the manual does.
const GPIO1: u64 = 0x3020_0000;
const GPIO3: u64 = 0x3022_0000;
const GPIO4: u64 = 0x3023_0000;
/// Data: what is driven.
const DR: u64 = 0x00;
/// The pads: what is there.
const PSR: u64 = 0x08;

/// The board's pins: `tests/lab/boards/gpio.toml` and the others.
const IN: u8 = 4;
const OUT: u8 = 7;
const LOOPED: u8 = 4;

/// The time for a pipeline to be compiled and to begin.
const BEGINS: Duration = Duration::from_secs(90);
/// The time for an answer of one that runs.
const ANSWERS: Duration = Duration::from_secs(30);

fn go(lab: &mut Lab) -> Result<()> {
    let looped = format!("/machine/soc/gpio4/unnamed-gpio-in[{LOOPED}]");
    lab.wire("gpio3", OUT, &looped)?;
    drive(lab, IN, false)?;
    let result = levels(lab).and_then(|()| edges::edges(lab)).and_then(|()| edges::burst(lab));
    lab.wire("gpio3", OUT, "")?;
    drive(lab, IN, false)?;
    result?;
    expander::expander(lab)
}

/// Each level is set by the component and seen outside, then set outside and
/// seen by the component, which goes on with the next.
fn levels(lab: &mut Lab) -> Result<()> {
    const LEVELS: [bool; 6] = [true, false, true, false, true, false];
    let words = LEVELS.map(|high| format!("'set {0}' 'wait {0} 60000'", name(high))).join(" ");
    let job = start(lab, "gpio", &format!("level {words}"))?;
    lab.wait_for(&job, "low\n", BEGINS)?;
    let seen = "six levels that a component drives are on its wire, and six from outside reach it";
    lab.check(seen, |lab| {
        for (place, high) in LEVELS.into_iter().enumerate() {
            let set = |said: &str| said.matches("set").count() > place;
            lab.wait_until(&job, "drive its output", ANSWERS, set)?;
            expect("the output", name(bit(lab, GPIO3 + DR, OUT)?), name(high))?;
            expect("the wire's end", name(bit(lab, GPIO4 + PSR, LOOPED)?), name(high))?;
            drive(lab, IN, high)?;
        }
        let output = lab.finish(job, ANSWERS)?;
        expect("the component", &output.text, &format!("low\n{}", ["set\nyes"; 6].join("\n")))
    })
}

/// Starts the component that does what `words` say, each line of them in quotes.
fn start(lab: &mut Lab, board: &str, words: &str) -> Result<Job> {
    lab.start_periplasm(&format!(
        "run /lab/pipelines/ask-pins.wasm --board /lab/boards/{board}.toml -- {words}"
    ))
}

/// Drives an input of gpio1 from outside.
fn drive(lab: &mut Lab, pin: u8, high: bool) -> Result<()> {
    let high = u8::from(high);
    let command = format!("set_irq_in /machine/soc/gpio1 unnamed-gpio-in {pin} {high}");
    lab.qtest_quiet(&command).map(drop)
}

/// A bit of a register.
fn bit(lab: &mut Lab, register: u64, pin: u8) -> Result<bool> {
    Ok(read(lab, register)? >> pin & 1 == 1)
}

fn name(high: bool) -> &'static str {
    if high { "high" } else { "low" }
}
