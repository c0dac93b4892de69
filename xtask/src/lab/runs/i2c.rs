//! Thermometers on real buses: a tmp105 read while its temperature is set from
//! outside, addresses where nobody is, and a chip that goes and comes back.

use std::time::Duration;

use super::Run;
use super::found::says;
use crate::lab::error::LabError;
use crate::lab::guest::{Job, Output};
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const RUN: Run = Run {
    name: "i2c",
    machine: Machine::Imx8mp,
    about: "a tmp105 through the lm75 driver, wrong addresses, a chip that goes",
    go,
};

/// The temperatures of TMP105's datasheet, section "Temperature Register", table
/// "Temperature Data Format", in milli-°C. Neighbours differ, so that a reading
/// is never the one before.
const TEMPERATURES: [i64; 11] =
    [127_937, 250, 100_000, 0, 80_000, -250, 75_000, -25_000, 50_000, -55_000, 25_000];

/// The least significant bit of 9 bits, in which the chip starts: 0.5 °C.
const LSB: i64 = 500;

const CHIP: &str = "/machine/peripheral/t0";
const CHIP_BEHIND_MUX: &str = "/machine/peripheral/t1";

/// A reading a second: three times as long as a change takes to show, and more
/// where the machine has little of a processor.
const SHOWS: Duration = Duration::from_secs(15);
/// The first one comes after the pipeline was compiled.
pub(super) const COMPILES: Duration = Duration::from_secs(60);

/// What the app says of the kinds `Bus` and `NoAcknowledge`.
const DISTURBED: &str = "no reading: the bus is stuck or disturbed";
const NO_ANSWER: &str = "no reading: the device does not answer";

fn go(lab: &mut Lab) -> Result<()> {
    temperatures(lab)?;
    wrong_addresses(lab)?;
    removal(lab)
}

fn temperatures(lab: &mut Lab) -> Result<()> {
    lab.set(CHIP, "temperature", 33_500)?;
    let app = lab.start_periplasm(
        "run /lab/pipelines/thermometer.wasm --board /lab/boards/thermometer.toml -- 600",
    )?;
    lab.check("reads 33.5 °C", |lab| shows(lab, &app, 33_500, COMPILES))?;
    lab.check("follows 11 temperatures of the datasheet's, set from outside, to one LSB", |lab| {
        TEMPERATURES.iter().try_for_each(|&temperature| {
            lab.set(CHIP, "temperature", temperature)?;
            shows(lab, &app, temperature, SHOWS)
        })
    })?;
    lab.signal(&app, "KILL")
}

/// Waits until the last reading is `milli_celsius`, to one LSB.
fn shows(lab: &mut Lab, app: &Job, milli_celsius: i64, time: Duration) -> Result<()> {
    let what = format!("read {milli_celsius} m°C");
    let near = |reading: i64| (reading - milli_celsius).abs() <= LSB;
    lab.wait_until(app, &what, time, |said| last_reading(said).is_some_and(near)).map(drop)
}

/// What the last line says, such as `-12.50 °C`, in milli-°C.
fn last_reading(said: &str) -> Option<i64> {
    let value: f64 = said.lines().last()?.strip_suffix(" °C")?.parse().ok()?;
    Some((value * 1000.0).round() as i64)
}

fn wrong_addresses(lab: &mut Lab) -> Result<()> {
    let denied = "an address that the board does not allow is refused before any code runs";
    lab.check(denied, |lab| {
        let output = lab.periplasm(
            "run /lab/pipelines/behind-mux.wasm --trace --board /lab/boards/thermometer.toml",
        )?;
        says(&output, 77, "asked for 0x4a on bus `sensors`; allowed: 0x48")?;
        says(&output, 77, "/lab/boards/thermometer.toml:6:")?;
        says_not(&output, "ms  sensors")
    })?;
    lab.check("nobody at the address (i2c-gpio, ENXIO): not acknowledged", |lab| {
        let about = lab.ok("cat /sys/bus/i2c/devices/i2c-6/of_node/compatible")?;
        if !about.starts_with("i2c-gpio") {
            return Err(LabError::unexpected("the bus of two pins", about, "i2c-gpio"));
        }
        pulled_up(lab, |lab| {
            let output = lab.periplasm(
                "run /lab/pipelines/thermometer.wasm --trace --board /lab/boards/nobody.toml",
            )?;
            says(&output, 1, "0x48  w 00  r (2 bytes)  address not acknowledged")?;
            says(&output, 1, NO_ANSWER)
        })
    })?;
    lab.check("nobody at the address (i2c-imx as QEMU has it, ETIMEDOUT): the bus", |lab| {
        lab.ok("i2cset -y 0 0x70 0")?;
        let output = lab.periplasm(
            "run /lab/pipelines/behind-mux.wasm --trace --board /lab/boards/behind-mux.toml",
        )?;
        says(&output, 1, "0x4a  w 00  r (2 bytes)  ")?;
        says(&output, 1, DISTURBED)
    })
}

/// Calls `f` while the wires of the bus of two pins are pulled up.
fn pulled_up(lab: &mut Lab, f: impl FnOnce(&mut Lab) -> Result<()>) -> Result<()> {
    let levels = |lab: &mut Lab, level: u8| {
        (0..2).try_for_each(|pin| {
            let command = format!("set_irq_in /machine/soc/gpio2 unnamed-gpio-in {pin} {level}");
            lab.qtest(&command).map(drop)
        })
    };
    levels(lab, 1)?;
    let result = f(lab);
    levels(lab, 0)?;
    result
}

fn removal(lab: &mut Lab) -> Result<()> {
    lab.ok("i2cset -y 0 0x70 1")?;
    lab.set(CHIP_BEHIND_MUX, "temperature", 31_000)?;
    let app = lab.start_periplasm(
        "run /lab/pipelines/behind-mux.wasm --board /lab/boards/behind-mux.toml -- 600",
    )?;
    lab.check("a chip that is removed in the middle is an error in words", |lab| {
        shows(lab, &app, 31_000, COMPILES)?;
        lab.ok("i2cset -y 0 0x70 0")?;
        lab.wait_for(&app, DISTURBED, SHOWS).map(drop)
    })?;
    lab.check("and is read again when it is back", |lab| {
        lab.set(CHIP_BEHIND_MUX, "temperature", -20_500)?;
        lab.ok("i2cset -y 0 0x70 1")?;
        shows(lab, &app, -20_500, SHOWS)
    })?;
    lab.signal(&app, "KILL")?;
    lab.ok("i2cset -y 0 0x70 0").map(drop)
}

fn says_not(output: &Output, text: &str) -> Result<()> {
    if output.text.contains(text) {
        return Err(LabError::unexpected("what the host said", &output.text, "no transaction"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::last_reading;

    #[test]
    fn the_last_line_is_the_reading_if_it_is_whole() {
        assert_eq!(last_reading("25.50 °C\n-12.50 °C\n"), Some(-12_500));
        assert_eq!(last_reading("25.50 °C\n-12.5"), None);
        assert_eq!(last_reading("25.50 °C\nno reading: the device is gone\n"), None);
        assert_eq!(last_reading(""), None);
    }
}
