//! Hardware that cannot be had: what the host says when its board names a node
//! that is not there, is another's, or is of another kind.

mod busy;
mod kinds;

use super::Run;
use super::found::says;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};
use kinds::{GPIO, I2C, Kind, SERIAL, SPI};

pub(super) const RUN: Run = Run {
    name: "refusals",
    machine: Machine::Imx8mp,
    about: "nodes that are missing, forbidden, busy or something else",
    go,
};

/// Where boards are written.
const BOARD: &str = "/tmp/board.toml";

fn go(lab: &mut Lab) -> Result<()> {
    for kind in [&I2C, &SPI, &GPIO, &SERIAL] {
        lab.check(format!("{}: missing, of another kind, forbidden", kind.what), |lab| {
            nodes(lab, kind)
        })?;
    }
    lab.check("an I2C bus whose controller is gone, and a kernel without i2c-dev", busy::no_bus)?;
    lab.check("an I2C address that a driver of the kernel has", busy::taken)?;
    lab.check("a GPIO line of the kernel's own, of another program, and none at all", busy::lines)?;
    lab.check("a serial port that another program has, and a baud rate it cannot do", busy::ports)
}

fn nodes(lab: &mut Lab, kind: &Kind) -> Result<()> {
    let missing = format!("there is no {} at {}", plain(kind.what), kind.missing);
    refused(lab, kind, &(kind.board)(kind.missing), &missing, kind.find)?;
    let other = format!("/dev/null is not {}", kind.what);
    refused(lab, kind, &(kind.board)("/dev/null"), &other, kind.name)?;
    forbidden(lab, kind)
}

/// The name of a kind without its article.
fn plain(what: &str) -> &str {
    what.split_once(' ').map_or(what, |(_, kind)| kind)
}

/// That the host refuses `board`, says why, names the line and the remedy.
fn refused(lab: &mut Lab, kind: &Kind, board: &str, why: &str, remedy: &str) -> Result<()> {
    refused_in(lab, kind, board, kind.line, (why, remedy))
}

fn refused_in(
    lab: &mut Lab,
    kind: &Kind,
    board: &str,
    line: &str,
    (why, remedy): (&str, &str),
) -> Result<()> {
    let place = put(lab, board, line)?;
    let output = lab
        .periplasm(&format!("run /lab/pipelines/{}.wasm --board {BOARD} -- open", kind.pipeline))?;
    [why, remedy, &place].iter().try_for_each(|words| says(&output, UNAVAILABLE, words))
}

/// The host's exit code for hardware that is not available.
const UNAVAILABLE: i32 = 69;

/// Writes the board. Gives how the host names the line with `line` in it.
fn put(lab: &mut Lab, board: &str, line: &str) -> Result<String> {
    let text = format!("backend = \"linux\"\n\n{board}\n");
    lab.write(BOARD, &text)?;
    let number = text.lines().position(|l| l.contains(line)).unwrap_or_default() + 1;
    Ok(format!("[{BOARD}:{number}:"))
}

fn forbidden(lab: &mut Lab, kind: &Kind) -> Result<()> {
    let place = put(lab, &(kind.board)(kind.there), kind.line)?;
    let output = lab.sh(&format!(
        "su nobody -s /bin/sh -c \
         '/lab/bin/periplasm run /lab/pipelines/{}.wasm --board {BOARD}'",
        kind.pipeline
    ))?;
    let why = format!("{} may not be opened by this user", kind.there);
    [&*why, kind.group, &place].iter().try_for_each(|words| says(&output, UNAVAILABLE, words))
}
