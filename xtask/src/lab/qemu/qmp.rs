//! QEMU's machine protocol (docs/interop/qmp-spec of QEMU): a JSON object a line.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::lab::error::LabError;

/// How long an answer may take.
const ANSWERS: Duration = Duration::from_secs(30);

/// The monitor of a machine.
pub(in crate::lab) struct Qmp {
    write: UnixStream,
    read: BufReader<UnixStream>,
    /// What happened and nobody has asked for yet.
    events: Vec<Value>,
}

impl Qmp {
    pub(super) fn open(stream: UnixStream) -> Result<Self, LabError> {
        stream.set_read_timeout(Some(ANSWERS)).map_err(gone)?;
        let read = BufReader::new(stream.try_clone().map_err(gone)?);
        let mut qmp = Self { write: stream, read, events: Vec::new() };
        qmp.line()?;
        qmp.execute("qmp_capabilities", json!({}))?;
        Ok(qmp)
    }

    /// Runs `command`, and gives what it returns.
    pub(in crate::lab) fn execute(
        &mut self,
        command: &str,
        arguments: Value,
    ) -> Result<Value, LabError> {
        let line = json!({ "execute": command, "arguments": arguments }).to_string() + "\n";
        self.write.write_all(line.as_bytes()).map_err(gone)?;
        loop {
            let mut answer = self.line()?;
            if let Some(returned) = answer.get_mut("return") {
                return Ok(returned.take());
            }
            if let Some(error) = answer.get("error") {
                let said = error["desc"].as_str().unwrap_or("for no reason that it says").into();
                return Err(LabError::Refused { command: command.into(), said });
            }
            self.events.push(answer);
        }
    }

    /// Waits until the event `name` has happened, since it was waited for last.
    pub(in crate::lab) fn event(&mut self, name: &str, time: Duration) -> Result<Value, LabError> {
        let until = Instant::now() + time;
        loop {
            if let Some(at) = self.events.iter().position(|event| event["event"] == name) {
                return Ok(self.events.remove(at));
            }
            if Instant::now() > until {
                let what = format!("report {name}");
                return Err(LabError::Silent { what, time, said: String::new() });
            }
            // Any answer brings the events before it.
            self.execute("query-status", json!({}))?;
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn line(&mut self) -> Result<Value, LabError> {
        let mut line = String::new();
        if self.read.read_line(&mut line).map_err(gone)? == 0 {
            return Err(LabError::Gone { said: "its monitor has closed".into() });
        }
        serde_json::from_str(&line).map_err(|e| LabError::Gone { said: format!("{e}: {line}") })
    }
}

fn gone(error: std::io::Error) -> LabError {
    LabError::Gone { said: format!("its monitor: {error}") }
}
