//! What a bus was asked, and what it answered.

use std::fmt;
use std::sync::Arc;

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource, Operation};

use crate::{Clock, I2cAddress, I2cBus};

/// A bus that tells a sink of every transaction, after it.
pub struct Traced<B> {
    bus: B,
    clock: Arc<dyn Clock>,
    sink: Box<dyn FnMut(Entry) + Send>,
}

impl<B: I2cBus> Traced<B> {
    /// Traces `bus`: `sink` gets one [`Entry`] a transaction, in their order,
    /// while the bus is still held. It should be quick.
    pub fn new(
        bus: B,
        clock: Arc<dyn Clock>,
        sink: impl FnMut(Entry) + Send + 'static,
    ) -> Traced<B> {
        Self { bus, clock, sink: Box::new(sink) }
    }
}

impl<B> fmt::Debug for Traced<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traced").finish_non_exhaustive()
    }
}

impl<B: I2cBus> I2cBus for Traced<B> {
    fn transaction(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        let at_ns = self.clock.now_ns();
        let result = self.bus.transaction(address, operations);
        let steps = operations
            .iter()
            .map(|operation| match operation {
                Operation::Write(bytes) => Step::Wrote(bytes.to_vec()),
                Operation::Read(buffer) if result.is_ok() => Step::Read(buffer.to_vec()),
                Operation::Read(buffer) => Step::NotRead(buffer.len()),
            })
            .collect();
        (self.sink)(Entry { at_ns, address, steps, result });
        result
    }
}

/// One transaction. Its `Display` is one line.
///
/// ```
/// use periplasm_backend::{I2cAddress, trace::{Entry, Step}};
/// let entry = Entry {
///     at_ns: 0,
///     address: I2cAddress::seven_bit(0x76).unwrap(),
///     steps: vec![Step::Wrote(vec![0xf7]), Step::Read(vec![0x52, 0x8a, 0xc0])],
///     result: Ok(()),
/// };
/// assert_eq!(entry.to_string(), "0x76  w f7  r 52 8a c0  ok");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it began, in nanoseconds on the tracing clock.
    pub at_ns: u64,
    /// Which target was addressed.
    pub address: I2cAddress,
    /// Its operations as they were asked for, before any were merged.
    pub steps: Vec<Step>,
    /// How it ended.
    pub result: Result<(), ErrorKind>,
}

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// These bytes were to be written. In a transaction that failed, some or
    /// all of them may not have left the controller.
    Wrote(Vec<u8>),
    /// These bytes were read.
    Read(Vec<u8>),
    /// So many bytes were to be read, by a transaction that failed.
    NotRead(usize),
}

/// The most bytes of one step that a line shows.
const SHOWN: usize = 16;

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)?;
        for step in &self.steps {
            write!(f, "  {step}")?;
        }
        match self.result {
            Ok(()) => f.write_str("  ok"),
            Err(kind) => write!(f, "  {}", describe(kind)),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote(bytes) => show(f, 'w', bytes),
            Self::Read(bytes) => show(f, 'r', bytes),
            Self::NotRead(len) => write!(f, "r ({len} bytes)"),
        }
    }
}

fn show(f: &mut fmt::Formatter<'_>, direction: char, bytes: &[u8]) -> fmt::Result {
    write!(f, "{direction}")?;
    if bytes.is_empty() {
        return f.write_str(" (0 bytes)");
    }
    for byte in bytes.iter().take(SHOWN) {
        write!(f, " {byte:02x}")?;
    }
    if bytes.len() > SHOWN {
        write!(f, " … ({} bytes)", bytes.len())?;
    }
    Ok(())
}

fn describe(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Bus => "bus error",
        ErrorKind::ArbitrationLoss => "arbitration lost",
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address) => "address not acknowledged",
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data) => "data not acknowledged",
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown) => "not acknowledged",
        ErrorKind::Overrun => "overrun",
        _ => "other error",
    }
}
