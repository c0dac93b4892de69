//! From a board file to a board: everything wrong with it at once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use miette::{Diagnostic, NamedSource, SourceSpan};
use periplasm_backend::I2cAddress;
use periplasm_backend::sim;
use toml::Spanned;

use super::file::{BackendFile, BoardFile, I2cFile, LimitsFile};
use super::kinds::Hardware;
#[cfg(target_os = "linux")]
use super::kinds::linux::Linux;
use super::kinds::sim::Sim;
use super::{Backend, Board, I2cBus, I2cHardware, Limits, Malformed, Problem};
use crate::pipeline::SlotKind;
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
    let wrong = |problem| malformed(vec![problem]);
    let first: BackendFile =
        toml::from_str(text).map_err(|error| wrong(syntax(&error, text, None)))?;
    let backend = backend(&first.backend).map_err(wrong)?;
    let syntax = |error| wrong(syntax(&error, text, Some(backend)));
    let (file, hardware) = match backend {
        Backend::Sim => {
            let file: BoardFile<Sim> = toml::from_str(text).map_err(syntax)?;
            let (common, tables) = file.parts();
            (common, Hardware::Sim(Box::new(tables)))
        }
        #[cfg(target_os = "linux")]
        Backend::Linux => {
            let file: BoardFile<Linux> = toml::from_str(text).map_err(syntax)?;
            let (common, tables) = file.parts();
            (common, Hardware::Linux(Box::new(tables)))
        }
        #[cfg(not(target_os = "linux"))]
        Backend::Linux => return Err(wrong(Problem::NotLinux { at: first.backend.span().into() })),
    };
    let mut problems = Vec::new();
    let limits = limits(&file.limits, &mut problems);
    let mut i2c = BTreeMap::new();
    for (name, bus) in file.i2c {
        let at = name.span();
        check_name(name.get_ref(), at.clone().into(), SlotKind::I2c, &mut problems);
        let name = name.into_inner();
        let bus = i2c_bus(&name, at, bus, backend, &mut problems);
        i2c.insert(name, bus);
    }
    for kind in SlotKind::all() {
        for (name, at) in hardware.names(kind) {
            check_name(name, at, kind, &mut problems);
        }
    }
    for (names, kind) in [
        (file.usb.keys().collect::<Vec<_>>(), SlotKind::Usb),
        (file.usb_device.keys().collect(), SlotKind::UsbDevice),
    ] {
        for name in names {
            check_name(name.get_ref(), name.span().into(), kind, &mut problems);
        }
    }
    let usb = super::usb::check(file.usb, file.usb_device, backend, &mut problems);
    if let Hardware::Sim(tables) = &hardware {
        super::simulated::check(tables, &i2c, &mut problems);
    }
    if !problems.is_empty() {
        // In the order of the file, whoever found them.
        problems.sort_by_key(|problem| problem.labels()?.next().map(|label| label.offset()));
        return Err(malformed(problems));
    }
    let super::usb::Checked { usb, usb_device } = usb;
    Ok(Board { source, folder: PathBuf::new(), backend, limits, i2c, usb, usb_device, hardware })
}

fn check_name(found: &str, at: SourceSpan, kind: SlotKind, problems: &mut Vec<Problem>) {
    if !periplasm_request::is_slot_name(found) {
        problems.push(Problem::Name { kind, found: found.to_owned(), at });
    }
}

/// The parser's error, in words for people who do not write Rust.
fn syntax(error: &toml::de::Error, text: &str, backend: Option<Backend>) -> Problem {
    // It may quote keys and values, in which TOML has escapes for anything.
    let message = printable(error.message(), MAX_MESSAGE).into_owned();
    let mut message = message.replace("expected i64", "expected a number");
    for (ours, words) in [("u8", "a number from 0 to 0xff"), ("u16", "a number from 0 to 0xffff")] {
        if let Some(start) = message.strip_suffix(&format!("expected {ours}")) {
            message = format!("{start}expected {words}");
        }
    }
    let unknown = |fields: &[&str]| {
        fields.iter().any(|field| message.starts_with(&format!("unknown field `{field}`")))
    };
    let help = if message.contains("missing field `backend`") {
        Some("write at the top: backend = \"sim\", or backend = \"linux\"")
    } else if message.ends_with("expected a number") {
        Some("write the number without quotes, such as 0x76 or 118")
    } else {
        match backend {
            Some(Backend::Sim) if unknown(OF_LINUX) => Some(
                "it describes hardware of the kernel, and the backend is \"sim\": remove it, or \
                 set backend = \"linux\"",
            ),
            Some(Backend::Linux) if unknown(OF_SIM) => Some(
                "it describes simulated hardware, and the backend is \"linux\": remove it, or \
                 set backend = \"sim\"",
            ),
            _ => None,
        }
    };
    Problem::Syntax { message, at: error.span().map(|span| within(span, text)), help }
}

/// Keys that only one backend's boards have.
const OF_LINUX: &[&str] = &["device", "chip", "line", "channel", "interface"];
const OF_SIM: &[&str] =
    &["model", "fault", "pins", "screen", "level", "wave", "square", "wire", "microvolts", "peers"];

/// A span that surely lies in the text: the parser's may end one past it.
fn within(span: Range<usize>, text: &str) -> SourceSpan {
    let start = span.start.min(text.len());
    (start..span.end.clamp(start, text.len())).into()
}

fn backend(backend: &Spanned<String>) -> Result<Backend, Problem> {
    match backend.get_ref().as_str() {
        "sim" => Ok(Backend::Sim),
        "linux" => Ok(Backend::Linux),
        found => {
            let (found, at) = (found.to_owned(), backend.span().into());
            Err(Problem::UnknownBackend { found, at })
        }
    }
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
    backend: Backend,
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
        Backend::Linux => linux(name, header, &file, problems),
        Backend::Sim => simulated(file, problems),
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
    if let Some(speed) = &file.speed_hz {
        problems.push(Problem::SpeedOnLinux { at: speed.span().into() });
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
    let speed_hz = file.speed_hz.map(Spanned::into_inner);
    I2cHardware::Sim { devices: file.devices, speed_hz }
}
