//! What stands in each box, and how large that makes it.

use periplasm_request::I2cAddress;

use super::graph::{Line, Node, NodeKind};
use super::measure::Font;
use crate::kind::SlotKind;
use crate::report::{Report, SourceReport, StageReport, of_stage, on_board};

const NAME: Font = Font::bold(15.0);
const SMALL: Font = Font::plain(11.5);
/// The widest that a line in a box gets before it is cut in two.
const MOST: f64 = 190.0;
/// From a box's border to its text.
pub(super) const PAD: f64 = 14.0;
/// The height of one line in a row of hardware, and what is around all of them.
pub(super) const ROW_LINE: f64 = 15.0;
pub(super) const ROW_PAD: f64 = 10.0;
pub(super) const ROW_GAP: f64 = 6.0;
/// What stands above the rows.
pub(super) const HEAD: f64 = 52.0;

/// A stage: its name, what it is and where it comes from, and what it may do
/// without any wire.
pub(super) fn stage(report: &Report, stage: &StageReport) -> Node {
    let mut lines = vec![line(&stage.name, "name", NAME, 22.0)];
    let sealed = if stage.sealed { ", sealed WASI" } else { "" };
    let mut small = |text: &str, class, first: f64| {
        for (index, text) in SMALL.wrap(text, MOST).iter().enumerate() {
            lines.push(line(text, class, SMALL, if index == 0 { first } else { 14.0 }));
        }
    };
    let between = if is_between(report, stage) { ", stands between" } else { "" };
    let adapters = stage.adapters.iter().map(|adapter| format!(", adapter: {adapter}"));
    let adapters: String = adapters.collect();
    small(&format!("{}{sealed}{adapters}{between}", stage.kind.as_str()), "kind", 17.0);
    match &stage.source {
        None => {}
        Some(SourceReport::Crate(path)) => small(&format!("crate {}", last(path)), "note", 15.0),
        Some(SourceReport::Wasm(path)) => small(&format!("file {}", last(path)), "note", 15.0),
        Some(
            SourceReport::Oci { reference, .. } | SourceReport::Package { name: reference, .. },
        ) => {
            small(reference.split("@sha256:").next().unwrap_or(reference), "note", 15.0);
            let digest = stage.digest.get(.."sha256:".len() + 16).unwrap_or(&stage.digest);
            small(digest, "note", 15.0);
        }
    }
    let mut first = 20.0;
    for may in besides(report, stage) {
        small(&format!("may {may}"), "may", first);
        first = 14.0;
    }
    let hover = format!(
        "{}: {} of {} bytes, {}",
        stage.name,
        stage.kind.as_str(),
        stage.size,
        stage.digest
    );
    boxed(NodeKind::Stage, lines, hover)
}

/// Whether it gives hardware of a kind that it also takes.
fn is_between(report: &Report, stage: &StageReport) -> bool {
    let given = report.stages.iter().flat_map(|user| &user.given);
    let mut kinds = given.filter(|given| given.provider == stage.name).map(|given| given.kind);
    kinds.any(|kind| {
        let of_board = stage.slots.iter().any(|slot| slot.kind == kind);
        of_board || stage.given.iter().any(|given| given.kind == kind)
    })
}

/// What a stage may do through the host without hardware.
fn besides(report: &Report, stage: &StageReport) -> Vec<String> {
    let on_board = stage.slots.iter().flat_map(|slot| on_board(&slot.request));
    let given = stage.given.iter().map(|g| of_stage(g.kind, &g.export, &g.provider));
    let drawn: Vec<String> = on_board.chain(given).collect();
    let permissions = report.permissions.iter().filter(|one| one.stage == stage.name);
    let may = permissions.flat_map(|permissions| &permissions.may);
    may.filter(|may| !drawn.contains(may)).cloned().collect()
}

/// What the pipeline exports of one stage.
pub(super) fn export(names: &[&str], stage: &str) -> Node {
    let names: Vec<Line> = names
        .iter()
        .enumerate()
        .map(|(index, name)| line(name, "label", SMALL, if index == 0 { 18.0 } else { 15.0 }))
        .collect();
    let hover = format!("what the pipeline exports of {stage}");
    let mut node = boxed(NodeKind::Export, names, hover);
    node.height -= 4.0;
    node
}

pub(super) fn bend(layer: usize) -> Node {
    let (lines, rows, hover) = (Vec::new(), Vec::new(), String::new());
    Node { kind: NodeKind::Bend, lines, rows, width: 0.0, height: 8.0, layer, hover }
}

/// Hardware of the board, still without rows.
pub(super) fn hardware(kind: SlotKind, name: &str, hover: String, layer: usize) -> Node {
    let mut lines = vec![line(word(kind), "hwkind", SMALL, 19.0)];
    for (index, text) in NAME.wrap(name, MOST).iter().enumerate() {
        lines.push(line(text, "hwname", NAME, if index == 0 { 20.0 } else { 18.0 }));
    }
    let mut node = boxed(NodeKind::Hardware, lines, hover);
    node.layer = layer;
    node
}

