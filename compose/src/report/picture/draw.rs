//! Drawing what has a place.

use super::boxes::{self, PAD};
use super::graph::{Graph, LABEL, LABEL_LINE, Node, NodeKind};
use super::measure::Font;
use super::order;
use super::place::{self, Places};
use super::svg::{Svg, number};
use crate::component::StageKind;
use crate::report::Report;

/// Around everything.
const MARGIN: f64 = 22.0;
/// Above the boxes, for titles; and below them, to the borders' ends.
const HEADER: f64 = 52.0;
const FOOTER: f64 = 22.0;
/// From the pipeline's border to what is inside.
const INSIDE: f64 = 24.0;
/// From what runs the pipeline to its border.
const BEFORE: f64 = 30.0;
/// The host's band, and what is around it.
const BAND: f64 = 112.0;
const BAND_GAP: f64 = 26.0;
/// From the host's band to hardware.
const AFTER: f64 = 34.0;

const TITLE: Font = Font::bold(14.5);
const CLAIM: Font = Font::plain(12.0);
const FOOT: Font = Font::plain(12.0);
const SMALL: f64 = 11.5;

const CLAIM_TEXT: &str = "one component, no ambient authority";
const FOOT_TEXT: &str = "A stage reaches what its arrows reach, and may do what its box says. Nothing else exists for it.";

pub(super) fn draw(report: &Report) -> String {
    let mut graph = Graph::of(report);
    let order = order::columns(&graph);
    let outside = INSIDE + BAND_GAP + BAND + AFTER;
    let mut places = place::places(&mut graph, &order, BEFORE + INSIDE, outside);
    let borders = borders(report, &graph, &mut places);
    let mut svg = Svg::new();

    let below = HEADER + places.height + FOOTER;
    let foot = FOOT.wrap(FOOT_TEXT, borders.right - 8.0);
    let (width, height) =
        (borders.right + 2.0 * MARGIN, MARGIN + below + 14.0 + 17.0 * foot.len() as f64 + 8.0);
    svg.rect("page", [0.0, 0.0, width, height], 12);
    svg.raw(&format!("<g transform=\"translate({m} {m})\">", m = number(MARGIN)));
    frame(&mut svg, report, &borders, below);
    svg.raw(&format!("<g transform=\"translate(0 {})\">", number(HEADER)));
    wires(&mut svg, &graph, &places, &borders);
    for (index, node) in graph.nodes.iter().enumerate() {
        node_box(&mut svg, report, index, node, &places);
    }
    svg.raw("</g>");
    for (index, text) in foot.iter().enumerate() {
        let y = below + 14.0 + 17.0 * (index + 1) as f64 - 5.0;
        svg.text("foot", FOOT.size, (4.0, y), "start", text);
    }
    svg.raw("</g>");
    svg.finish(width, height, &format!("The pipeline {}", report.pipeline), &description(report))
}

/// The vertical lines of the picture.
struct Borders {
    inside: (f64, f64),
    /// If there is hardware.
    band: Option<(f64, f64)>,
    right: f64,
}

/// Finds the borders, and moves what is right of the pipeline when its title
/// needs the room.
fn borders(report: &Report, graph: &Graph, places: &mut Places) -> Borders {
    let hardware = graph.nodes.iter().find(|node| node.kind == NodeKind::Hardware);
    let last = match hardware {
        Some(node) => node.layer - 1,
        None => places.columns.len() - 1,
    };
    let title = TITLE.width(&title(report)) + CLAIM.width(CLAIM_TEXT) + 70.0;
    let left = places.columns.get(1).map_or(0.0, |column| column.left) - INSIDE;
    let turn = if hardware.is_some() { 52.0 } else { 0.0 };
    let found = places.columns[last].turn() + turn + INSIDE;
    let right = found.max(left + title);
    for column in &mut places.columns[last + 1..] {
        column.left += right - found;
    }
    let band = hardware.map(|_| (right + BAND_GAP, right + BAND_GAP + BAND));
    let all = places.columns.last().map_or(0.0, |column| column.right());
    Borders { inside: (left, right), band, right: all.max(right) }
}

fn title(report: &Report) -> String {
    format!("{}.wasm", report.pipeline)
}

fn frame(svg: &mut Svg, report: &Report, borders: &Borders, height: f64) {
    let (left, right) = borders.inside;
    svg.rect("inside", [left, 0.0, right - left, height], 14);
    svg.text("title", TITLE.size, (left + 18.0, 27.0), "start", &title(report));
    svg.text("claim", CLAIM.size, (right - 18.0, 27.0), "end", CLAIM_TEXT);
    if let Some((left, right)) = borders.band {
        svg.rect("band", [left, 0.0, right - left, height], 14);
        let middle = (left + right) / 2.0;
        svg.text("bandtitle", TITLE.size, (middle, 25.0), "middle", "host");
        svg.text("bandnote", SMALL, (middle, 42.0), "middle", "request ∩ board");
    }
}

