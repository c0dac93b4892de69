//! The same bytes on a simulated board and on a real one.

use periplasm_registry::Digest;

use super::Run;
use super::found::says;
use crate::lab::error::LabError;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const RUN: Run = Run {
    name: "pipeline",
    machine: Machine::Imx8mp,
    about: "one composed thermometer, first on its sim board, then on the linux one",
    go,
};

const PIPELINE: &str = "/lab/pipelines/thermometer.wasm";

/// The board that the pipeline comes with: a model of an LM75 in a cold room.
const SIMULATED: &str = include_str!("../../../../compose/pipelines/thermometer/board.toml");

fn go(lab: &mut Lab) -> Result<()> {
    let outside = lab.folder.join("pipelines/thermometer.wasm");
    let bytes =
        std::fs::read(&outside).map_err(|source| LabError::File { path: outside, source })?;
    let digest = Digest::of(&bytes).to_string();
    let sum = digest.trim_start_matches("sha256:").to_owned();
    lab.check(format!("the bytes are those that were composed: sha256 {}…", &sum[..12]), |lab| {
        same(lab, &sum)?;
        let report = lab.periplasm(&format!("inspect {PIPELINE}"))?;
        says(&report, 0, &format!("digest  {digest}"))
    })?;
    lab.check("on its sim board it reads the model: -12.50 °C", |lab| {
        lab.write("/tmp/sim.toml", SIMULATED)?;
        let output = lab.periplasm(&format!("run {PIPELINE} --board /tmp/sim.toml"))?;
        says_only(&output.text, "-12.50 °C")?;
        says(&output, 0, "")
    })?;
    lab.check("on the linux board it reads the chip: 42.50 °C", |lab| {
        lab.set("/machine/peripheral/t0", "temperature", 42_500)?;
        let board = "/lab/boards/thermometer.toml";
        let output = lab.periplasm(&format!("run {PIPELINE} --board {board}"))?;
        says_only(&output.text, "42.50 °C")?;
        says(&output, 0, "")
    })?;
    lab.check("and the bytes are still the same", |lab| same(lab, &sum))
}

/// That the machine finds the same sum.
fn same(lab: &mut Lab, sum: &str) -> Result<()> {
    let found = lab.ok(&format!("sha256sum {PIPELINE}"))?;
    if found.split_whitespace().next() == Some(sum) {
        return Ok(());
    }
    Err(LabError::unexpected("the sum of the pipeline", found, sum))
}

fn says_only(found: &str, expected: &str) -> Result<()> {
    if found.trim_end() == expected {
        return Ok(());
    }
    Err(LabError::unexpected("what the app said", found, expected))
}
