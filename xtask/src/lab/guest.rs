//! The shell in a machine, over a serial port of its own.
//!
//! Both sides talk lines: a command goes in, and what it says comes out, ended
//! by a line with a mark, the command's number and its status.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::error::LabError;

/// What the machine says when its shell is ready: `tests/lab/init` does.
const READY: &str = "@lab ready";

/// After how long without an answer a machine is nudged for the first time;
/// each time after that it is twice as long, up to the second of these.
const NUDGE: (Duration, Duration) = (Duration::from_millis(30), Duration::from_millis(500));

/// The shell.
pub(super) struct Guest {
    port: UnixStream,
    /// What was read and belongs to no answer yet.
    unread: Vec<u8>,
    commands: u32,
}

/// What a command ended with.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// Its status; 128 and more where a signal ended it.
    pub(crate) status: i32,
    /// What it wrote to standard output and standard error.
    pub(crate) text: String,
}

/// A command in the background.
#[derive(Debug)]
pub(crate) struct Job {
    number: u32,
    pub(super) command: String,
}

impl Guest {
    /// Waits for the shell behind `port`.
    pub(super) fn wait(port: UnixStream, time: Duration) -> Result<Self, LabError> {
        let mut guest = Self { port, unread: Vec::new(), commands: 0 };
        let ready = |line: &str| (line == READY).then_some(());
        guest.until(time, "start", ready)?;
        Ok(guest)
    }

    /// Runs `command` to its end.
    pub(super) fn run(&mut self, command: &str, time: Duration) -> Result<Output, LabError> {
        self.commands += 1;
        let mark = format!("@lab {} ", self.commands);
        // The shell itself must not end, whatever the command does.
        let line = format!("(\n{command}\n) </dev/null 2>&1; printf '\\n{mark}%d\\n' $?\n");
        self.send(line.as_bytes())?;
        let (status, mut text) = self.until(time, &format!("run `{command}`"), |line| {
            line.strip_prefix(&mark)?.parse::<i32>().ok()
        })?;
        // The line's end before the mark is the mark's.
        if text.ends_with('\n') {
            text.pop();
        }
        Ok(Output { status, text })
    }

    /// Starts `command` in the background, in a session of its own.
    pub(super) fn start(&mut self, command: &str) -> Result<Job, LabError> {
        let number = self.commands + 1;
        let at = place(number);
        let script = format!(
            "cat >{at}.sh <<'LAB'\n{command}\nLAB\n\
             setsid sh -c 'sh {at}.sh >{at}.out 2>&1 </dev/null; echo $? >{at}.new; \
             mv {at}.new {at}.rc' </dev/null >/dev/null 2>&1 & echo $! >{at}.pid"
        );
        self.checked(&script)?;
        Ok(Job { number, command: command.into() })
    }

    /// What `job` has written so far.
    pub(super) fn said(&mut self, job: &Job) -> Result<String, LabError> {
        let command = format!("cat {}.out 2>/dev/null; true", place(job.number));
        Ok(self.run(&command, Duration::from_secs(30))?.text)
    }

    /// How `job` has ended, if it has.
    pub(super) fn ended(&mut self, job: &Job) -> Result<Option<Output>, LabError> {
        let command = format!("cat {}.rc 2>/dev/null; true", place(job.number));
        let status = self.run(&command, Duration::from_secs(30))?.text;
        let Ok(status) = status.trim().parse() else { return Ok(None) };
        Ok(Some(Output { status, text: self.said(job)? }))
    }

    /// Sends `signal`, such as `TERM`, to all of `job`.
    pub(super) fn signal(&mut self, job: &Job, signal: &str) -> Result<(), LabError> {
        let command = format!("kill -{signal} -$(cat {}.pid)", place(job.number));
        // One that has ended has nothing to be told.
        self.run(&command, Duration::from_secs(30)).map(drop)
    }

    /// Ends all that was started in the background, and forgets what it said.
    pub(super) fn end_all(&mut self) -> Result<(), LabError> {
        let command = "for pid in /tmp/job-*.pid; do [ -e $pid ] && kill -KILL -$(cat $pid) \
                       2>/dev/null; done; rm -f /tmp/job-*";
        self.run(command, Duration::from_secs(30)).map(drop)
    }

