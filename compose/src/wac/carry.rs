//! Carrying out a script.

use std::borrow::Cow;

use miette::LabeledSpan;
use periplasm_request::{SECTION, join};
use semver::Version;
use wac_graph::types::{BorrowedPackageKey, Package};
use wac_graph::{CompositionGraph, EncodeError, EncodeOptions, NodeId, NodeKind};
use wasm_encoder::{ComponentSection, CustomSection};

use super::packages::{STAGE, each_new};
use super::script::{Script, parse};
use super::wiring::{self, Wired, place};
use super::{exports, files, language, names, target};
use crate::encode::{Fault, check, guarded};
use crate::manifest::{At, Manifest, SlotEntry, Stage, Text, Wants};
use crate::plan::{self, Plan};
use crate::problem::{Problem, View, WacFault, WiringProblem};
use crate::source::Loaded;

/// Puts the stages together as the script says.
pub(crate) fn compose(
    script: &Script,
    text: &Text,
    manifest: &Manifest,
    loaded: &[Loaded],
) -> Result<(Plan, Vec<u8>), Vec<Problem>> {
    let told = |fault: WacFault| vec![script.problem(fault)];
    check_twice(script, manifest, loaded).map_err(told)?;
    let mut document = parse(&script.text).map_err(told)?;
    let own = document.directive.package.name;
    // Checked on the result: here slots would still have the stages' names.
    let targets = document.directive.targets.take();
    let packages: Vec<String> = script
        .instances
        .iter()
        .map(|instance| format!("{STAGE}{}", manifest.stages[instance.stage].name.value))
        .collect();
    // One package for each stage, whatever the script calls it.
    let mut next = packages.iter();
    each_new(&mut document, &mut |new| {
        if let Some(name) = next.next() {
            (new.package.name, new.package.version) = (name, None);
        }
    });
    let files = files::read(script, text)?;
    let mut found: indexmap::IndexMap<BorrowedPackageKey<'_>, Vec<u8>> = files
        .iter()
        .map(|(file, bytes)| (key(&file.name, file.version.as_ref()), bytes.clone()))
        .collect();
    for (instance, name) in script.instances.iter().zip(&packages) {
        found.insert(key(name, None), loaded[instance.stage].component.bytes().to_vec());
    }
    let target = targets.as_ref().map(|path| key(path.name, path.version.as_ref()));
    let target = target.and_then(|key| Some((key, found.get(&key)?.clone())));

    let resolved = guarded(|| Ok(document.resolve(found)));
    let resolved = resolved.map_err(|fault| told(panic(script, fault)))?;
    let resolution = resolved.map_err(|error| {
        told(language::resolution(&error, &|name| plan::sides(manifest, loaded, name)))
    })?;
    let mut graph = resolution.into_graph();

    let mut faults = Vec::new();
    let wired = wiring::read(script, &document, &graph, manifest, loaded, &mut faults);
    let exports = exports::read(script, &graph, manifest, loaded, &mut faults);
    if !faults.is_empty() {
        return Err(script.problems(faults));
    }
    let placed = placed(script, manifest, loaded, &wired);
    let requests = plan::check_wired(manifest, &placed, loaded, &wired.wires)
        .map_err(|problems| in_file(script, problems))?;
    let (order, wires) = (wired.order.clone(), wired.wires.clone());
    let plan = Plan { order, wires, exports, requests };

    let world = targets.as_ref().map(|path| {
        let found = guarded(|| {
            if let Some((key, bytes)) = target {
                register(&mut graph, key, bytes)?;
            }
            Ok(target::find(path, own, &graph))
        });
        found.map_err(|fault| panic(script, fault)).and_then(|found| Ok((path, found?)))
    });
    let world = world.transpose().map_err(told)?;
    let encoded = guarded(|| Ok(encode(script, &mut graph, manifest, loaded, &plan, &wired)));
    let component = encoded.map_err(|fault| told(panic(script, fault)))?.map_err(told)?;
    if let Some((path, world)) = world {
        let checked = guarded(|| Ok(target::check(path, world, &mut graph, &component)));
        checked.map_err(|fault| told(panic(script, fault)))?.map_err(told)?;
    }
    Ok((plan, component))
}

