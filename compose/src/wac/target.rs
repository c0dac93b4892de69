//! Whether a pipeline fits the world that its script targets.

use wac_graph::types::{ItemKind, Package, Type, WorldId, validate_target};
use wac_graph::{CompositionGraph, NodeKind};
use wac_parser::PackagePath;

use crate::encode::Fault;
use crate::problem::WacFault;

/// Checks the composed component against the world.
pub(super) fn check(
    path: &PackagePath<'_>,
    world: WorldId,
    graph: &mut CompositionGraph,
    component: &[u8],
) -> Result<(), WacFault> {
    let fault = |differences: String| WacFault::Target { differences, at: path.span };
    let package = Package::from_bytes("pipeline:composed", None, component, graph.types_mut())
        .map_err(|error| fault(Fault::new(None, error.as_ref()).message))?;
    let Err(report) = validate_target(graph.types(), world, package.ty()) else { return Ok(()) };
    let mut lines = Vec::new();
    for import in report.imports_not_in_target() {
        lines.push(format!("  it imports {import}, and the world does not"));
    }
    for (export, _) in report.missing_exports() {
        lines.push(format!("  the world exports {export}, and it does not"));
    }
    for (name, _, error) in report.mismatched_types() {
        lines.push(format!("  {name} is something else: {error}"));
    }
    Err(fault(lines.join("\n")))
}

/// The world that is targeted: of a package, or one that the script declares.
pub(super) fn find(
    path: &PackagePath<'_>,
    own: &str,
    graph: &CompositionGraph,
) -> Result<WorldId, WacFault> {
    let found = || {
        if path.name == own {
            let node = graph.get_export(path.segments)?;
            return matches!(graph[node].kind(), NodeKind::Definition)
                .then(|| graph[node].item_kind());
        }
        let (_, package) = graph.get_package_by_name(path.name, path.version.as_ref())?;
        package.definitions().get(path.segments).copied()
    };
    match found() {
        Some(ItemKind::Type(Type::World(world))) => Ok(world),
        _ => Err(WacFault::NoWorld { name: path.string.to_owned(), at: path.span }),
    }
}
