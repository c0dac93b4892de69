//! An SPI device that does what words say.
//!
//! | words | answer |
//! | --- | --- |
//! | `transfer HEX COUNT` | sends the bytes and then reads so many, in one transaction: these in hex |
//! | `pause MS` | `paused`, after so long |
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;
use core::str::FromStr;

use bindings::chip;
use bindings::exports::test::ask::asked;
use periplasm_driver::Delay;
use periplasm_driver::embedded_hal::delay::DelayNs;
use periplasm_driver::embedded_hal::spi::{Operation, SpiDevice};

periplasm_driver::driver!(Asked);

struct Asked;

impl asked::Guest for Asked {
    fn ask(words: Vec<String>) -> Result<String, String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["transfer", sent, count] => {
                let sent = bytes(sent).ok_or_else(|| format!("{sent} is not hex"))?;
                transfer(&sent, number(count)?)
            }
            ["pause", ms] => {
                Delay.delay_ms(number(ms)?);
                Ok("paused".to_string())
            }
            _ => Err("no such words".to_string()),
        }
    }
}

fn transfer(sent: &[u8], count: usize) -> Result<String, String> {
    let mut read = vec![0; count];
    chip::open()
        .transaction(&mut [Operation::Write(sent), Operation::Read(&mut read)])
        .map_err(|error| error.to_string())?;
    let mut text = String::with_capacity(2 * count);
    read.iter().try_for_each(|byte| write!(text, "{byte:02x}")).map_err(|e| e.to_string())?;
    Ok(text)
}

fn number<N: FromStr>(word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("{word} is no number"))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}
