//! A transaction in words, for a log.

use core::fmt;

use super::{Address, Answer, ErrorCode, NoAcknowledgeSource, Operation};

/// As many bytes of an operation are shown.
const MOST: usize = 32;

/// A transaction and its answer: `0x76 write d0, read 60`.
pub struct Said<'a> {
    /// The target, as it is on the wire.
    pub address: Address,
    /// What was asked.
    pub operations: &'a [Operation<'a>],
    /// What came back.
    pub answer: &'a Answer,
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#04x}", self.address)?;
        let mut read = self.answer.iter().flatten();
        for (place, operation) in self.operations.iter().enumerate() {
            f.write_str(if place == 0 { " " } else { ", " })?;
            match operation {
                Operation::Write(data) => {
                    f.write_str("write")?;
                    bytes(f, data)?;
                }
                Operation::Read(len) => match read.next() {
                    Some(data) => {
                        f.write_str("read")?;
                        bytes(f, data)?;
                    }
                    None => write!(f, "read {len} bytes")?,
                },
            }
        }
        match self.answer {
            Ok(_) => Ok(()),
            Err(error) => write!(f, ": {}", fault(*error)),
        }
    }
}

fn bytes(f: &mut fmt::Formatter<'_>, data: &[u8]) -> fmt::Result {
    if data.is_empty() {
        return f.write_str(" nothing");
    }
    data.iter().take(MOST).try_for_each(|byte| write!(f, " {byte:02x}"))?;
    match data.len().checked_sub(MOST) {
        Some(more @ 1..) => write!(f, " and {more} more"),
        _ => Ok(()),
    }
}

fn fault(error: ErrorCode) -> &'static str {
    match error {
        ErrorCode::Bus => "the bus is stuck or disturbed",
        ErrorCode::ArbitrationLoss => "another controller took the bus",
        ErrorCode::NoAcknowledge(NoAcknowledgeSource::Address) => "nobody answers",
        ErrorCode::NoAcknowledge(NoAcknowledgeSource::Data) => "a byte was refused",
        ErrorCode::NoAcknowledge(NoAcknowledgeSource::Unknown) => "no answer",
        ErrorCode::Overrun => "bytes were lost",
        ErrorCode::Other => "it failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};

    #[test]
    fn a_transaction_is_told_with_its_bytes_and_its_end() {
        let said = |operations: &[Operation<'_>], answer: Answer| {
            format!("{}", Said { address: 0x76, operations, answer: &answer })
        };
        let id = [Operation::Write(&[0xd0]), Operation::Read(1)];
        assert_eq!(said(&id, Ok(vec![vec![0x60]])), "0x76 write d0, read 60");
        let absent = ErrorCode::NoAcknowledge(NoAcknowledgeSource::Address);
        assert_eq!(said(&id, Err(absent)), "0x76 write d0, read 1 bytes: nobody answers");
        let long = [Operation::Write(&[7; 34]), Operation::Write(&[])];
        let shown = format!("0x76 write{} and 2 more, write nothing", " 07".repeat(32));
        assert_eq!(said(&long, Ok(vec![])), shown);
    }
}
