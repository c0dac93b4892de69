//! What each import of a pipeline is, by its type.

use periplasm_request::split;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncType,
    ComponentInstanceType, ComponentValType, ResourceId,
};
use wasmparser::types::Types;

use super::{MAX_SHOWN_NAME, PipelineError, SlotKind};
use crate::names;
use crate::text::printable;

/// An interface that all stages share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedImport {
    /// The interface's name.
    pub name: String,
    /// What it lets a stage do, in plain words.
    pub meaning: &'static str,
}

/// A slot import before its request is looked up.
pub(super) struct SlotImport {
    pub(super) stage: String,
    pub(super) slot: String,
    pub(super) kind: SlotKind,
}

#[derive(Default)]
pub(super) struct Imports {
    pub(super) slots: Vec<SlotImport>,
    pub(super) shared: Vec<SharedImport>,
}

/// Sorts the imports into slots and shared interfaces, and refuses the rest.
pub(super) fn classify(types: &Types, imports: &[&str]) -> Result<Imports, PipelineError> {
    let mut found = Imports::default();
    for name in imports {
        let ty = types.component_item_for_import(name).map(|item| &item.ty);
        let instance = match ty {
            Some(ComponentEntityType::Instance(id)) => Some(&types[*id]),
            _ => None,
        };
        if let Some((stage, slot)) = split(name) {
            let kind = slot_kind(types, instance).map_err(|found| PipelineError::UnknownSlot {
                stage: stage.to_owned(),
                slot: slot.to_owned(),
                found,
            })?;
            found.slots.push(SlotImport { stage: stage.to_owned(), slot: slot.to_owned(), kind });
        } else if matches!(ty, Some(ComponentEntityType::Type { .. })) {
            // A type stands for nothing that could be touched.
        } else {
            let meaning = instance.and_then(|instance| {
                let types_only = types_only(types, instance).then_some("types only");
                types_only.or_else(|| names::shared_meaning(name))
            });
            let meaning = meaning.ok_or_else(|| PipelineError::UnknownImport {
                name: printable(name, MAX_SHOWN_NAME).into_owned(),
                help: names::why_unknown(name),
            })?;
            found.shared.push(SharedImport { name: (*name).to_owned(), meaning });
        }
    }
    Ok(found)
}

/// The kind of a slot, by the owner of the resource that it opens.
fn slot_kind(types: &Types, slot: Option<&ComponentInstanceType>) -> Result<SlotKind, String> {
    let slot = slot.ok_or("it is not an interface")?;
    let open = function(types, slot, "open").ok_or("it has no function `open`")?;
    if !open.params.is_empty() || open.async_ {
        return Err("its `open` is not a plain function without parameters".to_owned());
    }
    let resource =
        owned(types, open.result).ok_or("its `open` does not return a handle of its own")?;
    let owned_by = |(interface, name)| resource_of(types, interface, name) == Some(resource);
    let kind = SlotKind::all()
        .find(|kind| owned_by(kind.resource()))
        .ok_or("its `open` returns a handle of an interface this host does not know")?;
    for (name, item) in &slot.exports {
        let known = match item.ty {
            ComponentEntityType::Func(_) => {
                name == "open" || (name == "addresses" && kind == SlotKind::I2c)
            }
            ComponentEntityType::Type { .. } => true,
            _ => false,
        };
        if !known {
            let name = printable(name, MAX_SHOWN_NAME);
            return Err(format!("a slot that opens {kind} has no `{name}`"));
        }
    }
    Ok(kind)
}

/// Whether an export runs an app: `wasi:cli/run` of any release of WASI 0.2,
/// with its function `run: func() -> result`.
pub(super) fn is_run(types: &Types, export: &str) -> bool {
    export.starts_with("wasi:cli/run@0.2.") && runs(types, export, false)
}

/// Whether an export runs a gadget: `periplasm:device/gadget`, with its function
/// `run: func() -> result<_, error>`.
pub(super) fn is_gadget(types: &Types, export: &str) -> bool {
    export == names::GADGET && runs(types, export, true)
}

/// Whether an export is an interface with a `run` that returns a result without
/// a value.
fn runs(types: &Types, export: &str, with_error: bool) -> bool {
    let Some(ComponentEntityType::Instance(id)) =
        types.component_item_for_export(export).map(|item| item.ty)
    else {
        return false;
    };
    let returns_result = |run: &ComponentFuncType| match run.result {
        Some(ComponentValType::Type(id)) => match &types[id] {
            ComponentDefinedType::Result { ok: None, err, .. } => err.is_some() == with_error,
            _ => false,
        },
        _ => false,
    };
    function(types, &types[id], "run")
        .is_some_and(|run| run.params.is_empty() && !run.async_ && returns_result(run))
}

fn function<'a>(
    types: &'a Types,
    instance: &ComponentInstanceType,
    name: &str,
) -> Option<&'a ComponentFuncType> {
    match instance.exports.get(name)?.ty {
        ComponentEntityType::Func(id) => Some(&types[id]),
        _ => None,
    }
}

fn owned(types: &Types, result: Option<ComponentValType>) -> Option<ResourceId> {
    let ComponentValType::Type(id) = result? else { return None };
    match &types[id] {
        ComponentDefinedType::Own(resource) => Some(resource.resource()),
        _ => None,
    }
}

/// The resource `name` of the imported interface `interface`.
fn resource_of(types: &Types, interface: &str, name: &str) -> Option<ResourceId> {
    match types.component_item_for_import(interface)?.ty {
        ComponentEntityType::Instance(id) => exported_resource(&types[id], name),
        _ => None,
    }
}

fn exported_resource(instance: &ComponentInstanceType, name: &str) -> Option<ResourceId> {
    match instance.exports.get(name)?.ty {
        ComponentEntityType::Type { created: ComponentAnyTypeId::Resource(id), .. } => {
            Some(id.resource())
        }
        _ => None,
    }
}

/// Whether an interface gives nothing but types, and no resource of its own
/// (which somebody would have to make).
fn types_only(types: &Types, instance: &ComponentInstanceType) -> bool {
    let of_slots = SlotKind::all().map(SlotKind::resource);
    let known = |id| {
        let mut all = of_slots.clone().chain(names::SHARED_RESOURCES.iter().copied());
        all.any(|(interface, name)| resource_of(types, interface, name) == Some(id))
    };
    instance.exports.iter().all(|(name, item)| match item.ty {
        ComponentEntityType::Type { .. } => exported_resource(instance, name).is_none_or(known),
        _ => false,
    })
}
