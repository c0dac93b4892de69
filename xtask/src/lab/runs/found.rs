//! What was found, and what should have been.

use crate::lab::error::LabError;
use crate::lab::guest::Output;
use crate::lab::session::{Lab, Result};

/// That two texts are the same, but for the end of a last line.
pub(super) fn expect(what: &str, found: &str, expected: &str) -> Result<()> {
    let found = found.trim_end();
    match found == expected {
        true => Ok(()),
        false => Err(LabError::unexpected(what, found, expected)),
    }
}

/// That a text says something.
pub(super) fn contains(what: &str, found: &str, expected: &str) -> Result<()> {
    match words(found).contains(&words(expected)) {
        true => Ok(()),
        false => Err(LabError::unexpected(what, found, format!("something with {expected:?}"))),
    }
}

/// That a command ended with `status` and said `text`.
pub(super) fn says(output: &Output, status: i32, text: &str) -> Result<()> {
    if output.status == status {
        return contains("what was said", &output.text, text);
    }
    let found = format!("{} and:\n{}", output.status, output.text);
    Err(LabError::unexpected("the status", found, format!("{status} and {text:?}")))
}

/// That a command did not end well. Gives what it said.
pub(super) fn failed(output: Output) -> Result<String> {
    match output.status {
        0 => Err(LabError::unexpected("the status", format!("0 and:\n{}", output.text), "another")),
        _ => Ok(output.text),
    }
}

/// A text without what a message's frame and its ends of lines put into it.
fn words(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_ascii() { c } else { ' ' }).collect::<String>();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// That bytes are the same; says where they are not.
pub(super) fn same(what: &str, found: &[u8], expected: &[u8]) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let at = found.iter().zip(expected).take_while(|(found, expected)| found == expected).count();
    let from = |bytes: &[u8]| {
        let some: String = bytes[at..].iter().take(8).map(|byte| format!(" {byte:02x}")).collect();
        format!("{} bytes, from {at} on{some}", bytes.len())
    };
    Err(LabError::unexpected(what, from(found), from(expected)))
}

/// The bytes that hexadecimal digits say, whatever is between them. None where
/// that is no such text.
pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16));
    let Some(digits) = digits.collect::<Option<Vec<u32>>>() else { return Vec::new() };
    digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// The last line.
pub(super) fn last(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or_default()
}

/// That the host refuses to run `pipeline`, and why.
pub(super) fn refused(lab: &mut Lab, pipeline: &str, expected: &str) -> Result<()> {
    let said = failed(lab.periplasm(&format!("run /lab/pipelines/{pipeline}"))?)?;
    contains("the host", &said, expected)?;
    contains("the host", &said, "help:")
}

/// A register of the machine, read from outside.
pub(super) fn read(lab: &mut Lab, register: u64) -> Result<u64> {
    let said = lab.qtest_quiet(&format!("readl {register:#x}"))?;
    let value = said.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    value.ok_or_else(|| LabError::unexpected("a register", &said, "a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_says_where_it_is() {
        assert!(same("bytes", &[1, 2], &[1, 2]).is_ok());
        let error = same("bytes", &[1, 2, 3], &[1, 2, 4, 5]).expect_err("they differ");
        let said = "bytes: found 3 bytes, from 2 on 03, expected 4 bytes, from 2 on 04 05";
        assert_eq!(error.to_string(), said);
        assert!(same("bytes", &[], &[1]).is_err());
    }

    #[test]
    fn digits_are_bytes_and_other_words_are_none() {
        assert_eq!(hex(" ef 40\n16"), [0xef, 0x40, 0x16]);
        assert!(hex("Error: none").is_empty());
    }

    #[test]
    fn a_message_is_found_across_its_lines() {
        assert!(contains("it", "× spi `x` is not\n  │ there", "is not there").is_ok());
        assert!(contains("it", "is there", "is not there").is_err());
    }
}
