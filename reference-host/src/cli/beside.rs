//! Pipelines that run beside the main one, on the same machine.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use miette::Diagnostic;
use periplasm_host::{
    Board, Cause, Compiled, Grants, Host, LogSink, Machine, Output, Pipeline, RunError, RunOptions,
    Running, Stopper,
};

use super::exit::Failure;
use super::remote::{RemoteArgs, Source};
use super::screen::complain;

/// Pipelines that may run, and what they were granted.
#[derive(Default)]
pub(super) struct Decided {
    pipelines: Vec<(Source, Pipeline)>,
    grants: Vec<Grants>,
}

/// Pipelines that are running, each on a thread of its own.
pub(super) struct Beside(Vec<Thread>);

struct Thread {
    stopper: Stopper,
    thread: JoinHandle<()>,
}

/// How long a program waits for gadgets before it starts without them.
const PLUG_IN: Duration = Duration::from_secs(2);

/// How long pipelines may take to end that were stopped.
const END: Duration = Duration::from_secs(1);

/// A pipeline beside the main one that failed.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("beside, pipeline `{name}`: {error}")]
#[diagnostic(forward(error))]
struct Failed {
    name: String,
    error: RunError,
}

/// A pipeline beside the main one that ended by itself as a failure.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("beside, pipeline `{name}` ended with exit code {code}")]
struct Ended {
    name: String,
    code: i32,
}

impl Decided {
    /// Reads the files and decides their grants.
    pub(super) fn of(
        files: &[Source],
        remote: &RemoteArgs,
        board: &Board,
    ) -> Result<Self, Failure> {
        let mut decided = Self::default();
        for file in files {
            let pipeline = remote.load(file)?;
            if pipeline.run_export().or(pipeline.gadget_export()).is_none() {
                return Err(of(file, RunError { stage: None, cause: Cause::NoApp }));
            }
            decided.grants.push(Grants::decide(&pipeline, board)?);
            decided.pipelines.push((file.clone(), pipeline));
        }
        Ok(decided)
    }

    /// Opens what they were granted.
    pub(super) fn open(&self, machine: &Machine) -> Result<(), Failure> {
        for ((file, _), grants) in self.pipelines.iter().zip(&self.grants) {
            machine.open_granted(grants).map_err(|error| of(file, error))?;
        }
        Ok(())
    }

    /// Starts all of them.
    pub(super) fn start(
        self,
        host: &Host,
        machine: &Machine,
        timeout: Option<Duration>,
    ) -> Result<Beside, Failure> {
        let mut ready = Vec::new();
        for ((file, pipeline), grants) in self.pipelines.iter().zip(&self.grants) {
            let compiled: Compiled = host.compile(pipeline).map_err(|error| of(file, error))?;
            let options = RunOptions {
                timeout,
                stdout: Output::Inherit,
                stderr: Output::Inherit,
                log: LogSink::tracing(),
                ..RunOptions::default()
            };
            let running = host.start(&compiled, machine, grants, options);
            ready.push(running.map_err(|error| of(file, error))?);
        }
        let mut beside = Beside(Vec::new());
        for running in ready {
            beside.run(running)?;
        }
        let start = Instant::now();
        machine.await_gadgets(&self.grants, || start.elapsed() < PLUG_IN && beside.is_whole());
        Ok(beside)
    }
}

impl Beside {
    fn run(&mut self, mut running: Running) -> std::io::Result<()> {
        let stopper = running.stopper();
        let name = format!("beside-{}", self.0.len() + 1);
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            let ended = running.run_main();
            // What has ended is unplugged before it is told.
            let pipeline = running.pipeline().clone();
            drop(running);
            report(pipeline.name(), ended);
        })?;
        self.0.push(Thread { stopper, thread });
        Ok(())
    }

    fn is_whole(&self) -> bool {
        self.0.iter().all(|one| !one.thread.is_finished())
    }
}

/// The run ends with the main pipeline.
impl Drop for Beside {
    fn drop(&mut self) {
        self.0.iter().for_each(|one| one.stopper.stop());
        let start = Instant::now();
        for Thread { thread, .. } in self.0.drain(..) {
            while !thread.is_finished() && start.elapsed() < END {
                std::thread::sleep(Duration::from_millis(1));
            }
            // One that still waits for somebody ends with the process.
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
    }
}

/// Says at once what went wrong.
fn report(name: &str, ended: Result<i32, RunError>) {
    let name = name.to_owned();
    match ended {
        Ok(0) => {}
        Ok(code) => complain(&miette::Report::new(Ended { name, code })),
        // The main pipeline tells of the run's end.
        Err(RunError { cause: Cause::Stopped | Cause::Timeout { .. }, .. }) => {}
        Err(error) => complain(&miette::Report::new(Failed { name, error })),
    }
}

/// Says which pipeline it was that could not start.
fn of(file: &Source, failure: impl Into<Failure>) -> Failure {
    let Failure { report, code } = failure.into();
    Failure { report: report.wrap_err(format!("{file}, to run beside")), code }
}
