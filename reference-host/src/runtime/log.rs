//! Where the messages of stages go.

use std::fmt;

/// How much a message matters, by the stage's own judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is odd but goes on.
    Warn,
    /// What a user may want to know.
    Info,
    /// What the driver's author wants to know.
    Debug,
    /// Every step.
    Trace,
}

/// One message of one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord<'a> {
    /// The stage.
    pub stage: &'a str,
    /// How much it matters.
    pub level: LogLevel,
    /// The message: cut, and without control characters.
    pub message: &'a str,
}

/// Where messages go.
#[derive(Default)]
pub struct LogSink(Option<Box<Sink>>);

type Sink = dyn FnMut(LogRecord<'_>) + Send + Sync;

impl LogSink {
    /// To `tracing`, under the target `periplasm::stage`, with the stage's name
    /// in the field `stage`.
    pub fn tracing() -> Self {
        Self(None)
    }

    /// To `sink`.
    pub fn to(sink: impl FnMut(LogRecord<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(sink)))
    }

    pub(super) fn put(&mut self, record: LogRecord<'_>) {
        match &mut self.0 {
            Some(sink) => sink(record),
            None => trace(&record),
        }
    }
}

impl fmt::Debug for LogSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "LogSink::to(..)" } else { "LogSink::tracing()" })
    }
}

fn trace(record: &LogRecord<'_>) {
    let (stage, message) = (record.stage, record.message);
    // The level of an event must be a constant.
    match record.level {
        LogLevel::Error => tracing::error!(target: "periplasm::stage", stage, "{message}"),
        LogLevel::Warn => tracing::warn!(target: "periplasm::stage", stage, "{message}"),
        LogLevel::Info => tracing::info!(target: "periplasm::stage", stage, "{message}"),
        LogLevel::Debug => tracing::debug!(target: "periplasm::stage", stage, "{message}"),
        LogLevel::Trace => tracing::trace!(target: "periplasm::stage", stage, "{message}"),
    }
}
