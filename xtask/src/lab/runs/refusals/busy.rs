//! Hardware that is there and somebody else's, or gone.

use super::kinds::{GPIO, I2C, SERIAL, pins, port};
use super::{BOARD, UNAVAILABLE, put, refused, refused_in};
use crate::lab::error::LabError;
use crate::lab::runs::found::says;
use crate::lab::runs::i2c::COMPILES;
use crate::lab::session::{Lab, Result};

pub(super) fn no_bus(lab: &mut Lab) -> Result<()> {
    // i2c-dev's numbers, and a bus that there is not.
    lab.ok("mknod /dev/i2c-77 c 89 77")?;
    let board = (I2C.board)("/dev/i2c-77");
    refused(lab, &I2C, &board, "there is no I2C bus at /dev/i2c-77", I2C.find)?;
    lab.ok("rm /dev/i2c-77 && rmmod i2c_dev")?;
    let board = (I2C.board)(I2C.there);
    let result = refused(lab, &I2C, &board, "there is no I2C bus at /dev/i2c-0", I2C.find);
    lab.ok("insmod $(ls /lib/modules/i2c[-_]dev.ko)")?;
    result
}

pub(super) fn taken(lab: &mut Lab) -> Result<()> {
    lab.ok("echo tmp105 0x48 >/sys/bus/i2c/devices/i2c-0/new_device")?;
    let result = (|| {
        let driver = lab.ok("readlink /sys/bus/i2c/devices/0-0048/driver")?;
        if !driver.trim_end().ends_with("/lm75") {
            return Err(LabError::unexpected("the driver at 0x48", driver, "lm75"));
        }
        let why = "0x48 on /dev/i2c-0 is in use by a driver of the kernel";
        refused(lab, &I2C, &(I2C.board)(I2C.there), why, "unbind")?;
        let check =
            lab.periplasm(&format!("check /lab/pipelines/thermometer.wasm --board {BOARD}"))?;
        says(&check, UNAVAILABLE, why)
    })();
    lab.ok("echo 0x48 >/sys/bus/i2c/devices/i2c-0/delete_device")?;
    result?;
    let again = lab.periplasm(&format!("run /lab/pipelines/thermometer.wasm --board {BOARD}"))?;
    says(&again, 0, "°C")
}

pub(super) fn lines(lab: &mut Lab) -> Result<()> {
    let out = |chip, line| pins((GPIO.there, 5), (chip, line));
    // The data line of the bus of two pins.
    let sda = "/dev/gpiochip1 line 0 (\"sda\") is in use by another program or a driver";
    let words = (sda, "`gpioinfo` shows who has the line");
    refused_in(lab, &GPIO, &out("/dev/gpiochip1", 0), "[output-pin.out]", words)?;
    let none = "/dev/gpiochip3 has no line 99: it has 32";
    let board = pins((GPIO.there, 99), ("/dev/gpiochip2", 5));
    refused(lab, &GPIO, &board, none, "`gpioinfo` shows the lines")?;
    let name = "/dev/gpiochip3 has no line \"BUTTON\"";
    let board = board.replace("99", "\"BUTTON\"");
    refused(lab, &GPIO, &board, name, "`gpioinfo` shows the lines")?;

    put(lab, &(GPIO.board)(GPIO.there), "")?;
    lab.ok(&format!("cp {BOARD} /tmp/other.toml"))?;
    let other = lab.start_periplasm(
        "run /lab/pipelines/ask-pins.wasm --board /tmp/other.toml -- 'set low' 'wait high 600000'",
    )?;
    lab.wait_for(&other, "set", COMPILES)?;
    let board = pins((GPIO.there, 6), ("/dev/gpiochip2", 5));
    let ours = "/dev/gpiochip2 line 5 (\"periplasm\") is in use by another program";
    let words = (ours, "End that program, or give the board another line");
    let result = refused_in(lab, &GPIO, &board, "[output-pin.out]", words);
    lab.signal(&other, "KILL")?;
    result
}

pub(super) fn ports(lab: &mut Lab) -> Result<()> {
    let slow = "/dev/ttymxc0 cannot do this baud rate";
    refused(
        lab,
        &SERIAL,
        &port(SERIAL.there, 1),
        slow,
        "or use hardware whose driver in the kernel can do it",
    )?;
    put(lab, &(SERIAL.board)(SERIAL.there), "")?;
    lab.ok(&format!("cp {BOARD} /tmp/other.toml"))?;
    let other = lab.start_periplasm(
        "run /lab/pipelines/ask-serial.wasm --board /tmp/other.toml -- open 'read 600000'",
    )?;
    lab.wait_for(&other, "open", COMPILES)?;
    let busy = "/dev/ttymxc0 is in use by another program";
    let result = refused(lab, &SERIAL, &(SERIAL.board)(SERIAL.there), busy, "`fuser -v`");
    lab.signal(&other, "KILL")?;
    result
}