/// A row of hardware.
pub(super) fn row(text: &str) -> Vec<String> {
    SMALL.wrap(text, MOST)
}

/// Makes the box as large as its rows need.
pub(super) fn fit_rows(node: &mut Node) {
    let lines = node.rows.iter().flatten();
    let widest = lines.map(|line| SMALL.width(line)).fold(0.0, f64::max);
    node.width = node.width.max(widest + 2.0 * PAD + 12.0);
    node.height = head(node) + rows_height(&node.rows) + ROW_GAP;
}

/// What stands above the rows: more where the name takes several lines.
pub(super) fn head(node: &Node) -> f64 {
    HEAD + 18.0 * node.lines.len().saturating_sub(2) as f64
}

pub(super) fn row_height(row: &[String]) -> f64 {
    ROW_LINE * row.len() as f64 + ROW_PAD
}

fn rows_height(rows: &[Vec<String>]) -> f64 {
    rows.iter().map(|row| row_height(row) + ROW_GAP).sum()
}

/// `I2C bus "environment"`.
pub(super) fn hardware_name(kind: SlotKind, name: &str) -> String {
    format!("{} {name:?}", word(kind))
}

fn word(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::I2c => "I2C bus",
        SlotKind::Spi => "SPI device",
        SlotKind::SpiBus => "SPI bus",
        SlotKind::OutputPin => "output pin",
        SlotKind::InputPin => "input pin",
        SlotKind::Pwm => "PWM output",
        SlotKind::Adc => "analog input",
        SlotKind::Serial => "serial port",
        SlotKind::Can => "CAN bus",
        SlotKind::Usb => "USB",
        SlotKind::UsbDevice => "USB device port",
        SlotKind::Diag => "log",
    }
}

/// What is done with hardware that has no parts to choose from.
pub(super) fn use_of(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::OutputPin => "drive it",
        SlotKind::InputPin => "read it, wait for edges",
        SlotKind::Pwm => "set its duty cycle",
        SlotKind::Adc => "measure it",
        SlotKind::UsbDevice => "be a device at it",
        SlotKind::SpiBus => "the whole bus",
        _ => "send and receive",
    }
}

/// All addresses, runs of them by their ends: `0x20, 0x40–0x47`.
pub(super) fn addresses(all: &[I2cAddress]) -> String {
    let mut sorted = all.to_vec();
    sorted.sort();
    let mut runs: Vec<(I2cAddress, I2cAddress)> = Vec::new();
    for address in sorted {
        match runs.last_mut() {
            Some((_, end)) if address.to_wire() == end.to_wire() + 1 => *end = address,
            _ => runs.push((address, address)),
        }
    }
    let words = runs.iter().map(|(start, end)| match end.to_wire() - start.to_wire() {
        0 => start.to_string(),
        1 => format!("{start}, {end}"),
        _ => format!("{start}–{end}"),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "no address".to_owned() } else { words.join(", ") }
}

/// `thermometer` of `periplasm:device/thermometer@0.1.0`.
pub(super) fn short_interface(name: &str) -> &str {
    let path = name.split_once('@').map_or(name, |(path, _)| path);
    path.rsplit_once('/').map_or(path, |(_, interface)| interface)
}

/// The last two parts of a path that say something.
fn last(path: &str) -> String {
    let parts = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let parts: Vec<&str> = parts.collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

fn line(text: &str, class: &'static str, font: Font, step: f64) -> Line {
    Line { text: text.to_owned(), class, font, step }
}

fn boxed(kind: NodeKind, lines: Vec<Line>, hover: String) -> Node {
    let widest = lines.iter().map(|line| line.font.width(&line.text)).fold(0.0, f64::max);
    let steps: f64 = lines.iter().map(|line| line.step).sum();
    let (width, height) = (widest + 2.0 * PAD, steps + PAD);
    Node { kind, lines, rows: Vec::new(), width, height, layer: 0, hover }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_in_runs_and_none_is_left_out() {
        let all = |numbers: &[u16]| {
            let one = |n: &u16| I2cAddress::from_wire(*n).unwrap();
            addresses(&numbers.iter().map(one).collect::<Vec<_>>())
        };
        assert_eq!(all(&[0x76]), "0x76");
        assert_eq!(all(&[0x77, 0x76]), "0x76, 0x77");
        assert_eq!(all(&[0x20, 0x42, 0x40, 0x41]), "0x20, 0x40–0x42");
        // 0x7f is the last of 7 bits; 10-bit ones are other addresses.
        assert_eq!(all(&[0x7e, 0x7f, 0xa000]), "0x7e, 0x7f, 0x000 (10-bit)");
        assert_eq!(all(&[]), "no address");
    }

    #[test]
    fn names_are_shortened_to_what_tells_them_apart() {
        assert_eq!(short_interface("periplasm:device/thermometer@0.1.0"), "thermometer");
        assert_eq!(last("../../../drivers/bme280"), "drivers/bme280");
        assert_eq!(last("app"), "app");
        assert_eq!(last("../.."), "");
    }
}
