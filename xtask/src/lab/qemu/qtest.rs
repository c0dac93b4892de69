//! QEMU's test protocol (`system/qtest.c` of QEMU): a line a command, a line an
//! answer. It sees and moves wires while the machine runs.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::lab::error::LabError;

/// The wires of a machine.
pub(in crate::lab) struct Qtest {
    write: UnixStream,
    read: BufReader<UnixStream>,
}

impl Qtest {
    pub(super) fn open(stream: UnixStream) -> Result<Self, LabError> {
        stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(gone)?;
        let read = BufReader::new(stream.try_clone().map_err(gone)?);
        Ok(Self { write: stream, read })
    }

    /// Runs `command`, and gives what follows the `OK` of its answer.
    pub(in crate::lab) fn run(&mut self, command: &str) -> Result<String, LabError> {
        self.write.write_all(format!("{command}\n").as_bytes()).map_err(gone)?;
        loop {
            let mut line = String::new();
            if self.read.read_line(&mut line).map_err(gone)? == 0 {
                return Err(LabError::Gone { said: "its test port has closed".into() });
            }
            let line = line.trim_end();
            if let Some(value) = line.strip_prefix("OK") {
                return Ok(value.trim_start().to_owned());
            }
            // Lines that were intercepted report at any time.
            if !line.starts_with("IRQ") {
                return Err(LabError::Refused { command: command.into(), said: line.into() });
            }
        }
    }
}

fn gone(error: std::io::Error) -> LabError {
    LabError::Gone { said: format!("its test port: {error}") }
}
