//! What a resolved script wires, in the words of a plan.

use std::collections::BTreeSet;

use miette::SourceSpan;
use periplasm_request::{join, list};
use wac_graph::{CompositionGraph, NodeId, NodeKind};
use wac_parser::{Document, ImportType, Statement};

use super::packages::STAGE;
use super::script::Script;
use crate::component::ImportKind;
use crate::manifest::Manifest;
use crate::name::InterfaceName;
use crate::plan::{Wire, is_shared};
use crate::problem::{WacFault, WiringProblem};
use crate::source::Loaded;

/// The stages in a graph, and what they take.
pub(super) struct Wired {
    /// For each stage, its instance.
    pub(super) nodes: Vec<Option<NodeId>>,
    /// The stages in the order of their instances.
    pub(super) order: Vec<usize>,
    /// For each stage, what it takes from others.
    pub(super) wires: Vec<Vec<Wire>>,
    /// For each stage, what is passed to it that no stage exports.
    explicit: Vec<BTreeSet<String>>,
    /// The places of import statements, by their nodes.
    pub(super) imports: Vec<(NodeId, SourceSpan)>,
}

/// Reads the graph, and notes what no pipeline may have.
pub(super) fn read(
    script: &Script,
    document: &Document<'_>,
    graph: &CompositionGraph,
    manifest: &Manifest,
    loaded: &[Loaded],
    faults: &mut Vec<WacFault>,
) -> Wired {
    let count = manifest.stages.len();
    let is_import = |id: &NodeId| matches!(graph[*id].kind(), NodeKind::Import(_));
    let mut wired = Wired {
        nodes: vec![None; count],
        order: Vec::new(),
        wires: vec![Vec::new(); count],
        explicit: vec![BTreeSet::new(); count],
        imports: graph.node_ids().filter(is_import).zip(statements(document)).collect(),
    };
    for node in graph.node_ids() {
        if let Some(stage) = stage_of(graph, manifest, node) {
            wired.nodes[stage] = Some(node);
            wired.order.push(stage);
        }
    }
    let reader = Reader { script, graph, manifest, loaded };
    for stage in wired.order.clone() {
        reader.arguments(&mut wired, stage, faults);
    }
    reader.check_imports(&wired, faults);
    for stage in &wired.order {
        reader.check_rest(&wired, *stage, faults);
    }
    wired
}

/// The places of import statements, in the order of their nodes.
fn statements(document: &Document<'_>) -> Vec<SourceSpan> {
    let imports = document.statements.iter().filter_map(|statement| match statement {
        Statement::Import(import) => Some(match (&import.name, &import.ty) {
            (Some(name), _) => name.span(),
            (None, ImportType::Package(path)) => path.span,
            (None, _) => import.id.span,
        }),
        _ => None,
    });
    imports.collect()
}

/// The stage whose instance a node is.
pub(super) fn stage_of(
    graph: &CompositionGraph,
    manifest: &Manifest,
    node: NodeId,
) -> Option<usize> {
    if !matches!(graph[node].kind(), NodeKind::Instantiation(_)) {
        return None;
    }
    let name = graph[graph[node].package()?].name().strip_prefix(STAGE)?;
    manifest.stages.iter().position(|stage| stage.name.value == name)
}

/// Where the instance of a stage is written.
pub(super) fn place(script: &Script, stage: usize) -> SourceSpan {
    let instance = script.instances.iter().find(|instance| instance.stage == stage);
    instance.map_or(script.name_at, |instance| instance.at)
}

struct Reader<'a> {
    script: &'a Script,
    graph: &'a CompositionGraph,
    manifest: &'a Manifest,
    loaded: &'a [Loaded],
}

