//! Serial ports whose other ends the lab has: bytes both ways, settings, a
//! sensor, and a port that goes.

mod peer;
mod sensor;

use std::time::Duration;

use super::Run;
use super::found::{contains, expect, last, refused, same};
use crate::lab::error::LabError;
use crate::lab::guest::Job;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};
use peer::Peer;

pub(super) const RUN: Run = Run {
    name: "serial",
    machine: Machine::Imx8mp,
    about: "bytes both ways, settings, the sen0177 driver, a port that goes",
    go,
};

const BOARD: &str = "/lab/boards/serial.toml";
/// The node, and the device that its driver is bound to.
const NODE: &str = "/dev/ttymxc0";
const DEVICE: &str = "30860000.serial";

/// The time for a pipeline to be compiled and to begin.
const BEGINS: Duration = Duration::from_secs(90);
/// The time for an answer of one that runs.
const ANSWERS: Duration = Duration::from_secs(30);

/// All values of a byte, over and over.
fn bytes(count: usize) -> Vec<u8> {
    (0..=255).cycle().take(count).collect()
}

fn go(lab: &mut Lab) -> Result<()> {
    let mut peer = Peer::new(lab.serial(0)?)?;
    both_ways(lab, &mut peer)?;
    settings(lab)?;
    sensor::sensor(lab, &mut peer)?;
    loop_of_two(lab, &mut peer)?;
    gone(lab)
}

fn both_ways(lab: &mut Lab, peer: &mut Peer) -> Result<()> {
    lab.check("3072 bytes of every value come in and go out again unchanged", |lab| {
        let job = start(lab, BOARD, "open 'echo 3072 30000'")?;
        lab.wait_for(&job, "open\n", BEGINS)?;
        let sent = bytes(3072);
        let back = peer.exchange(&sent)?;
        same("what came back", &back, &sent)?;
        expect("the component", &lab.finish(job, ANSWERS)?.text, "open\nechoed 3072")
    })?;
    lab.check("5000 bytes go out, more than the kernel has room for", |lab| {
        let job = start(lab, BOARD, "'send 5000'")?;
        same("what came out", &peer.take(5000, BEGINS)?, &bytes(5000))?;
        expect("the component", &lab.finish(job, ANSWERS)?.text, "sent")
    })?;
    lab.check("a full FIFO, which the kernel takes for an overrun, is one", |lab| {
        let job = start(lab, BOARD, "open 'read 60000'")?;
        lab.wait_for(&job, "open\n", BEGINS)?;
        peer.send(&bytes(peer::FIFO))?;
        let said = lab.finish(job, ANSWERS)?.text;
        expect("the component", last(&said), "error: bytes arrived faster than they were taken")
    })?;
    lab.check("a read ends without bytes when its time is over, and not before", |lab| {
        let before = uptime(lab)?;
        let job = start(lab, BOARD, "open 'read 2000' 'read 1'")?;
        let said = lab.finish(job, BEGINS)?.text;
        expect("the component", said.trim_end(), "open")?;
        let took = uptime(lab)? - before;
        expect("two seconds", if took >= 2.0 { "passed" } else { "did not pass" }, "passed")
    })
}

fn settings(lab: &mut Lab) -> Result<()> {
    lab.check("the port has the board's settings, and is busy for others", |lab| {
        let baud = "baud = 57_600\nparity = \"even\"\nstop-bits = 2\ndata-bits = 7";
        board(lab, "baud = 115_200", baud)?;
        let job = start(lab, "/tmp/serial.toml", "open 'read 60000'")?;
        lab.wait_for(&job, "open\n", BEGINS)?;
        let said = lab.ok(&format!("stty -a -F {NODE}"))?;
        let wanted = ["speed 57600 baud", " cs7 ", "parenb -parodd", " cstopb ", " -crtscts"];
        let has = |setting: &str| contains("stty", &format!(" {said} "), setting);
        wanted.into_iter().try_for_each(has)?;
        let busy = format!("ask-serial.wasm --board {BOARD} -- open");
        refused(lab, &busy, &format!("{NODE} is in use by another program"))?;
        lab.signal(&job, "KILL")
    })?;
    for (what, from, to, said) in [
        // 24 MHz / 16 is the most that this port can do.
        ("a baud rate that the port has not", "115_200", "3_000_000", "cannot do this baud rate"),
        (
            "flow control without wires",
            "115_200",
            "115_200\nflow = \"rts-cts\"",
            "this flow control",
        ),
        ("a port that is not there", NODE, "/dev/ttymxc9", "no serial port at /dev/ttymxc9"),
        ("a node of another kind", NODE, "/dev/null", "/dev/null is not a serial port"),
    ] {
        lab.check(format!("{what} is refused, with what to do"), |lab| {
            board(lab, from, to)?;
            refused(lab, "ask-serial.wasm --board /tmp/serial.toml -- open", said)
        })?;
    }
    Ok(())
}

/// Two ports, a wire from each to the other.
fn loop_of_two(lab: &mut Lab, peer: &mut Peer) -> Result<()> {
    let mut second = Peer::new(lab.serial(3)?)?;
    lab.check("two components on two ports talk to each other", |lab| {
        let echo = start(lab, "/lab/boards/serial-second.toml", "open 'echo 1024 60000'")?;
        lab.wait_for(&echo, "open\n", BEGINS)?;
        let job = start(lab, BOARD, "open 'send 1024' 'take 1024 30000'")?;
        let there = peer.take(1024, BEGINS)?;
        let back = second.exchange(&there)?;
        lab.wait_for(&job, "sent\n", ANSWERS)?;
        peer.pass(lab, &back)?;
        let said = lab.finish(job, ANSWERS)?.text;
        let sum: u64 = bytes(1024).into_iter().map(u64::from).sum();
        expect("the first", last(&said), &format!("took 1024, sum {sum}"))?;
        expect("the second", last(&lab.finish(echo, ANSWERS)?.text), "echoed 1024")
    })
}

fn gone(lab: &mut Lab) -> Result<()> {
    let driver = "/sys/bus/platform/drivers/imx-uart";
    let unbound = "a port taken from its driver is gone while it is read, and there again later";
    lab.check(unbound, |lab| {
        let job = start(lab, BOARD, "open 'read 60000'")?;
        lab.wait_for(&job, "open\n", BEGINS)?;
        lab.ok(&format!("echo {DEVICE} >{driver}/unbind"))?;
        let ended = lab.finish(job, ANSWERS);
        lab.ok(&format!("echo {DEVICE} >{driver}/bind"))?;
        expect("the component", last(&ended?.text), "error: the port is gone")?;
        let job = start(lab, BOARD, "open")?;
        expect("the component", &lab.finish(job, ANSWERS)?.text, "open")
    })
}

fn start(lab: &mut Lab, board: &str, words: &str) -> Result<Job> {
    lab.start_periplasm(&format!("run /lab/pipelines/ask-serial.wasm --board {board} -- {words}"))
}

/// Makes `/tmp/serial.toml`: the board, but for `from`.
fn board(lab: &mut Lab, from: &str, to: &str) -> Result<()> {
    let board = lab.ok(&format!("cat {BOARD}"))?.replace(from, to);
    lab.write("/tmp/serial.toml", &board)
}

/// Seconds since the machine began.
fn uptime(lab: &mut Lab) -> Result<f64> {
    let said = lab.ok("cut -d' ' -f1 /proc/uptime")?;
    said.trim()
        .parse()
        .map_err(|_| LabError::unexpected("/proc/uptime", &said, "a number of seconds"))
}
