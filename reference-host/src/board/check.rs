//! From a board file to a board: everything wrong with it at once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use miette::{NamedSource, SourceSpan};
use periplasm_backend::I2cAddress;
use periplasm_backend::sim;
use toml::Spanned;

use super::file::{BoardFile, I2cFile, LimitsFile};
use super::{Backend, Board, I2cBus, I2cHardware, Limits, Malformed, Problem};
use crate::text::{printable, same_length};

/// WebAssembly's own limit of a 32-bit memory, and more than a pipeline needs.
const MAX_MEMORY_MIB: i64 = 4096;
/// Ten ticks of the watchdog; less could not be told from its jitter.
const MIN_STALL_MS: i64 = 100;
const MAX_STALL_MS: i64 = 3_600_000;
const MAX_LOG_BYTES: i64 = 1 << 30;

/// The most bytes of the file's name, and of the parser's words, in a message.
const MAX_FILE_NAME: usize = 4096;
const MAX_MESSAGE: usize = 1024;

pub(super) fn board(text: &str, file_name: &str) -> Result<Board, Malformed> {
    let shown = (printable(file_name, MAX_FILE_NAME), same_length(text));
    let source = NamedSource::new(shown.0, Arc::new(shown.1));
    let malformed = |problems| Malformed { source_code: source.clone(), problems };
    let file: BoardFile =
        toml::from_str(text).map_err(|error| malformed(vec![syntax(&error, text)]))?;
    let mut problems = Vec::new();
    let backend = backend(&file.backend, &mut problems);
    let limits = limits(&file.limits, &mut problems);
    let mut i2c = BTreeMap::new();
    for (name, bus) in file.i2c {
        let at = name.span();
        if !periplasm_request::is_slot_name(name.get_ref()) {
            let found = name.get_ref().clone();
            problems.push(Problem::BusName { found, at: at.clone().into() });
        }
        let name = name.into_inner();
        let bus = i2c_bus(&name, at, bus, backend, &mut problems);
        i2c.insert(name, bus);
    }
    match backend {
        Some(backend) if problems.is_empty() => Ok(Board { source, backend, limits, i2c }),
        _ => Err(malformed(problems)),
    }
}

/// The parser's error, in words for people who do not write Rust.
fn syntax(error: &toml::de::Error, text: &str) -> Problem {
    // It may quote keys and values, in which TOML has escapes for anything.
    let message = printable(error.message(), MAX_MESSAGE).into_owned();
    let message = message.replace("expected i64", "expected a number");
    let help = if message.contains("missing field `backend`") {
        Some("write at the top: backend = \"sim\", or backend = \"linux\"")
    } else if message.ends_with("expected a number") {
        Some("write the number without quotes, such as 0x76 or 118")
    } else {
        None
    };
    Problem::Syntax { message, at: error.span().map(|span| within(span, text)), help }
}

/// A span that surely lies in the text: the parser's may end one past it.
fn within(span: Range<usize>, text: &str) -> SourceSpan {
    let start = span.start.min(text.len());
    (start..span.end.clamp(start, text.len())).into()
}

fn backend(backend: &Spanned<String>, problems: &mut Vec<Problem>) -> Option<Backend> {
    let at = backend.span().into();
    match backend.get_ref().as_str() {
        "sim" => return Some(Backend::Sim),
        "linux" if cfg!(target_os = "linux") => return Some(Backend::Linux),
        "linux" => problems.push(Problem::NotLinux { at }),
        found => problems.push(Problem::UnknownBackend { found: found.to_owned(), at }),
    }
    None
}

fn limits(file: &LimitsFile, problems: &mut Vec<Problem>) -> Limits {
    let mut limits = Limits::default();
    let mut read = |key, value: &Option<Spanned<i64>>, min, max| {
        let value = value.as_ref()?;
        if !(min..=max).contains(value.get_ref()) {
            problems.push(Problem::Limit { key, min, max, at: value.span().into() });
            return None;
        }
        u64::try_from(*value.get_ref()).ok()
    };
    let memory = read("memory-mib", &file.memory_mib, 1, MAX_MEMORY_MIB);
    if let Some(bytes) = memory.and_then(|mib| usize::try_from(mib << 20).ok()) {
        limits.memory_bytes = bytes;
    }
    if let Some(ms) = read("stall-ms", &file.stall_ms, MIN_STALL_MS, MAX_STALL_MS) {
        limits.stall = Duration::from_millis(ms);
    }
    let log = read("log-bytes", &file.log_bytes, 0, MAX_LOG_BYTES);
    if let Some(bytes) = log.and_then(|bytes| usize::try_from(bytes).ok()) {
        limits.log_bytes = bytes;
    }
    limits
}

fn i2c_bus(
    name: &str,
    header: Range<usize>,
    file: I2cFile,
    backend: Option<Backend>,
    problems: &mut Vec<Problem>,
) -> I2cBus {
    let mut allow = Vec::new();
    for (list, bits) in [(&file.allow, 7), (&file.allow_ten_bit, 10)] {
        for number in list.iter().flat_map(|list| list.get_ref()) {
            match address(*number.get_ref(), bits) {
                Some(address) => allow.push(address),
                None => problems.push(Problem::Address {
                    found: *number.get_ref(),
                    bits,
                    at: number.span().into(),
                }),
            }
        }
    }
    allow.sort_unstable();
    allow.dedup();
    let span = file.allow.as_ref().map_or(header.clone(), Spanned::span).into();
    let hardware = match backend {
        Some(Backend::Linux) => linux(name, header, &file, problems),
        Some(Backend::Sim) => simulated(file, problems),
        None => I2cHardware::Sim(Vec::new()),
    };
    I2cBus { allow, hardware, span }
}

fn address(number: i64, bits: u8) -> Option<I2cAddress> {
    let number = u16::try_from(number).ok()?;
    if bits == 7 { I2cAddress::seven_bit(number) } else { I2cAddress::ten_bit(number) }.ok()
}

fn linux(
    name: &str,
    header: Range<usize>,
    file: &I2cFile,
    problems: &mut Vec<Problem>,
) -> I2cHardware {
    if let Some(first) = file.devices.first() {
        problems.push(Problem::DevicesOnLinux { at: first.span().into() });
    }
    let at = file.device.as_ref().map_or(header, Spanned::span).into();
    if file.device.is_none() {
        problems.push(Problem::NoDevice { bus: printable(name, MAX_MESSAGE).into_owned(), at });
    }
    let device = file.device.as_ref().map(|path| PathBuf::from(path.get_ref()));
    I2cHardware::Linux { device: device.unwrap_or_default(), at }
}

fn simulated(file: I2cFile, problems: &mut Vec<Problem>) -> I2cHardware {
    if let Some(device) = &file.device {
        problems.push(Problem::DeviceOnSim { at: device.span().into() });
    }
    // Building the bus once here finds what a device may not be while there
    // is still a line to point at.
    let mut trial = sim::Bus::new(Arc::new(sim::VirtualClock::new()));
    for device in &file.devices {
        if let Err(error) = trial.attach(device.get_ref()) {
            problems.push(Problem::Device { error, at: device.span().into() });
        }
    }
    I2cHardware::Sim(file.devices.into_iter().map(Spanned::into_inner).collect())
}
