//! What a pipeline is made of, and what it may do in plain words.

mod hardware;
mod permissions;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::component::{Import, ImportKind, StageKind, digest};
use crate::fetch::Remote;
use crate::kind::{SlotKind, Words as _};
use crate::manifest::{Manifest, Source};
use crate::plan::Plan;
use crate::source::Loaded;

/// A composed pipeline, for people (`Display`) and for programs (`Serialize`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The pipeline's name.
    pub pipeline: String,
    /// The size of the component, in bytes.
    pub size: usize,
    /// `sha256:` and the digest of the component.
    pub digest: String,
    /// In the order of the manifest.
    pub stages: Vec<StageReport>,
    /// What stages take from each other.
    pub wiring: Vec<WireReport>,
    /// What the pipeline exports.
    pub exports: Vec<ExportReport>,
    /// What each stage may do, in the order of the manifest.
    pub permissions: Vec<Permissions>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageReport {
    /// Its name.
    pub name: String,
    /// Driver or app.
    pub kind: StageKind,
    /// What it is made of.
    pub source: SourceReport,
    /// Whether it has a WASI of its own inside, which shares nothing.
    #[serde(skip_serializing_if = "is_false")]
    pub sealed: bool,
    /// The size of its component, with the settings in it, in bytes.
    pub size: usize,
    /// `sha256:` and the digest of its component.
    pub digest: String,
    /// What it is told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// Its slots that the board fills, sorted by name.
    pub slots: Vec<SlotReport>,
    /// Its slots that other stages fill, sorted by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<GivenReport>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What a stage is made of, as the manifest says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceReport {
    /// A crate's folder.
    Crate(String),
    /// A component's file.
    Wasm(String),
    /// A component in a registry.
    Oci {
        /// Its reference, as written.
        reference: String,
        /// The reference with the digest that was fetched.
        resolved: String,
    },
    /// A component in a registry, by the name of its package.
    Package {
        /// The name and version.
        name: String,
        /// The reference with the digest that was fetched.
        resolved: String,
    },
}

/// One slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlotReport {
    /// Its name.
    pub name: String,
    /// The import of the pipeline that it became.
    pub import: String,
    /// The kind of hardware it opens.
    pub kind: &'static str,
}

/// A slot that another stage fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenReport {
    /// The slot's name.
    pub name: String,
    /// The kind of hardware it opens.
    pub kind: &'static str,
    /// The stage that fills it.
    pub provider: String,
    /// What that one calls it.
    pub export: String,
}

/// An interface that one stage takes from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireReport {
    /// The stage that takes it.
    pub user: String,
    /// The interface, in the version that is given.
    pub interface: String,
    /// The stage that gives it.
    pub provider: String,
    /// The label under which the user imports it, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// An interface that the pipeline exports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// The interface.
    pub interface: String,
    /// The stage that it is of.
    pub stage: String,
}

/// What one stage may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permissions {
    /// The stage.
    pub stage: String,
    /// Each goes on from "may": `talk to address 0x76 on I2C bus "environment"`.
    /// What is not here it may not do.
    pub may: Vec<String>,
}

impl Report {
    pub(crate) fn new(
        manifest: &Manifest,
        loaded: &[Loaded],
        plan: &Plan,
        component: &[u8],
    ) -> Self {
        let name = |index: usize| manifest.stages[index].name.value.clone();
        let exports = plan.exports.iter().map(|export| ExportReport {
            interface: export.name.clone(),
            stage: name(export.stage),
        });
        Self {
            pipeline: manifest.name.value.clone(),
            size: component.len(),
            digest: digest(component),
            stages: stages(manifest, loaded, plan),
            wiring: wiring(manifest, loaded, plan),
            exports: exports.collect(),
            permissions: permissions::all(manifest, loaded, plan),
        }
    }
}

fn stages(manifest: &Manifest, loaded: &[Loaded], plan: &Plan) -> Vec<StageReport> {
    let stages = manifest.stages.iter().zip(loaded).enumerate();
    let stages = stages.map(|(index, (stage, one))| {
        let name = stage.name.value.clone();
        let mut slots: Vec<SlotReport> = plan
            .board_slots(index, &one.shape)
            .map(|(slot, shape)| SlotReport {
                name: slot.to_owned(),
                import: periplasm_request::join(&name, slot),
                kind: shape.kind.as_str(),
            })
            .collect();
        slots.sort_by(|a, b| a.name.cmp(&b.name));
        StageReport {
            name,
            kind: one.component.kind(),
            source: source(&stage.source.value, one),
            sealed: one.sealed,
            size: one.component.bytes().len(),
            digest: one.component.digest(),
            settings: stage.settings.clone().map(|settings| settings.value).unwrap_or_default(),
            slots,
            given: given(manifest, loaded, plan, index),
        }
    });
    stages.collect()
}

/// What a stage is made of, with what was fetched for it.
pub(crate) fn source(source: &Source, loaded: &Loaded) -> SourceReport {
    let shown = |path: &Path| path.display().to_string();
    let resolved = loaded.resolved.clone().unwrap_or_default();
    match source {
        Source::Crate(path) => SourceReport::Crate(shown(path)),
        Source::Wasm(path) => SourceReport::Wasm(shown(path)),
        Source::Remote(Remote::Oci(reference)) => {
            SourceReport::Oci { reference: reference.clone(), resolved }
        }
        Source::Remote(Remote::Package(name)) => {
            SourceReport::Package { name: name.clone(), resolved }
        }
    }
}

/// The slots of a stage that others fill.
fn given(manifest: &Manifest, loaded: &[Loaded], plan: &Plan, stage: usize) -> Vec<GivenReport> {
    let shape = &loaded[stage].shape;
    let mut given: Vec<GivenReport> = plan.wires[stage]
        .iter()
        .filter_map(|wire| match &shape.imports[wire.import] {
            Import { name, kind: ImportKind::Slot { slot, .. } } => Some(GivenReport {
                name: name.clone(),
                kind: slot.kind.as_str(),
                provider: manifest.stages[wire.provider].name.value.clone(),
                export: loaded[wire.provider].shape.exports[wire.export].name.clone(),
            }),
            _ => None,
        })
        .collect();
    given.sort_by(|a, b| a.name.cmp(&b.name));
    given
}

/// Interfaces that stages take from each other. Not those of hardware: they
/// come with the slots.
fn wiring(manifest: &Manifest, loaded: &[Loaded], plan: &Plan) -> Vec<WireReport> {
    let name = |index: usize| manifest.stages[index].name.value.clone();
    let mut wiring = Vec::new();
    for (user, wires) in plan.wires.iter().enumerate() {
        for wire in wires {
            let shape = &loaded[user].shape;
            let import = &shape.imports[wire.import];
            let ImportKind::Interface { interface, labelled, .. } = &import.kind else { continue };
            let kind = SlotKind::of_interface(interface);
            if shape.slots().any(|(_, slot)| Some(slot.kind) == kind) {
                continue;
            }
            wiring.push(WireReport {
                user: name(user),
                interface: loaded[wire.provider].shape.exports[wire.export].name.clone(),
                provider: name(wire.provider),
                label: labelled.then(|| import.name.clone()),
            });
        }
    }
    wiring
}
