//! A controller that does SMBus commands only, as the mainboards of PCs have it.

use super::Run;
use super::found::says;
use crate::lab::error::LabError;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const RUN: Run = Run {
    name: "smbus",
    machine: Machine::Q35,
    about: "the host against a controller without plain I2C (i801)",
    go,
};

const BOARD: &str = "/tmp/board.toml";

fn go(lab: &mut Lab) -> Result<()> {
    let names = lab.ok("grep -H . /sys/bus/i2c/devices/i2c-*/name")?;
    let (bus, _) = names
        .lines()
        .filter_map(|line| line.split_once("/name:"))
        .find(|(_, name)| name.starts_with("SMBus I801"))
        .ok_or_else(|| LabError::unexpected("the buses", &names, "one of i2c-i801"))?;
    let node = format!("/dev/{}", bus.rsplit('/').next().unwrap_or(bus));
    lab.check("is refused when the board is opened, with its line and the remedy", |lab| {
        let text =
            format!("backend = \"linux\"\n\n[i2c.sensors]\ndevice = \"{node}\"\nallow = [0x48]\n");
        lab.write(BOARD, &text)?;
        let output =
            lab.periplasm(&format!("run /lab/pipelines/thermometer.wasm --board {BOARD}"))?;
        let why = format!("the controller of {node} speaks SMBus only");
        [&*why, "use a bus of another controller", "[/tmp/board.toml:4:"]
            .iter()
            .try_for_each(|words| says(&output, 69, words))
    })
}
