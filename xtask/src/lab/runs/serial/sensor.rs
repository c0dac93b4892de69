//! The lab plays a sensor: frames of Plantower's PMS5003, data manual, appendix I.

use super::peer::Peer;
use super::{ANSWERS, BEGINS, BOARD, uptime};
use crate::lab::guest::Job;
use crate::lab::runs::found::{expect, last};
use crate::lab::session::{Lab, Result};

/// What the app says of a frame that is not as the manual has it, and of none.
const SPOILT: &str = "error: the device answers, but not with anything it can have measured";
const SILENT: &str = "error: the device has no reading yet";

pub(super) fn sensor(lab: &mut Lab, peer: &mut Peer) -> Result<()> {
    let good = frame(1, 345, 678);
    lab.check("the sen0177 driver reads what the sensor's frames say", |lab| {
        let said = play(lab, peer, &[good, frame(12, 34, 56)])?;
        expect("the readings", &said, "ready\n1 345 678\n12 34 56")
    })?;
    lab.check("a frame with a wrong sum is an error, and the next is read", |lab| {
        let mut spoilt = good;
        spoilt[31] ^= 1;
        let said = play(lab, peer, &[good, spoilt, good])?;
        let expected = format!("ready\n1 345 678\n{SPOILT}\n1 345 678");
        expect("the readings", &said, &expected)
    })?;
    lab.check("a sensor that is silent has no reading, after the driver's 3 s", |lab| {
        let before = uptime(lab)?;
        let job = start(lab, 1)?;
        let said = lab.finish(job, BEGINS)?.text;
        expect("the reading", last(&said), SILENT)?;
        let took = uptime(lab)? - before;
        expect("three seconds", if took >= 3.0 { "passed" } else { "did not pass" }, "passed")
    })
}

fn start(lab: &mut Lab, readings: usize) -> Result<Job> {
    lab.start_periplasm(&format!("run /lab/pipelines/dust.wasm --board {BOARD} -- {readings}"))
}

/// Sends frames to an app that takes as many readings. What it said.
fn play(lab: &mut Lab, peer: &mut Peer, frames: &[[u8; 32]]) -> Result<String> {
    let job = start(lab, frames.len())?;
    lab.wait_for(&job, "ready\n", BEGINS)?;
    frames.iter().try_for_each(|frame| peer.pass(lab, frame))?;
    Ok(lab.finish(job, ANSWERS)?.text.trim_end().to_owned())
}

/// A frame that says so, in µg/m³.
fn frame(pm1: u16, pm2_5: u16, pm10: u16) -> [u8; 32] {
    let mut frame = [0; 32];
    frame[..4].copy_from_slice(&[0x42, 0x4d, 0, 28]);
    // Under "standard particle", then "under atmospheric environment".
    for (place, value) in [pm1, pm2_5, pm10, pm1, pm2_5, pm10].into_iter().enumerate() {
        frame[4 + 2 * place..][..2].copy_from_slice(&value.to_be_bytes());
    }
    let sum: u16 = frame[..30].iter().copied().map(u16::from).sum();
    frame[30..].copy_from_slice(&sum.to_be_bytes());
    frame
}
