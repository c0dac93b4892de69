//! Pins that do what words say. The input stays open from the first word on,
//! and with it the edges that nobody has taken.
//!
//! | words | answer |
//! | --- | --- |
//! | `level` | `high` or `low` |
//! | `count N MS` | takes N edges, waiting at most so long for each: `rising R falling F lost L in MS ms` |
//! | `wait CONDITION MS` | `yes`, or `no` when the time was over |
//! | `set LEVEL` | `set` |
//! | `toggle N US` | drives the output N times, with pauses: `toggled` |
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::str::FromStr;

use bindings::exports::test::ask::asked;
use bindings::{input, output};
use periplasm_driver::hal::Condition;
use periplasm_driver::hal::embedded_hal::delay::DelayNs;
use periplasm_driver::{Delay, Device, Error, InputPin, PinError};

periplasm_driver::driver!(Asked);

struct Asked;

static INPUT: Device<InputPin> = Device::new(|| Ok(input::open()));

impl asked::Guest for Asked {
    fn ask(words: Vec<String>) -> Result<String, String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["set", level] => set(level == "high"),
            ["toggle", count, pause] => toggle(number(count)?, number(pause)?),
            _ => {
                let mut answer = Err(String::new());
                // A pin that fails stays open: what it says then is asked for.
                let opened = INPUT.with(|pin| {
                    answer = ask(pin, &words);
                    Ok(())
                });
                opened.map_err(|error: Error| format!("{error:?}"))?;
                answer
            }
        }
    }
}

fn ask(pin: &InputPin, words: &[&str]) -> Result<String, String> {
    match *words {
        ["level"] => {
            let high = pin.is_high().map_err(failed)?;
            Ok(if high { "high" } else { "low" }.to_string())
        }
        ["count", count, ms] => tally(pin, number(count)?, number(ms)?),
        ["wait", condition, ms] => {
            let condition = match condition {
                "high" => Condition::High,
                "low" => Condition::Low,
                "rising" => Condition::RisingEdge,
                "falling" => Condition::FallingEdge,
                _ => Condition::AnyEdge,
            };
            let ns = number::<u64>(ms)?.saturating_mul(1_000_000);
            let held = pin.wait_for(condition, Some(ns)).map_err(failed)?;
            Ok(if held { "yes" } else { "no" }.to_string())
        }
        _ => Err("no such words".to_string()),
    }
}

fn tally(pin: &InputPin, count: u64, ms: u64) -> Result<String, String> {
    let (mut rising, mut falling, mut lost) = (0_u64, 0_u64, 0_u64);
    let (mut first, mut last) = (None, 0);
    while rising + falling < count {
        let Some(edge) = pin.next_edge(Some(ms.saturating_mul(1_000_000))).map_err(failed)? else {
            break;
        };
        *(if edge.rising { &mut rising } else { &mut falling }) += 1;
        lost += edge.lost;
        first.get_or_insert(edge.at_ns);
        last = edge.at_ns;
    }
    let ms = (last - first.unwrap_or(last)) / 1_000_000;
    Ok(format!("rising {rising} falling {falling} lost {lost} in {ms} ms"))
}

fn set(high: bool) -> Result<String, String> {
    output::open().set(high).map_err(failed)?;
    Ok("set".to_string())
}

fn toggle(count: u64, pause_us: u32) -> Result<String, String> {
    let output = output::open();
    let mut high = output.is_set_high().map_err(failed)?;
    for _ in 0..count {
        high = !high;
        output.set(high).map_err(failed)?;
        if pause_us > 0 {
            Delay.delay_us(pause_us);
        }
    }
    Ok("toggled".to_string())
}

fn failed(error: impl Into<PinError>) -> String {
    error.into().to_string()
}

fn number<N: FromStr>(word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("{word} is no number"))
}