    /// Makes the file `path` with `text` in it.
    pub(super) fn write(&mut self, path: &str, text: &str) -> Result<(), LabError> {
        let end = (0..).map(|n| format!("LAB{n}")).find(|end| !text.contains(end.as_str()));
        let end = end.unwrap_or_else(|| "LAB".into());
        self.checked(&format!("cat >{path} <<'{end}'\n{}\n{end}", text.trim_end_matches('\n')))
    }

    fn checked(&mut self, command: &str) -> Result<(), LabError> {
        let output = self.run(command, Duration::from_secs(30))?;
        if output.status == 0 {
            return Ok(());
        }
        let (command, status, said) = (command.into(), output.status, output.text);
        Err(LabError::Status { command, status, said })
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), LabError> {
        self.port.write_all(bytes).map_err(|e| LabError::Gone { said: format!("its shell: {e}") })
    }

    /// Reads lines until `last` takes one. Gives that, and the text before it.
    fn until<T>(
        &mut self,
        time: Duration,
        what: &str,
        last: impl Fn(&str) -> Option<T>,
    ) -> Result<(T, String), LabError> {
        let until = Instant::now() + time;
        let mut text = String::new();
        let mut patience = NUDGE.0;
        loop {
            while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                if let Some(found) = last(line.trim_end()) {
                    return Ok((found, text));
                }
                text.push_str(line.trim_end_matches(['\r', '\n']));
                text.push('\n');
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(LabError::Silent { what: what.into(), time, said: text });
            }
            if !self.read(left.min(patience))? {
                // Nothing to the shell, and to a port that is stuck its next byte:
                // see `Machine::command_line`.
                self.send(b"\n")?;
                patience = (2 * patience).min(NUDGE.1);
            }
        }
    }

    /// Whether something came in `time`.
    fn read(&mut self, time: Duration) -> Result<bool, LabError> {
        let gone = |e: std::io::Error| LabError::Gone { said: format!("its shell: {e}") };
        self.port.set_read_timeout(Some(time)).map_err(gone)?;
        let mut bytes = [0; 4096];
        match self.port.read(&mut bytes) {
            Ok(0) => Err(LabError::Gone { said: "its shell has closed".into() }),
            Ok(read) => {
                self.unread.extend(&bytes[..read]);
                Ok(true)
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(false),
                _ => Err(gone(error)),
            },
        }
    }
}

/// Where the files of background command `number` begin.
fn place(number: u32) -> String {
    format!("/tmp/job-{number}")
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use super::Guest;
    use crate::lab::error::LabError;

    /// A guest whose machine answers what `answer` makes of the lines sent.
    fn guest(answer: impl FnOnce(BufReader<UnixStream>, UnixStream) + Send + 'static) -> Guest {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        std::thread::spawn(move || {
            let mut write = theirs.try_clone().expect("a clone");
            write.write_all(b"noise of a boot\r\n@lab ready\n").expect("written");
            answer(BufReader::new(theirs), write);
        });
        Guest::wait(ours, Duration::from_secs(5)).expect("ready")
    }

    #[test]
    fn what_a_command_says_and_how_it_ends_come_back() {
        let mut guest = guest(|read, mut write| {
            for line in read.lines().map_while(Result::ok) {
                if line.contains("printf") {
                    write.write_all(b"one\ntwo\n@lab 1 7\n").expect("written");
                }
            }
        });
        let output = guest.run("something", Duration::from_secs(5)).expect("an answer");
        assert_eq!((output.status, output.text.as_str()), (7, "one\ntwo"));
    }

    #[test]
    fn a_machine_that_says_nothing_or_goes_is_an_error() {
        let mut quiet = guest(|read, _write| _ = read.lines().count());
        let error = quiet.run("x", Duration::from_millis(50)).expect_err("no answer");
        assert!(matches!(error, LabError::Silent { .. }), "{error}");
        let mut gone = guest(|_, _| {});
        let error = gone.run("x", Duration::from_secs(5)).expect_err("no machine");
        assert!(matches!(error, LabError::Gone { .. }), "{error}");
    }
}
