//! A serial port that does what words say. It stays open from the first word on.
//!
//! | words | answer |
//! | --- | --- |
//! | `open` | `open` |
//! | `echo N MS` | reads N bytes and writes each back: `echoed N`, or fewer when none came for so long |
//! | `take N MS` | reads N bytes: their number and their sum |
//! | `send N` | writes N bytes, 0 to 255 over and over, and waits until they are out: `sent` |
//! | `read MS` | what came, in hex; empty when the time was over |
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;
use core::str::FromStr;

use bindings::exports::test::ask::asked;
use bindings::port;
use periplasm_driver::{Device, Error, Serial, SerialError};

periplasm_driver::driver!(Asked);

struct Asked;

static PORT: Device<Serial> = Device::new(|| Ok(port::open()));

/// Bytes of one read.
const AT_ONCE: u32 = 512;

impl asked::Guest for Asked {
    fn ask(words: Vec<String>) -> Result<String, String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut answer = Err(String::new());
        // A port that fails stays open: what it says then is asked for.
        let opened = PORT.with(|port| {
            answer = ask(port, &words);
            Ok(())
        });
        opened.map_err(|error: Error| format!("{error:?}"))?;
        answer
    }
}

fn ask(port: &Serial, words: &[&str]) -> Result<String, String> {
    match *words {
        ["open"] => Ok("open".to_string()),
        ["echo", count, ms] => {
            let done = receive(port, number(count)?, number(ms)?, |bytes| write(port, bytes))?;
            port.flush().map_err(failed)?;
            Ok(format!("echoed {done}"))
        }
        ["take", count, ms] => {
            let mut sum = 0_u64;
            let done = receive(port, number(count)?, number(ms)?, |bytes| {
                sum += bytes.iter().copied().map(u64::from).sum::<u64>();
                Ok(())
            })?;
            Ok(format!("took {done}, sum {sum}"))
        }
        ["send", count] => {
            let bytes: Vec<u8> = (0..=255).cycle().take(number(count)?).collect();
            write(port, &bytes)?;
            port.flush().map_err(failed)?;
            Ok("sent".to_string())
        }
        ["read", ms] => {
            let bytes = port.read(AT_ONCE, Some(nanoseconds(ms)?)).map_err(failed)?;
            let mut text = String::new();
            bytes
                .iter()
                .try_for_each(|byte| write!(text, "{byte:02x}"))
                .map_err(|e| e.to_string())?;
            Ok(text)
        }
        _ => Err("no such words".to_string()),
    }
}

/// Reads `count` bytes, or until none came for `ms`. How many there were.
fn receive(
    port: &Serial,
    count: u32,
    ms: u64,
    mut each: impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<u32, String> {
    let mut done = 0;
    while done < count {
        let max = AT_ONCE.min(count - done);
        let bytes = port.read(max, Some(ms.saturating_mul(1_000_000))).map_err(failed)?;
        if bytes.is_empty() {
            break;
        }
        each(&bytes)?;
        done += bytes.len() as u32;
    }
    Ok(done)
}

fn write(port: &Serial, mut bytes: &[u8]) -> Result<(), String> {
    while !bytes.is_empty() {
        let taken = port.write(bytes).map_err(failed)?;
        bytes = bytes.get(taken as usize..).ok_or("more was taken than there was")?;
    }
    Ok(())
}

fn failed(error: impl Into<SerialError>) -> String {
    error.into().to_string()
}

fn nanoseconds(ms: &str) -> Result<u64, String> {
    Ok(number::<u64>(ms)?.saturating_mul(1_000_000))
}

fn number<N: FromStr>(word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("{word} is no number"))
}
