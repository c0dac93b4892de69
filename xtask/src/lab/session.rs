//! A machine that runs, for the runs on it.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::error::LabError;
use super::guest::{Guest, Job, Output};
use super::log::Log;
use super::machine::{Machine, Port};
use super::prepare::Prepared;
use super::qemu::Qemu;
use crate::steps::Step;

pub(crate) type Result<T> = std::result::Result<T, LabError>;

/// How long a machine may take to start; two to seven seconds are usual.
const STARTS: Duration = Duration::from_secs(120);

/// How long a command in the machine may take, where nothing else is said.
/// Compiling a pipeline takes about five seconds, more where others compute.
const COMMAND: Duration = Duration::from_secs(60);

/// A machine that runs: from inside by its shell, from outside by the emulator.
pub(crate) struct Lab {
    /// Where the machine's files are, outside: `target/machines/<machine>`.
    pub(crate) folder: PathBuf,
    guest: Guest,
    qemu: Qemu,
    log: Log,
    /// What the current run has shown, and what shows it.
    pub(super) checks: Vec<String>,
    pub(super) step: Option<Step>,
}

impl Lab {
    /// Starts `machine` and waits for its shell.
    pub(super) fn start(machine: Machine, prepared: &Prepared, folder: &Path) -> Result<Self> {
        let mut log = Log::begin(folder)?;
        for (what, version) in &prepared.versions {
            log.note("", &format!("{what} {version}"));
        }
        let qemu = Qemu::start(machine, prepared, folder)?;
        let shell = machine.ports().iter().position(|port| *port == Port::Shell);
        let guest = Guest::wait(qemu.port(shell.unwrap_or(0))?, STARTS)?;
        log.note("", "the machine is up");
        let (checks, step) = (Vec::new(), None);
        Ok(Self { folder: folder.to_owned(), guest, qemu, log, checks, step })
    }

    /// Tries one thing of a run: `what` is a line of the report. What follows it
    /// may rely on it.
    pub(crate) fn check<T>(
        &mut self,
        what: impl Into<String>,
        check: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let what = what.into();
        if let Some(step) = &self.step {
            step.detail(&what);
        }
        let result = check(self);
        match &result {
            Ok(_) => {
                self.log.note("✓", &what);
                self.checks.push(what);
            }
            Err(error) => self.log.note("✗", &format!("{what}: {error}")),
        }
        result
    }

    /// Shows `text` in the report too, as it is: a table.
    pub(crate) fn show(&mut self, text: &str) {
        self.log.note("", text);
        self.checks.push(text.trim_end().to_owned());
    }

    /// Runs a command of the machine's shell to its end.
    pub(crate) fn sh(&mut self, command: &str) -> Result<Output> {
        self.sh_for(command, COMMAND)
    }

    /// The same with a time limit of its own.
    pub(crate) fn sh_for(&mut self, command: &str, time: Duration) -> Result<Output> {
        self.log.note("$", command);
        let output = self.guest.run(command, time)?;
        self.logged(&output);
        Ok(output)
    }

    /// The same for a command that must end well. Gives what it wrote.
    pub(crate) fn ok(&mut self, command: &str) -> Result<String> {
        let output = self.sh(command)?;
        if output.status == 0 {
            return Ok(output.text);
        }
        let (command, status, said) = (command.into(), output.status, output.text);
        Err(LabError::Status { command, status, said })
    }

    /// Runs the host in the machine, such as `run /lab/pipelines/x.wasm --board …`:
    /// what it compiled once it need not compile again.
    pub(crate) fn periplasm(&mut self, arguments: &str) -> Result<Output> {
        self.sh(&host(arguments))
    }

    /// Starts the host in the machine, in the background.
    pub(crate) fn start_periplasm(&mut self, arguments: &str) -> Result<Job> {
        self.start_job(&host(arguments))
    }

    /// Starts a command in the background. What the run does not end, ends with it.
    pub(crate) fn start_job(&mut self, command: &str) -> Result<Job> {
        self.log.note("&", command);
        self.guest.start(command)
    }

    /// Waits until a command in the background has written `text`. Gives all
    /// that it wrote by then.
    pub(crate) fn wait_for(&mut self, job: &Job, text: &str, time: Duration) -> Result<String> {
        self.wait_until(job, &format!("write {text:?}"), time, |said| said.contains(text))
    }