fn key<'a>(name: &'a str, version: Option<&'a Version>) -> BorrowedPackageKey<'a> {
    BorrowedPackageKey::from_name_and_version(name, version)
}

fn panic(script: &Script, fault: Fault) -> WacFault {
    language::panicked(fault.message, script.name_at)
}

/// The package of the world that is targeted, if nothing else took it.
fn register(
    graph: &mut CompositionGraph,
    key: BorrowedPackageKey<'_>,
    bytes: Vec<u8>,
) -> Result<(), Fault> {
    if graph.get_package_by_name(key.name, key.version).is_some() {
        return Ok(());
    }
    let package = Package::from_bytes(key.name, key.version, bytes, graph.types_mut())
        .map_err(|error| Fault::new(None, error.as_ref()))?;
    graph.register_package(package).map(|_| ()).map_err(|error| Fault::new(None, &error))
}

/// Two instances may be made of one stage only if it has no permissions.
fn check_twice(script: &Script, manifest: &Manifest, loaded: &[Loaded]) -> Result<(), WacFault> {
    for instance in &script.instances {
        let Some(first) = instance.again else { continue };
        if loaded[first].shape.slots().next().is_some() {
            let stage = manifest.stages[first].name.value.clone();
            let (first, second) = (place(script, first), instance.at);
            return Err(WacFault::Twice { stage, first, second });
        }
    }
    Ok(())
}

/// The stages as the script has them: with the slots that it fills, and its
/// places instead of the manifest's.
fn placed(script: &Script, manifest: &Manifest, loaded: &[Loaded], wired: &Wired) -> Vec<Stage> {
    let stages = manifest.stages.iter().enumerate().map(|(index, stage)| {
        let at = place(script, index);
        let board = stage.slots.iter().filter_map(|slot| match &slot.wants {
            Wants::Board(request) => Some((slot.name.value.clone(), Wants::Board(request.clone()))),
            Wants::Given { .. } => None,
        });
        let shape = &loaded[index].shape;
        let given = wired.wires[index].iter().filter_map(|wire| {
            let (slot, _) = shape.slots().find(|(n, _)| *n == shape.imports[wire.import].name)?;
            let export = loaded[wire.provider].shape.exports[wire.export].name.clone();
            let (provider, export) = (At::new(wire.provider, at), At::new(export, at));
            Some((slot.to_owned(), Wants::Given { provider, export }))
        });
        let slots = board.chain(given);
        Stage {
            name: At::new(stage.name.value.clone(), at),
            source: At::new(stage.source.value.clone(), at),
            slots: slots
                .map(|(name, wants)| SlotEntry { name: At::new(name, at), wants, at })
                .collect(),
            slots_at: at,
            uses: Vec::new(),
            uses_at: at,
            settings: None,
            host_wasi: false,
            behind: Vec::new(),
        }
    });
    stages.collect()
}

/// Problems of the wiring are shown in the script, others in the manifest.
fn in_file(script: &Script, problems: Vec<plan::Found>) -> Vec<Problem> {
    let shown = problems.into_iter().map(|found| match found {
        plan::Found::InManifest(problem) => problem,
        plan::Found::InScript(Problem::Wiring(problem)) => script.problem(problem.into()),
        plan::Found::InScript(Problem::Given(problem)) => script.problem(problem.into()),
        plan::Found::InScript(problem) => problem,
    });
    shown.collect()
}

