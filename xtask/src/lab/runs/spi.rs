//! A SPI flash: its id and contents by one long transaction and through the
//! w25q32jv driver, and what a kernel says of nodes that are not as asked for.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

use super::Run;
use super::found::{contains, expect, hex, last, refused, same};
use crate::lab::error::LabError;
use crate::lab::images::{FLASH, FLASH_BYTES, pattern};
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const RUN: Run = Run {
    name: "spi",
    machine: Machine::Imx8mp,
    about: "a flash through the w25q32jv driver, and by itself",
    go,
};

const BOARD: &str = "/lab/boards/spi.toml";
/// The pin that is the chip's select, and the chip's end of it.
const SELECT: (&str, u8) = ("gpio5", 9);
const SELECTED: &str = "/machine/peripheral/flash/ssi-gpio-cs[0]";
/// As spidev's driver calls the node of `/dev/spidev3.0`.
const NODE: &str = "spi3.0";

/// Bytes of a block, which is what is erased at once: W25Q32JV's datasheet,
/// section "Sector Erase".
const BLOCK: usize = 4096;

/// The time for a pipeline to be compiled and run.
const RUNS: Duration = Duration::from_secs(90);

fn go(lab: &mut Lab) -> Result<()> {
    lab.wire(SELECT.0, SELECT.1, SELECTED)?;
    let result = wired(lab);
    lab.wire(SELECT.0, SELECT.1, "")?;
    result?;
    not_selected(lab)
}

fn wired(lab: &mut Lab) -> Result<()> {
    let image = pattern(FLASH_BYTES);
    lab.check("the id is EF 40 16, as in W25Q32JV's datasheet", |lab| {
        expect("the id", &ask(lab, BOARD, &["transfer 9f 3"])?, "ef4016")
    })?;
    lab.check("65539 bytes across blocks and buffers come in one transaction", |lab| {
        let (at, len) = (BLOCK - 1, (1 << 16) + 3);
        let read = ask(lab, BOARD, &[&format!("transfer 03{at:06x} {len}")])?;
        same("the bytes", &hex(&read), &image[at..at + len])
    })?;
    lab.check("the driver reads three blocks as the image has them", |lab| {
        same("the blocks", &blocks(lab, 1, 3)?, &image[BLOCK..4 * BLOCK])
    })?;
    lab.check("the driver writes two blocks, and the image outside has them", write)?;
    refusals(lab)?;
    gone(lab)
}

/// Writes two blocks between two others.
fn write(lab: &mut Lab) -> Result<()> {
    const FIRST: usize = 100;
    let image = pattern(FLASH_BYTES);
    let letters = (0..2 * BLOCK - 1).map(|place| b'a' + (place * place % 25) as u8);
    let text: Vec<u8> = letters.chain([b'\n']).collect();
    lab.write("/tmp/blocks", &String::from_utf8_lossy(&text))?;
    lab.ok(&format!(
        "periplasm run --cache /lab/cache --stdin /lab/pipelines/flash.wasm --board {BOARD} \
         -- write {FIRST} </tmp/blocks"
    ))?;
    let (from, to) = ((FIRST - 1) * BLOCK, (FIRST + 3) * BLOCK);
    let mut expected = image[from..to].to_vec();
    expected[BLOCK..3 * BLOCK].copy_from_slice(&text);
    same("the blocks", &blocks(lab, FIRST - 1, 4)?, &expected)?;
    let path = lab.folder.join(FLASH);
    let file = |source| LabError::File { path: path.clone(), source };
    let mut outside = vec![0; to - from];
    let mut flash = File::open(&path).map_err(file)?;
    flash.seek(SeekFrom::Start(from as u64)).map_err(file)?;
    flash.read_exact(&mut outside).map_err(file)?;
    same("the image outside", &outside, &expected)
}

/// What is refused before any code runs. `board` is changed by `(from, to)`.
fn refusals(lab: &mut Lab) -> Result<()> {
    for (what, from, to, said) in [
        ("a mode that there is not", "mode = 0", "mode = 4", "the mode is 4, and must be"),
        ("a speed of nothing", "speed-hz = 10_000_000", "speed-hz = 0", "the speed is 0 Hz"),
        (
            "a select that is active high, of a GPIO",
            "mode = 0",
            "mode = 0\ncs-active-high = true",
            "cannot do a chip select that is active high",
        ),
        ("a node that is not there", "spidev3.0", "spidev9.0", "no SPI device at /dev/spidev9.0"),
        ("a node of another kind", "/dev/spidev3.0", "/dev/null", "/dev/null is not an SPI device"),
    ] {
        lab.check(format!("{what} is refused, with what to do"), |lab| {
            let board = lab.ok(&format!("cat {BOARD}"))?.replace(from, to);
            lab.write("/tmp/spi.toml", &board)?;
            refused(lab, "ask-spi.wasm --board /tmp/spi.toml -- 'transfer 9f 3'", said)
        })?;
    }
    Ok(())
}

fn gone(lab: &mut Lab) -> Result<()> {
    let unbound = "a device taken from its driver is gone, and there again when it is bound";
    lab.check(unbound, |lab| {
        let job = lab.start_periplasm(&format!(
            "run /lab/pipelines/ask-spi.wasm --board {BOARD} \
             -- 'transfer 9f 3' 'pause 5000' 'transfer 9f 3'"
        ))?;
        lab.wait_for(&job, "ef4016", RUNS)?;
        lab.ok(&format!("echo {NODE} >/sys/bus/spi/drivers/spidev/unbind"))?;
        let ended = lab.finish(job, RUNS);
        lab.ok(&format!("echo {NODE} >/sys/bus/spi/drivers/spidev/bind"))?;
        let said = ended?.text;
        expect("the second", last(&said), "error: the device is gone")?;
        expect("the id", &ask(lab, BOARD, &["transfer 9f 3"])?, "ef4016")
    })
}

fn not_selected(lab: &mut Lab) -> Result<()> {
    lab.check("a chip that is not selected is none, to the driver", |lab| {
        let output = flash(lab, "read 0 1")?;
        contains("the driver", &output, "the device answers, but not with anything")
    })
}

/// Asks the device for each line of words; gives the last answer.
fn ask(lab: &mut Lab, board: &str, lines: &[&str]) -> Result<String> {
    let lines = lines.iter().map(|line| format!(" '{line}'")).collect::<String>();
    let arguments = format!("run /lab/pipelines/ask-spi.wasm --board {board} --{lines}");
    let output = lab.periplasm(&arguments)?;
    Ok(last(&output.text).to_owned())
}

/// Reads `count` blocks through the driver.
fn blocks(lab: &mut Lab, first: usize, count: usize) -> Result<Vec<u8>> {
    let text = flash(lab, &format!("read {first} {count} | od -A n -v -t x1"))?;
    Ok(hex(&text))
}

fn flash(lab: &mut Lab, words: &str) -> Result<String> {
    let arguments = format!("run /lab/pipelines/flash.wasm --board {BOARD} -- {words}");
    Ok(lab.periplasm(&arguments)?.text)
}