impl Reader<'_> {
    fn name(&self, stage: usize) -> String {
        self.manifest.stages[stage].name.value.clone()
    }

    fn place(&self, stage: usize) -> SourceSpan {
        place(self.script, stage)
    }

    /// What is passed to a stage, in the order of its imports.
    fn arguments(&self, wired: &mut Wired, stage: usize, faults: &mut Vec<WacFault>) {
        let Some(node) = wired.nodes[stage] else { return };
        let shape = &self.loaded[stage].shape;
        let mut wires = Vec::new();
        for (argument, given) in self.graph.get_instantiation_arguments(node) {
            let Some(import) = shape.imports.iter().position(|i| i.name == argument) else {
                continue;
            };
            if let NodeKind::Import(name) = self.graph[given].kind() {
                wired.explicit[stage].insert(argument.to_owned());
                faults.extend(self.renamed(stage, argument, name));
                continue;
            }
            match self.export(given) {
                Some((provider, export)) => {
                    let slot = matches!(shape.imports[import].kind, ImportKind::Slot { .. });
                    if slot && self.manifest.stages[stage].slot(argument).is_some() {
                        let (stage, at) = (self.name(stage), self.place(stage));
                        faults.push(WacFault::FilledTwice { stage, slot: argument.into(), at });
                    }
                    faults.extend(self.older(stage, import, provider, export));
                    wires.push(Wire { import, provider, export });
                }
                None => {
                    // It is passed, whatever it is.
                    wired.explicit[stage].insert(argument.to_owned());
                    let (stage, at) = (self.name(stage), self.place(stage));
                    faults.push(WacFault::NotAnExport { stage, argument: argument.into(), at });
                }
            }
        }
        wires.sort_by_key(|wire| wire.import);
        wired.wires[stage] = wires;
    }

    /// The stage and its export that a node stands for.
    fn export(&self, node: NodeId) -> Option<(usize, usize)> {
        let (source, name) = self.graph.get_alias_source(node)?;
        let stage = stage_of(self.graph, self.manifest, source)?;
        let exports = &self.loaded[stage].shape.exports;
        Some((stage, exports.iter().position(|export| export.name == name)?))
    }

    /// A version that cannot stand for the one that is wanted. wac would take
    /// an older one too, as long as it has all that is called.
    fn older(
        &self,
        stage: usize,
        import: usize,
        provider: usize,
        export: usize,
    ) -> Option<WacFault> {
        let ImportKind::Interface { interface: wanted, .. } =
            &self.loaded[stage].shape.imports[import].kind
        else {
            return None;
        };
        let given = &self.loaded[provider].shape.exports[export];
        let found = given.interface().filter(|found| found.path == wanted.path)?;
        (!found.provides(wanted)).then(|| {
            WiringProblem::Version {
                stage: self.name(stage),
                wanted: wanted.to_string(),
                provider: self.name(provider),
                found: given.name.clone(),
                at: self.place(stage),
            }
            .into()
        })
    }

    /// An import that is passed for an argument of another name.
    fn renamed(&self, stage: usize, argument: &str, import: &str) -> Option<WacFault> {
        let same = match (InterfaceName::parse(argument), InterfaceName::parse(import)) {
            (Some(argument), Some(import)) => import.same_track(&argument),
            // A slot's import is looked at with all imports.
            (None, None) => true,
            _ => false,
        };
        (!same).then(|| WacFault::Renamed {
            stage: self.name(stage),
            import: import.to_owned(),
            argument: argument.to_owned(),
            at: self.place(stage),
        })
    }

    /// A statement may import an interface, or a slot under the name that it
    /// has in the result, for the stage whose slot it is.
    fn check_imports(&self, wired: &Wired, faults: &mut Vec<WacFault>) {
        for (node, at) in &wired.imports {
            let Some(name) = self.graph.get_import_name(*node) else { continue };
            if InterfaceName::parse(name).is_some() {
                continue;
            }
            let mut users = wired.order.iter().flat_map(|stage| {
                let arguments = wired.nodes[*stage].into_iter();
                arguments
                    .flat_map(|instance| self.graph.get_instantiation_arguments(instance))
                    .filter(|(_, given)| given == node)
                    .map(|(argument, _)| join(&self.manifest.stages[*stage].name.value, argument))
            });
            let own = users.next().is_some_and(|own| own == name) && users.next().is_none();
            if !own {
                faults.push(WacFault::PlainImport { name: name.to_owned(), at: *at });
            }
        }
    }

    /// What is not passed must be what a host has.
    fn check_rest(&self, wired: &Wired, stage: usize, faults: &mut Vec<WacFault>) {
        let told = &self.manifest.stages[stage];
        let shape = &self.loaded[stage].shape;
        for (index, import) in shape.imports.iter().enumerate() {
            let ImportKind::Interface { interface, labelled, contract } = &import.kind else {
                continue;
            };
            let passed = wired.wires[stage].iter().any(|wire| wire.import == index)
                || wired.explicit[stage].contains(&import.name);
            if passed || (!labelled && is_shared(told, shape, interface, contract)) {
                continue;
            }
            let others = (0..self.loaded.len()).filter(|other| {
                let mut exports = self.loaded[*other].shape.exports.iter();
                *other != stage
                    && exports.any(|e| e.interface().is_some_and(|i| i.provides(interface)))
            });
            let names: Vec<String> = others.map(|other| self.name(other)).collect();
            let help = match names.first() {
                Some(first) => format!(
                    "{} exports it: pass `...{first}`, where `{first}` is the name that `let` \
                     gives its instance",
                    list(&names, "")
                ),
                None => "no stage of the pipeline exports it: add one that does".to_owned(),
            };
            let (at, interface) = (self.place(stage), interface.to_string());
            let stage = self.name(stage);
            faults.push(WacFault::NothingPassed { stage, interface, help, at });
        }
    }
}