fn encode(
    script: &Script,
    graph: &mut CompositionGraph,
    manifest: &Manifest,
    loaded: &[Loaded],
    plan: &Plan,
    wired: &Wired,
) -> Result<Vec<u8>, WacFault> {
    let rejected = |fault: Fault| -> WacFault {
        let at = fault.stage.map_or(script.name_at, |stage| place(script, stage));
        let sides = fault.name.and_then(|name| plan::sides(manifest, loaded, &name));
        let sides = sides.into_iter().flatten().collect();
        WiringProblem::Rejected { message: fault.message, sides, at }.into()
    };
    // Types that a script declares are for itself: wac would export them, and
    // no tool reads a component that does.
    // One goes with all that are made of it.
    loop {
        let Some(id) = graph.node_ids().find(|id| is_type(graph, *id)) else { break };
        graph.remove_node(id);
    }
    for stage in &wired.order {
        let Some(instance) = wired.nodes[*stage] else { continue };
        fill(graph, manifest, loaded, plan, *stage, instance).map_err(rejected)?;
        graph.set_node_name(instance, &manifest.stages[*stage].name.value);
    }
    // `check` validates, with the custom section.
    let options = EncodeOptions { validate: false, ..EncodeOptions::default() };
    let bytes = graph.encode(options).map_err(|error| {
        let sides = |name: &str| plan::sides(manifest, loaded, name);
        conflict(script, wired, &error, &sides)
    })?;
    let stages: Vec<&str> = manifest.stages.iter().map(|s| s.name.value.as_str()).collect();
    let mut bytes = names::tidy(&bytes, &stages).map_err(rejected)?;
    let data = Cow::Owned(plan.requests.to_bytes());
    CustomSection { name: Cow::Borrowed(SECTION), data }.append_to_component(&mut bytes);
    check(&bytes, manifest, loaded, plan).map_err(rejected)?;
    Ok(bytes)
}

fn is_type(graph: &CompositionGraph, id: NodeId) -> bool {
    matches!(graph[id].kind(), NodeKind::Definition)
}

/// Imports the slots that the board fills, under their names in the pipeline.
fn fill(
    graph: &mut CompositionGraph,
    manifest: &Manifest,
    loaded: &[Loaded],
    plan: &Plan,
    stage: usize,
    instance: NodeId,
) -> Result<(), Fault> {
    let fault = |error: &(dyn std::error::Error + 'static)| Fault::new(stage, error);
    let name = &manifest.stages[stage].name.value;
    let passed: Vec<String> =
        graph.get_instantiation_arguments(instance).map(|(name, _)| name.to_owned()).collect();
    for (slot, _) in plan.board_slots(stage, &loaded[stage].shape) {
        if passed.iter().any(|passed| passed == slot) {
            continue;
        }
        let world = graph[instance].package().map(|package| graph[package].ty());
        let kind = world.and_then(|world| graph.types()[world].imports.get(slot).copied());
        let Some(kind) = kind else {
            return Err(Fault::words(format!("slot `{slot}` of stage `{name}` got lost")));
        };
        let node =
            graph.import(join(name, slot), kind).map_err(|error| fault(&error).about(slot))?;
        graph.set_instantiation_argument(instance, slot, node).map_err(|error| fault(&error))?;
    }
    Ok(())
}

/// Imports that cannot be one, with the places that want them.
fn conflict(
    script: &Script,
    wired: &Wired,
    error: &EncodeError,
    sides: &dyn Fn(&str) -> Option<[View; 2]>,
) -> WacFault {
    let stage = |node: &NodeId| {
        let stage = wired.nodes.iter().position(|found| *found == Some(*node));
        stage.map_or(script.name_at, |stage| place(script, stage))
    };
    let import = |node: &NodeId| {
        let found = wired.imports.iter().find(|(found, _)| found == node);
        found.map_or(script.name_at, |(_, at)| *at)
    };
    let label = |words: &str, at| LabeledSpan::new_with_span(Some(words.to_owned()), at);
    let (labels, help) = match error {
        EncodeError::ImplicitImportConflict { import: node, instantiation, name, .. } => (
            vec![
                label("imported here", import(node)),
                label("and left to `...` here", stage(instantiation)),
            ],
            format!("pass the import to every stage that needs {name}"),
        ),
        EncodeError::ImportTypeMergeConflict { first, second, .. } => (
            vec![
                label("needs one definition", stage(first)),
                label("needs another", stage(second)),
            ],
            "rebuild both against the same WIT".to_owned(),
        ),
        _ => (
            vec![label("in this pipeline", script.name_at)],
            "rebuild all stages against the same WIT".to_owned(),
        ),
    };
    let mut message = Fault::new(None, error).message;
    if let EncodeError::ImportTypeMergeConflict { import, .. } = error {
        message += &language::shown(sides(import));
    }
    WacFault::Language { message, help, labels }
}
