//! `periplasm inspect`.

mod config;

use std::fmt::Write as _;
use std::process::ExitCode;

use periplasm_host::pipeline::{NamedBy, SlotKind, Stage};
use periplasm_host::{I2cAddress, Pipeline, Request, remote};
use periplasm_request::UsbFilter;
use serde::Serialize;

use super::exit::{Failure, local_config};
use super::remote::{RemoteArgs, Source};
use super::screen::size;
use config::ConfigReport;

/// Shows what a pipeline is made of, and all that it may touch.
///
/// Stages, slots, imports and exports are read from the component itself. Its
/// name and its requests are claims that its author wrote: whatever they say,
/// a pipeline gets no more than the board allows.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The pipeline: a .wasm file that `cargo xtask compose` wrote, or what a
    /// registry has: oci://registry.example/pipelines/weather:1.0.0.
    pipeline: Source,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Of an artifact in a registry: read what it says of itself, fetch none of
    /// its code, and ask no policy.
    #[arg(long)]
    config_only: bool,
    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) const DIAG: &str = "its log and panic report";

pub(super) fn inspect(args: &Args) -> Result<ExitCode, Failure> {
    let text = match (&args.pipeline, args.config_only) {
        (Source::Registry(text), true) => {
            let reference = text.parse()?;
            let found = remote::look(&args.remote.client(&reference)?, &reference)?;
            let report = ConfigReport::of(&found);
            if args.json { json(&report) } else { report.text() }
        }
        (Source::File(_), true) => return Err(local_config()),
        (source, false) => {
            let pipeline = args.remote.load(source)?;
            let report = Report::of(&pipeline);
            if args.json { json(&report) } else { report.text() }
        }
    };
    super::screen::print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What is printed. The keys of the JSON are stable.
#[derive(Serialize)]
struct Report<'a> {
    /// A claim.
    name: &'a str,
    digest: String,
    bytes: usize,
    stages: Vec<StageReport<'a>>,
    slots: Vec<SlotReport<'a>>,
    shared_imports: Vec<ImportReport<'a>>,
    exports: &'a [String],
}

#[derive(Serialize)]
struct StageReport<'a> {
    name: &'a str,
    /// Whether the name is a claim, or made up from the stage's place.
    name_from: &'static str,
    bytes: u64,
    uses: Vec<Use<'a>>,
}

#[derive(Serialize)]
struct Use<'a> {
    interface: &'a str,
    stage: &'a str,
}

#[derive(Serialize)]
struct SlotReport<'a> {
    stage: &'a str,
    slot: &'a str,
    /// A claim.
    request: &'a Request,
}

#[derive(Serialize)]
struct ImportReport<'a> {
    name: &'a str,
    meaning: &'a str,
}

impl<'a> Report<'a> {
    fn of(pipeline: &'a Pipeline) -> Self {
        let slots = pipeline.slots().iter();
        let imports = pipeline.shared_imports().iter();
        Self {
            name: pipeline.name(),
            digest: pipeline.digest().to_string(),
            bytes: pipeline.bytes().len(),
            stages: pipeline.stages().iter().map(|stage| stage_report(stage, pipeline)).collect(),
            slots: slots
                .map(|s| SlotReport { stage: s.stage(), slot: s.name(), request: s.request() })
                .collect(),
            shared_imports: imports
                .map(|i| ImportReport { name: &i.name, meaning: i.meaning })
                .collect(),
            exports: pipeline.exports(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}  (the name is a claim)\n", self.name);
        // Writing to a string does not fail.
        let _ = writeln!(text, "  size    {}\n  digest  {}", size(self.bytes as u64), self.digest);
        let mut stages = Vec::new();
        for stage in &self.stages {
            let claim = if stage.name_from == "claim" { "  (the name is a claim)" } else { "" };
            stages.push((stage.name.to_owned(), size(stage.bytes) + claim));
            let uses = stage.uses.iter().map(|u| format!("uses {} of {}", u.interface, u.stage));
            stages.extend(uses.map(|uses| (String::new(), uses)));
        }
        table(&mut text, "Stages", stages);
        let slots = self.slots.iter().map(|slot| {
            let what = match slot.request {
                Request::I2c { bus, addresses } => i2c(bus, addresses),
                Request::Usb { name, devices } => usb(name, devices),
                Request::Diag => DIAG.to_owned(),
                other => named(other),
            };
            (format!("{}-{}", slot.stage, slot.slot), what)
        });
        table(&mut text, "Requests (claims: the board decides)", slots.collect());
        let imports = self.shared_imports.iter();
        let imports = imports.map(|i| (i.name.to_owned(), i.meaning.to_owned())).collect();
        table(&mut text, "Shared imports", imports);
        let exports = self.exports.iter().map(|name| (name.clone(), String::new())).collect();
        table(&mut text, "Exports", exports);
        text
    }
}

/// JSON that is fit for a terminal.
fn json(report: &impl Serialize) -> String {
    // Only maps with keys that are no strings could make this fail.
    let json = serde_json::to_string_pretty(report).unwrap_or_default();
    // Beyond ASCII stand only strings, and JSON has an escape for each
    // character. Raw, some of them steer a terminal.
    let mut text = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if matches!(c, ' '..='~' | '\n') {
            text.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                // Writing to a string does not fail.
                let _ = write!(text, "\\u{unit:04x}");
            });
        }
    }
    text + "\n"
}