fn wires(svg: &mut Svg, graph: &Graph, places: &Places, borders: &Borders) {
    for (edge, (from, to)) in graph.edges.iter().zip(&places.ports) {
        let (start, end) = (&graph.nodes[edge.from], &graph.nodes[edge.to]);
        let (column, next) = (&places.columns[start.layer], &places.columns[end.layer]);
        // A box may be narrower than its column; a bend is nothing.
        let x1 = match start.kind {
            NodeKind::Bend => column.left,
            _ => column.left + centred(column.width, start) + start.width,
        };
        let x2 = match end.kind {
            NodeKind::Bend => next.left,
            NodeKind::Hardware => next.left,
            _ => next.left + centred(next.width, end),
        };
        let into = end.kind == NodeKind::Hardware;
        let (a, b) = match borders.band.filter(|_| into) {
            Some((left, _)) => (column.turn(), left - BAND_GAP),
            None if start.kind == NodeKind::Export => (x1, x2),
            None => (column.turn(), next.left - 4.0),
        };
        let middle = (a + b) / 2.0;
        let [x1, x2, a, b, middle, y1, y2] = [x1, x2, a, b, middle, *from, *to].map(number);
        let class = if edge.class == "hw" { "wire hwwire" } else { "wire" };
        let tip = if edge.class == "hw" { "hwtip" } else { "tip" };
        let tip = if edge.ends { format!(" marker-end=\"url(#{tip})\"") } else { String::new() };
        svg.raw(&format!(
            "<path class=\"{class}\" d=\"M{x1} {y1}H{a}C{middle} {y1} {middle} {y2} {b} {y2}H{x2}\"\
             {tip}/>"
        ));
        if let Some((left, right)) = borders.band.filter(|_| into) {
            for x in [left, right] {
                let x = number(x);
                svg.raw(&format!("<circle class=\"gate\" cx=\"{x}\" cy=\"{y2}\" r=\"4\"/>"));
            }
        }
        let class = if edge.class == "hw" { "hwlabel" } else { "label" };
        for (line, text) in edge.label.iter().rev().enumerate() {
            let y = from - 5.0 - LABEL_LINE * line as f64;
            svg.text(class, LABEL.size, (column.right() + 10.0, y), "start", text);
        }
    }
}

fn node_box(svg: &mut Svg, report: &Report, index: usize, node: &Node, places: &Places) {
    let column = &places.columns[node.layer];
    let (x, y) = (column.left + centred(column.width, node), places.top[index]);
    let app = report.stages.get(index).is_some_and(|stage| stage.kind == StageKind::App);
    let class = match node.kind {
        NodeKind::Bend => return,
        NodeKind::Export => "out",
        NodeKind::Stage if app => "app",
        NodeKind::Stage => "stage",
        NodeKind::Hardware => "hw",
    };
    svg.raw("<g>");
    svg.raw(&format!("<title>{}</title>", super::svg::escaped(&node.hover)));
    let width = if node.kind == NodeKind::Hardware { column.width } else { node.width };
    let x = if node.kind == NodeKind::Hardware { column.left } else { x };
    svg.rect(class, [x, y, width, node.height], 10);
    let text: f64 = node.lines.iter().map(|line| line.step).sum();
    let (anchor, at) = match node.kind {
        NodeKind::Export => ("middle", x + width / 2.0),
        _ => ("start", x + PAD),
    };
    // Where wires made a box higher than its text, that is in the middle.
    let first = match node.kind {
        NodeKind::Hardware => y + 3.0,
        _ => y + (node.height - text - PAD) / 2.0 + 3.0,
    };
    svg.lines(at, first, anchor, &node.lines);
    let mut top = y + boxes::head(node);
    for row in &node.rows {
        let height = boxes::row_height(row);
        svg.rect("row", [x + 6.0, top, width - 12.0, height], 6);
        for (line, text) in row.iter().enumerate() {
            let y = top + boxes::ROW_LINE * (line + 1) as f64 + 1.5;
            svg.text("rowtext", SMALL, (x + 6.0 + PAD, y), "start", text);
        }
        top += height + boxes::ROW_GAP;
    }
    svg.raw("</g>");
}

fn centred(width: f64, node: &Node) -> f64 {
    (width - node.width) / 2.0
}

/// The whole picture in words, for those who cannot see it.
fn description(report: &Report) -> String {
    let mut words = Vec::new();
    for permissions in &report.permissions {
        let stage = &permissions.stage;
        let mut may = permissions.may.clone();
        let calls = report.wiring.iter().filter(|wire| wire.user == *stage);
        may.extend(calls.map(|wire| format!("call {} of {}", wire.interface, wire.provider)));
        words.push(match may.split_last() {
            None => format!("{stage} may compute and nothing else."),
            Some((only, [])) => format!("{stage} may {only} and nothing else."),
            Some((last, rest)) => {
                format!("{stage} may {}, {last} and nothing else.", rest.join(", "))
            }
        });
    }
    let exports = report.exports.iter();
    words.extend(exports.map(|e| format!("The pipeline exports {} of {}.", e.interface, e.stage)));
    words.join(" ")
}
