//! A chip behind I2C: its edges, and what is when it goes.
//!
//! QEMU's machine has no expander, but a memory of bytes: that is all that the
//! kernel's driver of the PCA9554 asks of one. Register 0 is the pins' levels
//! (PCA9554's datasheet, section "Registers").

use super::{ANSWERS, BEGINS, drive, start};
use crate::lab::runs::found::{contains, expect, last};
use crate::lab::session::{Lab, Result};

/// The input of gpio1 that is the chip's interrupt, active low.
const INTERRUPT: u8 = 8;
const DRIVER: &str = "/sys/bus/i2c/drivers/pca953x";
/// Bus and address.
const CHIP: &str = "1-0020";

/// The board that [`board`] makes.
const FOUND: &str = "gpio-expander-found";

pub(super) fn expander(lab: &mut Lab) -> Result<()> {
    // Nothing pulls the wire up.
    drive(lab, INTERRUPT, true)?;
    board(lab)?;
    let job = start(lab, FOUND, "level 'count 1 60000' 'count 1 60000'")?;
    let result = edge(lab, &job).and_then(|()| {
        lab.check("a chip that is taken from its driver is gone while it is waited for", |lab| {
            lab.ok(&format!("echo {CHIP} >{DRIVER}/unbind"))?;
            let output = lab.finish(job, ANSWERS)?;
            expect("the component", last(&output.text), "error: the pin is gone")
        })?;
        lab.check("it is there again when it is bound", |lab| {
            lab.ok(&format!("echo {CHIP} >{DRIVER}/bind"))?;
            board(lab)?;
            let job = start(lab, FOUND, "level")?;
            expect("the level", &lab.finish(job, BEGINS)?.text, "high")
        })
    });
    // In any case: a chip that is bound stays so.
    lab.sh(&format!("[ -e {DRIVER}/{CHIP} ] || echo {CHIP} >{DRIVER}/bind"))?;
    lab.ok("i2cset -y -f 1 0x20 0 0")?;
    result
}

/// Makes the board with the number that the chip has now: it may get another one
/// each time that it is bound.
fn board(lab: &mut Lab) -> Result<()> {
    let chip = lab.ok(&format!("basename /sys/bus/i2c/devices/{CHIP}/gpiochip*"))?;
    let board = lab.ok("cat /lab/boards/gpio-expander.toml")?.replace("gpiochip5", chip.trim());
    lab.write(&format!("/lab/boards/{FOUND}.toml"), &board)
}

fn edge(lab: &mut Lab, job: &crate::lab::guest::Job) -> Result<()> {
    lab.check("an edge of a pin behind I2C is counted, by the chip's interrupt", |lab| {
        lab.wait_for(job, "low\n", BEGINS)?;
        lab.ok("i2cset -y -f 1 0x20 0 1")?;
        drive(lab, INTERRUPT, false)?;
        let said = lab.wait_for(job, "lost", ANSWERS);
        drive(lab, INTERRUPT, true)?;
        contains("the component", &said?, "rising 1 falling 0 lost 0")
    })
}