    /// Waits until what a command in the background has written is `enough`.
    pub(crate) fn wait_until(
        &mut self,
        job: &Job,
        what: &str,
        time: Duration,
        enough: impl Fn(&str) -> bool,
    ) -> Result<String> {
        let until = Instant::now() + time;
        loop {
            let ended = self.guest.ended(job)?;
            let said = self.guest.said(job)?;
            if enough(&said) {
                self.log.note("", &format!("`{}` has written:\n{said}", job.command));
                return Ok(said);
            }
            if let Some(Output { status, text }) = ended {
                let command = job.command.clone();
                return Err(LabError::Status { command, status, said: text });
            }
            if Instant::now() > until {
                return Err(LabError::Silent { what: what.into(), time, said });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for the end of a command in the background.
    pub(crate) fn finish(&mut self, job: Job, time: Duration) -> Result<Output> {
        let until = Instant::now() + time;
        loop {
            if let Some(output) = self.guest.ended(&job)? {
                self.log.note("", &format!("`{}` has ended", job.command));
                self.logged(&output);
                return Ok(output);
            }
            if Instant::now() > until {
                let (what, said) = (format!("end `{}`", job.command), self.guest.said(&job)?);
                return Err(LabError::Silent { what, time, said });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Sends a signal, such as `KILL`, to a command in the background.
    pub(crate) fn signal(&mut self, job: &Job, signal: &str) -> Result<()> {
        self.log.note("", &format!("SIG{signal} to `{}`", job.command));
        self.guest.signal(job, signal)
    }

    /// Makes a file in the machine. A last line has an end.
    pub(crate) fn write(&mut self, path: &str, text: &str) -> Result<()> {
        self.log.note("", &format!("{path}:\n{text}"));
        self.guest.write(path, text)
    }

    /// Runs a command of QEMU's monitor.
    pub(crate) fn qmp(&mut self, command: &str, arguments: Value) -> Result<Value> {
        self.log.note("qmp", &format!("{command} {arguments}"));
        self.qemu.qmp.execute(command, arguments)
    }

    /// Waits for an event of QEMU's monitor.
    pub(crate) fn event(&mut self, name: &str, time: Duration) -> Result<Value> {
        self.qemu.qmp.event(name, time)
    }

    /// Sets a property of an emulated device, such as the temperature of
    /// `/machine/peripheral/t0`, in milli-°C.
    pub(crate) fn set(
        &mut self,
        path: &str,
        property: &str,
        value: impl Into<Value>,
    ) -> Result<()> {
        let arguments = json!({ "path": path, "property": property, "value": value.into() });
        self.qmp("qom-set", arguments).map(drop)
    }

    /// Solders pin `pin` of the GPIO controller `from`, such as `gpio3`, to an
    /// input, such as `/machine/soc/gpio4/unnamed-gpio-in[2]`.
    pub(crate) fn wire(&mut self, from: &str, pin: u8, to: &str) -> Result<()> {
        self.set(&format!("/machine/soc/{from}"), &format!("unnamed-gpio-out[{pin}]"), to)
    }

    /// Runs a command of QEMU's test port, such as `readl 0x30200000`.
    pub(crate) fn qtest(&mut self, command: &str) -> Result<String> {
        self.log.note("qt", command);
        self.qemu.qtest.run(command)
    }

    /// The same, not logged: for loops.
    pub(crate) fn qtest_quiet(&mut self, command: &str) -> Result<String> {
        self.qemu.qtest.run(command)
    }

    /// The outside end of serial port `number`.
    pub(crate) fn serial(&mut self, number: usize) -> Result<UnixStream> {
        self.qemu.port(number)
    }

    /// Begins the run `name`, whose checks `step` shows.
    pub(super) fn begin(&mut self, name: &str, step: Step) {
        self.log.note("", &format!("── {name}"));
        self.checks.clear();
        self.step = Some(step);
    }

    /// Ends what the run has left running. Gives what showed its checks.
    pub(super) fn end(&mut self) -> Result<Option<Step>> {
        let step = self.step.take();
        self.guest.end_all()?;
        Ok(step)
    }

    fn logged(&mut self, output: &Output) {
        if !output.text.is_empty() {
            self.log.note("", &output.text);
        }
        if output.status != 0 {
            self.log.note("", &format!("(status {})", output.status));
        }
    }
}

fn host(arguments: &str) -> String {
    let (command, rest) = arguments.split_once(' ').unwrap_or((arguments, ""));
    match command {
        "run" => format!("periplasm run --cache /lab/cache {rest}"),
        _ => format!("periplasm {arguments}"),
    }
}
