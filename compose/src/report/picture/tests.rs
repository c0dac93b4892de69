//! What must hold for every picture.

use std::collections::BTreeMap;

use periplasm_request::{I2cAddress, Request};
use proptest::prelude::*;

use super::graph::{Graph, LABEL, NodeKind};
use super::{draw, order, place};
use crate::component::StageKind;
use crate::report::{
    ExportReport, GivenReport, Permissions, REPORT_FORMAT, Report, SlotReport, SourceReport,
    StageReport, WireReport,
};

/// Names, some of which are meant to break the document.
const NAMES: [&str; 6] = [
    "bus",
    "a-very-long-name-of-sixty-four-letters-that-is-still-allowed-here",
    "<b>&\"'",
    "]]>",
    "\u{202e}\u{0}",
    "</svg><script>alert(1)</script>",
];

/// A pipeline in which each stage uses some of those after it.
fn report(seeds: &[[u8; 4]]) -> Report {
    let count = seeds.len();
    let name = |index: usize| format!("s{index}");
    let mut wiring = Vec::new();
    let mut stages = Vec::new();
    for (index, [uses, gives, slots, text]) in seeds.iter().enumerate() {
        let later = |bit: usize| index + 1 + bit;
        let bits = |byte: &u8| {
            let byte = *byte;
            (0..6).filter(move |bit| byte >> bit & 1 == 1)
        };
        let text = NAMES[usize::from(*text) % NAMES.len()];
        wiring.extend(bits(uses).map(later).filter(|to| *to < count).map(|to| WireReport {
            user: name(index),
            interface: format!("test:{text}/{text}@0.1.0"),
            provider: name(to),
            label: None,
        }));
        let given = bits(gives).map(later).filter(|to| *to < count).map(|to| GivenReport {
            name: text.to_owned(),
            kind: "output-pin",
            provider: name(to),
            export: "p0".to_owned(),
        });
        let slots = bits(slots).map(|bit| {
            let address = I2cAddress::seven_bit(0x20 + bit as u16).unwrap();
            let request = match bit % 2 {
                0 => Request::I2c { bus: text.to_owned(), addresses: vec![address] },
                _ => Request::OutputPin { name: format!("{text}{bit}") },
            };
            SlotReport { name: format!("slot-{bit}"), import: String::new(), kind: "", request }
        });
        stages.push(StageReport {
            name: name(index),
            kind: StageKind::Driver,
            source: Some(SourceReport::Crate(text.to_owned())),
            sealed: false,
            adapters: Vec::new(),
            size: 1,
            digest: "sha256:0".to_owned(),
            settings: BTreeMap::new(),
            slots: slots.collect(),
            given: given.collect(),
        });
    }
    let permissions = stages.iter().map(|stage| Permissions {
        stage: stage.name.clone(),
        may: vec![format!("read {}", NAMES[5])],
        host: Vec::new(),
    });
    Report {
        format: REPORT_FORMAT,
        pipeline: "p".to_owned(),
        size: 1,
        digest: "sha256:0".to_owned(),
        permissions: permissions.collect(),
        stages,
        wiring,
        exports: vec![ExportReport { interface: "test:a/run".to_owned(), stage: name(0) }],
    }
}

fn between(value: f64, low: f64, high: f64) -> bool {
    value > low - 0.01 && value < high + 0.01
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn boxes_lie_apart_and_text_and_wires_keep_to_their_room(
        seeds in prop::collection::vec(any::<[u8; 4]>(), 1..7)
    ) {
        let report = report(&seeds);
        let mut graph = Graph::of(&report);
        let order = order::columns(&graph);
        let places = place::places(&mut graph, &order, 10.0, 10.0);
        for (layer, column) in order.iter().enumerate() {
            let room = places.columns[layer];
            if let Some(next) = places.columns.get(layer + 1) {
                prop_assert!(room.turn() <= next.left);
            }
            for pair in column.windows(2) {
                let bottom = places.top[pair[0]] + graph.nodes[pair[0]].height;
                prop_assert!(bottom + 10.0 < places.top[pair[1]]);
            }
        }
        for (index, node) in graph.nodes.iter().enumerate() {
            let column = places.columns[node.layer];
            prop_assert!(node.width <= column.width && places.top[index] >= -0.01);
            prop_assert!(places.top[index] + node.height <= places.height + 0.01);
            let texts = node.lines.iter().map(|line| line.font.width(&line.text));
            prop_assert!(texts.into_iter().all(|width| width <= node.width));
        }
        for (edge, (from, to)) in graph.edges.iter().zip(&places.ports) {
            let (start, end) = (&graph.nodes[edge.from], &graph.nodes[edge.to]);
            // From one column to the next: nothing is in the way.
            prop_assert_eq!(start.layer + 1, end.layer);
            prop_assert!(between(*from, places.top[edge.from], places.top[edge.from] + start.height));
            prop_assert!(between(*to, places.top[edge.to], places.top[edge.to] + end.height));
            let label = edge.label.iter().map(|text| LABEL.width(text)).fold(0.0, f64::max);
            prop_assert!(label <= places.columns[start.layer].strip);
            // Every wire ends at what the report says.
            prop_assert_eq!(edge.ends, end.kind != NodeKind::Bend);
        }
    }

    #[test]
    fn names_add_nothing_to_the_document(seeds in prop::collection::vec(any::<[u8; 4]>(), 1..6)) {
        let svg = draw::draw(&report(&seeds));
        let plain = |c: char| c == '\n' || !c.is_control();
        let steers = svg.contains('\u{202e}') || !svg.chars().all(plain);
        prop_assert!(!steers);
        prop_assert!(!svg.contains("<script") && !svg.contains("]]>"));
        // Every tag is one that the picture itself writes, and each is closed.
        let mut open = Vec::new();
        for tag in svg.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').expect("a tag ends");
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            let known = ["svg", "title", "desc", "style", "defs", "marker", "path", "rect", "text",
                "g", "circle"];
            prop_assert!(known.contains(&name), "{}", name);
            if let Some(closed) = tag.strip_prefix('/') {
                prop_assert_eq!(open.pop(), Some(closed.to_owned()));
            } else if !tag.ends_with('/') {
                open.push(name.to_owned());
            }
        }
        prop_assert!(open.is_empty());
    }
}
