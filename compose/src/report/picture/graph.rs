//! What is in the picture, before anything has a place.

use periplasm_request::Request;

use super::boxes;
use super::measure::Font;
use crate::kind::SlotKind;
use crate::report::{Report, SlotReport, usb_devices};

/// The font of what stands on wires.
pub(super) const LABEL: Font = Font::plain(11.5);
/// From one line of a label to the next.
pub(super) const LABEL_LINE: f64 = 14.0;

/// A box.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) lines: Vec<Line>,
    /// The rows of hardware: what wires lead to.
    pub(super) rows: Vec<Vec<String>>,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) layer: usize,
    /// What a reader is told who points at it.
    pub(super) hover: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    /// What the pipeline gives to whoever runs it.
    Export,
    Stage,
    /// Hardware of the board.
    Hardware,
    /// Where a wire passes a column.
    Bend,
}

/// A line of text in a box.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) class: &'static str,
    pub(super) font: Font,
    /// From the line before to this one.
    pub(super) step: f64,
}

/// A wire, or a part of one between two columns.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The row of the hardware.
    pub(super) row: Option<usize>,
    pub(super) label: Vec<String>,
    pub(super) class: &'static str,
    /// Whether its end is the wire's end.
    pub(super) ends: bool,
}

/// Everything, with the layers of boxes.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

impl Graph {
    pub(super) fn of(report: &Report) -> Self {
        let mut graph = Self::default();
        let stages: Vec<&str> = report.stages.iter().map(|stage| stage.name.as_str()).collect();
        let find = |name: &str| stages.iter().position(|stage| *stage == name);
        graph.nodes.extend(report.stages.iter().map(|stage| boxes::stage(report, stage)));
        graph.calls(report, find);
        for (user, stage) in report.stages.iter().enumerate() {
            for given in &stage.given {
                let Some(provider) = find(&given.provider) else { continue };
                let label = match given.name == given.export {
                    true => given.name.clone(),
                    false => format!("{} = {}", given.name, given.export),
                };
                graph.edges.push(edge(user, provider, None, vec![label], "hw"));
            }
        }
        graph.layers();
        let last = graph.nodes.iter().map(|node| node.layer).max().unwrap_or(1);
        for (user, stage) in report.stages.iter().enumerate() {
            for slot in &stage.slots {
                graph.hardware(user, slot, last + 1);
            }
        }
        graph.exports(report, find);
        graph.bends();
        graph
    }

    /// What stages call: one wire for all interfaces that one takes from another.
    fn calls(&mut self, report: &Report, find: impl Fn(&str) -> Option<usize>) {
        for wire in &report.wiring {
            let (Some(user), Some(provider)) = (find(&wire.user), find(&wire.provider)) else {
                continue;
            };
            let name = boxes::short_interface(&wire.interface);
            let label = match &wire.label {
                Some(label) => format!("{label}: {name}"),
                None => name.to_owned(),
            };
            let same = |edge: &&mut Edge| (edge.from, edge.to) == (user, provider);
            match self.edges.iter_mut().find(same) {
                Some(edge) => edge.label.push(label),
                None => self.edges.push(edge(user, provider, None, vec![label], "call")),
            }
        }
    }

    /// Every stage to the right of all that use it.
    fn layers(&mut self) {
        self.nodes.iter_mut().for_each(|node| node.layer = 1);
        // A pipeline has no circles, so no way through it is longer than this.
        for _ in 0..self.nodes.len() {
            for index in 0..self.edges.len() {
                let Edge { from, to, .. } = self.edges[index];
                let least = self.nodes[from].layer + 1;
                let layer = &mut self.nodes[to].layer;
                *layer = least.max(*layer);
            }
        }
    }

    fn hardware(&mut self, user: usize, slot: &SlotReport, layer: usize) {
        let Some(name) = slot.request.name() else { return };
        let kind = slot.request.slot_kind();
        let hover = boxes::hardware_name(kind, name);
        let known = |node: &Node| node.kind == NodeKind::Hardware && node.hover == hover;
        let index = match self.nodes.iter().position(known) {
            Some(index) => index,
            None => {
                self.nodes.push(boxes::hardware(kind, name, hover, layer));
                self.nodes.len() - 1
            }
        };
        for words in detail(kind, &slot.request) {
            let node = &mut self.nodes[index];
            let lines = boxes::row(&words);
            let row = match node.rows.iter().position(|row| *row == lines) {
                Some(row) => row,
                None => {
                    node.rows.push(lines);
                    node.rows.len() - 1
                }
            };
            boxes::fit_rows(node);
            self.edges.push(edge(user, index, Some(row), vec![slot.name.clone()], "hw"));
        }
    }

    fn exports(&mut self, report: &Report, find: impl Fn(&str) -> Option<usize>) {
        for (stage, one) in report.stages.iter().enumerate() {
            let of = report.exports.iter().filter(|export| find(&export.stage) == Some(stage));
            let names: Vec<&str> =
                of.map(|export| boxes::short_interface(&export.interface)).collect();
            if names.is_empty() {
                continue;
            }
            self.nodes.push(boxes::export(&names, &one.name));
            let from = self.nodes.len() - 1;
            self.edges.insert(0, edge(from, stage, None, Vec::new(), "out"));
        }
    }

    /// Cuts every wire that is longer than from one column to the next.
    fn bends(&mut self) {
        let edges = std::mem::take(&mut self.edges);
        for mut edge in edges {
            let (first, last) = (self.nodes[edge.from].layer, self.nodes[edge.to].layer);
            for layer in first + 1..last {
                self.nodes.push(boxes::bend(layer));
                let bend = self.nodes.len() - 1;
                let part = Edge { to: bend, row: None, ends: false, ..edge.clone() };
                self.edges.push(part);
                edge = Edge { from: bend, label: Vec::new(), ..edge };
            }
            self.edges.push(edge);
        }
    }
}

/// What a request says beyond its name: one entry a row.
fn detail(kind: SlotKind, request: &Request) -> Vec<String> {
    match request {
        Request::I2c { addresses, .. } => vec![boxes::addresses(addresses)],
        Request::Usb { devices, .. } => devices
            .iter()
            .map(|device| format!("{}: {}", usb_devices(device), device.uses()))
            .collect(),
        _ => vec![boxes::use_of(kind).to_owned()],
    }
}

fn edge(
    from: usize,
    to: usize,
    row: Option<usize>,
    label: Vec<String>,
    class: &'static str,
) -> Edge {
    Edge { from, to, row, label, class, ends: true }
}
