//! Putting stages together, by the plan.
//!
//! The rules that wac-graph needs kept, each paid for once:
//! - A package is registered once for each *stage*, even when two stages are
//!   the same component: a shared type definition cannot be decoded afterwards.
//! - Only slots are imported explicitly, under their new names. Interface
//!   imports stay implicit, and wac-graph makes one of those with the same
//!   name; imported explicitly they would have the type that the first stage
//!   sees, which lacks what only the next one uses.
//! - Nodes are made in the order in which they are instantiated; otherwise the
//!   name section is invalid.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use periplasm_request::{SECTION, join};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeError, EncodeOptions, NodeId};
use wasm_encoder::{ComponentSection, CustomSection};

use crate::component::{ImportKind, Shape};
use crate::manifest::Manifest;
use crate::plan::Plan;
use crate::source::Loaded;

/// Why the stages cannot be put together.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) message: String,
    /// The stage it stopped at.
    pub(crate) stage: Option<usize>,
    /// The interface that does not fit.
    pub(crate) name: Option<String>,
}

impl Fault {
    pub(crate) fn new(
        stage: impl Into<Option<usize>>,
        error: &(dyn std::error::Error + 'static),
    ) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self { message, stage: stage.into(), name: None }
    }

    /// With the interface whose two sides do not fit.
    pub(crate) fn about(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    pub(crate) fn words(message: impl Into<String>) -> Self {
        Self { message: message.into(), stage: None, name: None }
    }
}

pub(crate) fn encode(
    manifest: &Manifest,
    loaded: &[Loaded],
    plan: &Plan,
) -> Result<Vec<u8>, Fault> {
    guarded(|| {
        let mut bytes = graph(manifest, loaded, plan)?;
        let data = Cow::Owned(plan.requests.to_bytes());
        CustomSection { name: Cow::Borrowed(SECTION), data }.append_to_component(&mut bytes);
        check(&bytes, manifest, loaded, plan)?;
        Ok(bytes)
    })
}

/// wac-graph and wit-component panic on some components that are valid. What is
/// known to make them panic is refused before; whatever is left must not take
/// the caller down with it.
pub(crate) fn guarded<T>(run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("without a word");
        Err(Fault::words(format!("the composing library panicked: {text}")))
    })
}

fn graph(manifest: &Manifest, loaded: &[Loaded], plan: &Plan) -> Result<Vec<u8>, Fault> {
    let mut graph = CompositionGraph::new();
    let mut instances: Vec<Option<NodeId>> = vec![None; loaded.len()];
    for &index in &plan.order {
        let name = &manifest.stages[index].name.value;
        let stage = &loaded[index];
        let fault = |error: &(dyn std::error::Error + 'static)| Fault::new(index, error);

        let bytes = stage.component.bytes();
        let package = Package::from_bytes(&format!("stage:{name}"), None, bytes, graph.types_mut())
            .map_err(|error| fault(error.as_ref()))?;
        let package = graph.register_package(package).map_err(|error| fault(&error))?;

        let world = graph[package].ty();
        let mut arguments: Vec<(&str, NodeId)> = Vec::new();
        for (slot, _) in plan.board_slots(index, &stage.shape) {
            let Some(kind) = graph.types()[world].imports.get(slot).copied() else {
                return Err(Fault::words(format!("slot `{slot}` of stage `{name}` got lost")));
            };
            let node = graph.import(join(name, slot), kind).map_err(|error| fault(&error))?;
            arguments.push((slot, node));
        }
        for wire in &plan.wires[index] {
            let import = &stage.shape.imports[wire.import].name;
            let export = &loaded[wire.provider].shape.exports[wire.export].name;
            let Some(provider) = instances[wire.provider] else {
                return Err(Fault::words(format!("stage `{name}` comes before one that it uses")));
            };
            let node =
                graph.alias_instance_export(provider, export).map_err(|error| fault(&error))?;
            arguments.push((import, node));
        }
        let instance = graph.instantiate(package);
        for (argument, node) in arguments {
            graph
                .set_instantiation_argument(instance, argument, node)
                .map_err(|error| fault(&error).about(argument))?;
        }
        graph.set_node_name(instance, name);
        instances[index] = Some(instance);
    }
    for export in &plan.exports {
        let Some(instance) = instances[export.stage] else { continue };
        let fault = |error: &(dyn std::error::Error + 'static)| Fault::new(export.stage, error);
        let node =
            graph.alias_instance_export(instance, &export.name).map_err(|error| fault(&error))?;
        graph.export(node, &export.name).map_err(|error| fault(&error))?;
    }
    // `check` validates, with the custom section.
    let options = EncodeOptions { validate: false, ..EncodeOptions::default() };
    graph.encode(options).map_err(|error| {
        let fault = Fault::new(None, &error);
        match &error {
            EncodeError::ImportTypeMergeConflict { import, .. } => fault.about(import),
            _ => fault,
        }
    })
}

/// The result must be valid, must be readable by tools, and must ask for the
/// slots that the board fills and for nothing else by name.
pub(crate) fn check(
    bytes: &[u8],
    manifest: &Manifest,
    loaded: &[Loaded],
    plan: &Plan,
) -> Result<(), Fault> {
    // This validates all of it but the stages' code, which was when they were read.
    let shape = Shape::read_made(bytes)
        .map_err(|errors| Fault::words(format!("what was made is not as planned: {errors:?}")))?;
    wit_component::decode(bytes).map_err(|error| Fault::new(None, error.as_ref()))?;
    let has: BTreeSet<String> = shape.slots().map(|(slot, _)| slot.to_owned()).collect();
    let planned: BTreeSet<String> = manifest
        .stages
        .iter()
        .zip(loaded)
        .enumerate()
        .flat_map(|(index, (stage, loaded))| {
            plan.board_slots(index, &loaded.shape).map(|(slot, _)| join(&stage.name.value, slot))
        })
        .collect();
    let labelled = shape
        .imports
        .iter()
        .any(|import| matches!(import.kind, ImportKind::Interface { labelled: true, .. }));
    if has != planned || labelled {
        return Err(Fault::words(format!("its slots are {has:?}, and should be {planned:?}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_a_library_is_an_error_here() {
        let fault = guarded::<()>(|| panic!("expected a {}", "resource")).unwrap_err();
        assert_eq!(fault.message, "the composing library panicked: expected a resource");
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
    }
}