fn stage_report<'a>(stage: &'a Stage, pipeline: &'a Pipeline) -> StageReport<'a> {
    let range = stage.range();
    let wire = |wire: &'a periplasm_host::pipeline::Wire| {
        let stage = pipeline.stages().get(wire.stage)?;
        Some(Use { interface: &wire.import, stage: stage.name() })
    };
    StageReport {
        name: stage.name(),
        name_from: match stage.named_by() {
            NamedBy::Slots => "slots",
            NamedBy::Claim => "claim",
            NamedBy::Place => "place",
        },
        bytes: range.end.saturating_sub(range.start),
        uses: stage.wires().iter().filter_map(wire).collect(),
    }
}

fn table(text: &mut String, title: &str, rows: Vec<(String, String)>) {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n{title}");
    if rows.is_empty() {
        text.push_str("  none\n");
    }
    for (name, what) in rows {
        let line = format!("  {name:width$}  {what}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// An I2C request or grant in plain words.
pub(super) fn i2c(bus: &str, addresses: &[I2cAddress]) -> String {
    let addresses: Vec<String> = addresses.iter().map(I2cAddress::to_string).collect();
    let targets = if addresses.is_empty() { "nothing".to_owned() } else { addresses.join(", ") };
    format!("I2C bus {}: {targets}", shown(bus))
}

/// A request for or a grant of USB devices in plain words.
pub(super) fn usb(name: &str, devices: &[UsbFilter]) -> String {
    let filters = devices.iter().map(|filter| format!("{} ({})", filter.devices(), filter.uses()));
    let mut words: Vec<String> = filters.take(MAX_FILTERS).collect();
    if devices.len() > MAX_FILTERS {
        words.push(format!("{} more", devices.len() - MAX_FILTERS));
    }
    let words = if words.is_empty() { "nothing".to_owned() } else { words.join("; ") };
    format!("use at {}: {words}", shown(name))
}

/// The most filters of a request that are shown.
const MAX_FILTERS: usize = 64;

/// Any other request in plain words.
fn named(request: &Request) -> String {
    match request.name() {
        Some(name) => hardware(request.slot_kind(), name),
        None => request.kind().to_owned(),
    }
}

/// What a request or grant lets a stage do.
pub(super) fn hardware(kind: SlotKind, name: &str) -> String {
    let what = match kind {
        SlotKind::I2c => "I2C bus",
        SlotKind::Spi => "send and receive on SPI device",
        SlotKind::SpiBus => "send and receive on the whole SPI bus",
        SlotKind::OutputPin => "drive pin",
        SlotKind::InputPin => "read and wait for pin",
        SlotKind::Pwm => "set the duty cycle of",
        SlotKind::Adc => "measure",
        SlotKind::Serial => "send and receive on serial port",
        SlotKind::Can => "send and receive frames on CAN bus",
        SlotKind::UsbDevice => "be a USB device at",
        _ => kind.as_str(),
    };
    format!("{what} {}", shown(name))
}

/// The name of a bus as a request claims it. A board can only have one of
/// ASCII letters, so nothing else needs to be shown as it is.
fn shown(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() { c } else { '\u{fffd}' };
    name.chars().take(64).map(plain).collect()
}

/// What somebody wrote, fit for a terminal, and cut if it is long.
fn shown_text(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '\u{fffd}' };
    text.chars().take(200).map(plain).collect()
}
