//! Putting a component into a stage: what comes out is one stage, with the
//! slots and exports of the one that was there.

use std::collections::BTreeMap;

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::component::{ImportKind, Shape};
use crate::encode::Fault;
use crate::name::InterfaceName;

/// A component, by the name that it has for whoever debugs it.
type Part<'a> = (&'static str, &'a [u8], &'a Shape);

/// The second, with the first inside: that one gives what both know and `wants`
/// says is wanted of it. The rules that wac-graph needs kept are told in
/// [`crate::encode`].
pub(crate) fn compose(
    parts: [Part<'_>; 2],
    wants: impl Fn(&str, &InterfaceName) -> bool,
) -> Result<Vec<u8>, Fault> {
    let [(_, _, inner), (_, _, stage)] = parts;
    let fault = |error: &(dyn std::error::Error + 'static)| Fault::new(None, error);
    let mut graph = CompositionGraph::new();
    let mut slots: BTreeMap<String, NodeId> = BTreeMap::new();
    let mut made: Vec<NodeId> = Vec::new();
    for (name, bytes, shape) in parts {
        let package = Package::from_bytes(&format!("part:{name}"), None, bytes, graph.types_mut())
            .map_err(|error| fault(error.as_ref()))?;
        let package = graph.register_package(package).map_err(|error| fault(&error))?;
        let world = graph[package].ty();
        let mut arguments: Vec<(&str, NodeId)> = Vec::new();
        for import in &shape.imports {
            let node = match &import.kind {
                // One voice for both.
                ImportKind::Slot { .. } => match slots.get(&import.name) {
                    Some(node) => *node,
                    None => {
                        let kind = graph.types()[world].imports.get(&import.name).copied();
                        let Some(kind) = kind else {
                            return Err(Fault::words(format!("`{}` got lost", import.name)));
                        };
                        let node =
                            graph.import(&import.name, kind).map_err(|error| fault(&error))?;
                        *slots.entry(import.name.clone()).or_insert(node)
                    }
                },
                ImportKind::Interface { interface, .. } => {
                    let export = inner.exports.iter().find(|export| {
                        export.interface().is_some_and(|given| given.same_track(interface))
                    });
                    let (Some(giver), Some(export)) = (made.first(), export) else { continue };
                    if !wants(&import.name, interface) {
                        continue;
                    }
                    graph
                        .alias_instance_export(*giver, &export.name)
                        .map_err(|error| fault(&error))?
                }
            };
            arguments.push((&import.name, node));
        }
        let instance = graph.instantiate(package);
        for (argument, node) in arguments {
            graph
                .set_instantiation_argument(instance, argument, node)
                .map_err(|error| fault(&error))?;
        }
        graph.set_node_name(instance, name);
        made.push(instance);
    }
    for export in &stage.exports {
        let Some(instance) = made.last() else { continue };
        let node =
            graph.alias_instance_export(*instance, &export.name).map_err(|error| fault(&error))?;
        graph.export(node, &export.name).map_err(|error| fault(&error))?;
    }
    let options = EncodeOptions { validate: true, ..EncodeOptions::default() };
    graph.encode(options).map_err(|error| fault(&error))
}
