//! How a run can end badly.

use std::fmt;
use std::time::Duration;

use miette::Diagnostic;
use thiserror::Error;

use crate::device::DeviceError;

/// A pipeline that ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct RunError {
    /// The stage whose code it was, as far as that can be told: read from the
    /// place of the failing instruction in the pipeline's own bytes.
    pub stage: Option<String>,
    /// What happened.
    pub cause: Cause,
}

/// What ended a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The stage panicked, and said so.
    Panic {
        /// The text of the panic.
        message: String,
        /// File, line and column in the stage's source.
        location: Option<String>,
    },
    /// The stage gave up (an `unreachable` instruction) and did not say why: a
    /// panic whose text the host was not told, or `abort`.
    Aborted,
    /// The stage computed longer than the board allows without calling the
    /// host.
    Stalled {
        /// The board's limit.
        limit: Duration,
    },
    /// The run took longer than it may.
    Timeout {
        /// The run's limit.
        limit: Duration,
    },
    /// Somebody ended the run: [`Stopper`](crate::Stopper).
    Stopped,
    /// The calls were nested too deep for the machine's stack.
    StackOverflow,
    /// The stage read or wrote outside of its memory. A Rust stage whose own
    /// stack overflows ends like this too, because the stack lies at the start
    /// of its memory: the two cannot be told apart.
    OutOfBounds,
    /// The stage gave up after the host had refused it memory.
    OutOfMemory {
        /// What all memories together would have had, in bytes.
        asked: usize,
        /// What the board lets them have.
        limit: usize,
        /// What the stage said, if it panicked.
        message: Option<String>,
    },
    /// The stage asked the host to hold more for it than a pipeline may have.
    TooMuch {
        /// The limit, with what it is of.
        limit: &'static str,
    },
    /// Any other trap of WebAssembly.
    Trap {
        /// What the engine calls it.
        message: String,
    },
    /// A stage ended the pipeline with an exit code where none was expected.
    ExitedEarly(i32),
    /// A gadget ended with an error of its device.
    Gadget(DeviceError),
    /// The pipeline has no app to run, and no gadget.
    NoApp,
    /// The pipeline had already ended.
    Ended,
}

/// Why a function cannot be called.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ExportError {
    /// The pipeline does not export that interface.
    #[error("the pipeline exports no `{0}`")]
    NoInterface(String),
    /// The interface has no such function.
    #[error("`{0}` has no function `{1}`")]
    NoFunction(String, String),
    /// The function has another type.
    #[error("`{0}` is of another type: {1:#}")]
    Type(String, wasmtime::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.stage, &self.cause) {
            (_, Cause::NoApp | Cause::Ended | Cause::Timeout { .. }) => {}
            (Some(stage), _) => write!(f, "stage `{stage}` ")?,
            (None, _) => f.write_str("the pipeline ")?,
        }
        match &self.cause {
            Cause::Panic { message, location } => {
                write!(f, "panicked: {message}")?;
                location.iter().try_for_each(|location| write!(f, " ({location})"))
            }
            Cause::Aborted => f.write_str("gave up without saying why"),
            Cause::Stalled { limit } => {
                write!(f, "computed for more than {limit:?} without calling the host")
            }
            Cause::Timeout { limit } => {
                write!(f, "the run took longer than {limit:?}")?;
                self.stage.iter().try_for_each(|stage| write!(f, "; stage `{stage}` was at work"))
            }
            Cause::Stopped => f.write_str("was stopped"),
            Cause::StackOverflow => f.write_str("overflowed the stack"),
            Cause::OutOfBounds => {
                f.write_str("read or wrote outside of its memory, or its stack overflowed")
            }
            Cause::OutOfMemory { asked, limit, message } => {
                let (asked, limit) = (Mib(*asked), Mib(*limit));
                write!(f, "needs more memory: asked for {asked}, and {limit} is the limit")?;
                message.iter().try_for_each(|message| write!(f, " ({message})"))
            }
            Cause::TooMuch { limit } => write!(f, "asked the host for more than {limit}"),
            Cause::Trap { message } => write!(f, "trapped: {message}"),
            Cause::ExitedEarly(code) => write!(f, "exited with code {code} while being set up"),
            Cause::Gadget(error) => write!(f, "ended as a gadget: {error}"),
            Cause::NoApp => f.write_str(
                "the pipeline has no app and no gadget: it exports no `wasi:cli/run` and no \
                 `periplasm:device/gadget`",
            ),
            Cause::Ended => f.write_str("the pipeline has already ended"),
        }
    }
}

struct Mib(usize);

impl fmt::Display for Mib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Memories grow by pages of 64 KiB, sixteenths of a MiB.
        let (whole, rest) = (self.0 >> 20, self.0 & 0xf_ffff);
        if rest == 0 {
            write!(f, "{whole} MiB")
        } else {
            write!(f, "{} KiB", self.0.div_ceil(1024))
        }
    }
}

impl Diagnostic for RunError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = match self.cause {
            Cause::Panic { .. } => "this is a mistake in the stage's own code",
            Cause::Aborted => {
                "an app's panic stands in its standard error; a driver's is reported by the SDK"
            }
            Cause::Stalled { .. } => {
                "it may loop for ever; if it needs the time, raise `limits.stall-ms` in the board"
            }
            Cause::Timeout { .. } => "raise --timeout, or leave it out to run without an end",
            Cause::StackOverflow => "look for recursion without an end",
            Cause::OutOfBounds => {
                "look for recursion without an end or large arrays on the stack; else, unsafe code"
            }
            Cause::OutOfMemory { .. } => {
                "it may leak; if it needs the memory, raise `limits.memory-mib` in the board"
            }
            Cause::TooMuch { .. } => "it may leak: a handle is given back when it is dropped",
            Cause::NoApp => {
                "add an app to the manifest, a stage that exports `wasi:cli/run`, or name the \
                 gadget's stage in `exports`"
            }
            Cause::Gadget(_) => {
                "a gadget runs until its port is gone; its log may say what it lacks"
            }
            Cause::Trap { .. } | Cause::ExitedEarly(_) | Cause::Ended | Cause::Stopped => {
                return None;
            }
        };
        Some(Box::new(help))
    }
}
