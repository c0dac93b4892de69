//! What a script exports, in the words of a plan.

use wac_graph::{CompositionGraph, NodeId, NodeKind};

use super::script::Script;
use super::wiring::{place, stage_of};
use crate::manifest::Manifest;
use crate::plan::PlannedExport;
use crate::problem::{WacFault, WiringProblem};
use crate::source::Loaded;

/// What the pipeline exports of its stages. Types, and imports that are
/// exported again, are of no stage.
pub(super) fn read(
    script: &Script,
    graph: &CompositionGraph,
    manifest: &Manifest,
    loaded: &[Loaded],
    faults: &mut Vec<WacFault>,
) -> Vec<PlannedExport> {
    let exported = |id: NodeId| Some((id, graph[id].export_name()?.to_owned()));
    let mut any = false;
    let mut exports = Vec::new();
    for (node, name) in graph.node_ids().filter_map(exported) {
        if matches!(graph[node].kind(), NodeKind::Definition) {
            continue;
        }
        any = true;
        if let Some(stage) = source(graph, manifest, node) {
            exports.push(PlannedExport { stage, name });
        }
    }
    if !any {
        faults.push(WacFault::NoExports { at: script.name_at });
    }
    let mut apps = (0..loaded.len()).filter(|stage| loaded[*stage].shape.run().is_some());
    if let (Some(first), Some(second)) = (apps.next(), apps.next()) {
        let name = |stage: usize| manifest.stages[stage].name.value.clone();
        let problem = WiringProblem::TwoApps {
            first: name(first),
            second: name(second),
            first_at: place(script, first),
            second_at: place(script, second),
        };
        faults.push(problem.into());
    }
    exports
}

/// The stage that a node is of, or is an export of, at whatever depth.
fn source(graph: &CompositionGraph, manifest: &Manifest, node: NodeId) -> Option<usize> {
    let mut node = node;
    loop {
        if let Some(stage) = stage_of(graph, manifest, node) {
            return Some(stage);
        }
        (node, _) = graph.get_alias_source(node)?;
    }
}
