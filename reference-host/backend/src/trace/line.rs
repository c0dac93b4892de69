//! An entry as one line.

use std::fmt::{self, Display, Formatter};

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};

use super::{Act, Entry, SpiStep, Step, UsbTransfer};
use crate::{CanFrame, CanId, CanPayload, Condition, Level};

/// The most bytes of one step that a line shows.
const SHOWN: usize = 16;

impl Display for Entry {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.act.fmt(f)
    }
}

impl Display for Act {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::I2c { address, steps, result } => {
                write!(f, "{address}  ")?;
                steps.iter().try_for_each(|step| write!(f, "{step}  "))?;
                f.write_str(result.map_or_else(describe, |()| "ok"))
            }
            Self::Spi { steps, result } => {
                steps.iter().try_for_each(|step| write!(f, "{step}  "))?;
                ended(f, result)
            }
            Self::FlushSpi(result) => {
                f.write_str("flush  ")?;
                ended(f, result)
            }
            Self::SetPin(level, result) => {
                write!(f, "set {}  ", name(*level))?;
                ended(f, result)
            }
            Self::IsSet(result) => answer(f, "is set", result.map(name)),
            Self::ReadPin(result) => answer(f, "is", result.map(name)),
            Self::Waited(condition, result) => {
                write!(f, "{}  ", came(*condition))?;
                ended(f, result)
            }
            Self::Edge(Ok(edge)) => {
                write!(f, "edge to {} at {} ns", name(edge.to), edge.at_ns)?;
                if edge.lost > 0 { write!(f, ", {} lost before", edge.lost) } else { Ok(()) }
            }
            Self::Edge(Err(error)) => write!(f, "edge  {error}"),
            Self::SetDuty(duty, result) => {
                write!(f, "duty {duty}  ")?;
                ended(f, result)
            }
            Self::Convert(result) => answer(f, "code", *result),
            Self::ConvertMicrovolts(result) => answer(f, "µV", *result),
            Self::SerialRead(Ok(bytes)) => show(f, "r", bytes),
            Self::SerialRead(Err(error)) => write!(f, "r  {error}"),
            Self::SerialWrite(bytes, result) => {
                show(f, "w", bytes)?;
                match result {
                    Ok(taken) if *taken == bytes.len() => f.write_str("  ok"),
                    Ok(taken) => write!(f, "  {taken} taken"),
                    Err(error) => write!(f, "  {error}"),
                }
            }
            Self::FlushSerial(result) => {
                f.write_str("flush  ")?;
                ended(f, result)
            }
            Self::Usb(transfer) => transfer.fmt(f),
            Self::CanTransmit(frame, result) => {
                f.write_str("w ")?;
                show_frame(f, frame)?;
                f.write_str("  ")?;
                ended(f, result)
            }
            Self::CanReceive(Ok(frame)) => {
                f.write_str("r ")?;
                show_frame(f, frame)
            }
            Self::CanReceive(Err(error)) => write!(f, "r  {error}"),
        }
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote(bytes) => show(f, "w", bytes),
            Self::Read(bytes) => show(f, "r", bytes),
            Self::NotRead(len) => write!(f, "r ({len} bytes)"),
        }
    }
}

impl Display for SpiStep {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote(bytes) => show(f, "w", bytes),
            Self::Read(bytes) => show(f, "r", bytes),
            Self::NotRead(len) => write!(f, "r ({len} bytes)"),
            Self::Exchanged { wrote, read } => {
                show(f, "x", wrote)?;
                show(f, " /", read)
            }
            Self::Delay(ns) => write!(f, "{ns} ns"),
        }
    }
}

impl Display for UsbTransfer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { vendor, product, endpoint, setup, asked, actual, error } = self;
        write!(f, "{vendor:04x}:{product:04x}  {endpoint:#04x}  ")?;
        if let Some(setup) = setup {
            show(f, "setup", setup)?;
            f.write_str("  ")?;
        }
        // The direction of a control transfer stands in its SETUP packet.
        let inbound = setup.map_or(*endpoint, |setup| setup[0]) & 0x80 != 0;
        write!(f, "{} {actual} of {asked} bytes  ", if inbound { "in" } else { "out" })?;
        f.write_str(error.as_deref().unwrap_or("ok"))
    }
}

fn ended<E: Display>(f: &mut Formatter<'_>, result: &Result<(), E>) -> fmt::Result {
    match result {
        Ok(()) => f.write_str("ok"),
        Err(error) => error.fmt(f),
    }
}

fn answer<T: Display, E: Display>(
    f: &mut Formatter<'_>,
    what: &str,
    result: Result<T, E>,
) -> fmt::Result {
    match result {
        Ok(value) => write!(f, "{what} {value}"),
        Err(error) => write!(f, "{what}  {error}"),
    }
}

fn name(level: Level) -> &'static str {
    if level.is_high() { "high" } else { "low" }
}

fn came(condition: Condition) -> &'static str {
    match condition {
        Condition::High => "waited for high",
        Condition::Low => "waited for low",
        Condition::RisingEdge => "waited for a rising edge",
        Condition::FallingEdge => "waited for a falling edge",
        Condition::AnyEdge => "waited for an edge",
    }
}

fn show(f: &mut Formatter<'_>, direction: &str, bytes: &[u8]) -> fmt::Result {
    f.write_str(direction)?;
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

fn show_frame(f: &mut Formatter<'_>, frame: &CanFrame) -> fmt::Result {
    match frame.id() {
        CanId::Standard(id) => write!(f, "{id:03x}")?,
        CanId::Extended(id) => write!(f, "{id:08x}")?,
    }
    match frame.payload() {
        CanPayload::Data { .. } => show(f, ":", frame.data()),
        CanPayload::Remote(len) => write!(f, ": asks for {len} bytes"),
    }
}

/// What went wrong on an I2C bus, in words.
pub fn describe(kind: ErrorKind) -> &'static str {
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
