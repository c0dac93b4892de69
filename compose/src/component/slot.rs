//! The form of a slot: a plain-named instance that opens one handle.

use periplasm_request::{is_slot_name, list};
use wasmparser::PrimitiveValType;
use wasmparser::component_types::{
    ComponentDefinedType, ComponentEntityType, ComponentFuncType, ComponentInstanceTypeId,
    ComponentValType, ResourceId,
};
use wasmparser::types::Types;

use crate::kind::{SlotKind, Words as _};
use crate::name::InterfaceName;

/// A slot of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlotShape {
    pub(crate) kind: SlotKind,
    /// Whether it asks for the granted addresses.
    pub(crate) addresses: bool,
}

/// Why a plain-named import or export has not the form of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotASlot {
    pub(crate) why: String,
    pub(crate) help: String,
}

/// What any slot may have.
fn known() -> String {
    let hal = SlotKind::HARDWARE.into_iter().filter(|kind| *kind != SlotKind::I2c);
    let hal = hal.chain([SlotKind::Diag]).map(|kind| kind.resource().1);
    let (i2c, _) = SlotKind::I2c.resource();
    format!(
        "a slot opens one handle: `open: func() -> i2c` of {i2c} (and `addresses: func() \
         -> list<u16>`, to know which were granted), or {} of the interface of that kind in \
         periplasm:hal@0.1.0",
        list(hal, "none")
    )
}

/// Reads the slot `name`. `owner` tells which interface and name a resource
/// was imported with, or, for hardware that is exported, exported with; `side`
/// is the word for it.
pub(super) fn read<'a>(
    types: &Types,
    name: &str,
    side: &str,
    instance: ComponentInstanceTypeId,
    owner: impl Fn(ResourceId) -> Option<(&'a InterfaceName, &'a str)>,
) -> Result<SlotShape, NotASlot> {
    let fail = |why: String| Err(NotASlot { why, help: known() });
    if !is_slot_name(name) {
        return fail("its name is not lower-case words joined by single hyphens".to_owned());
    }
    let exports = &types[instance].exports;
    let function = |name: &str| match exports.get(name).map(|item| &item.ty) {
        Some(ComponentEntityType::Func(id)) => Some(&types[*id]),
        _ => None,
    };
    let Some(open) = function("open") else {
        return fail("it has no function `open`".to_owned());
    };
    let Some(opened) = opened(types, open) else {
        return fail("its `open` is not a `func()` that returns one handle".to_owned());
    };
    let Some((interface, resource)) = owner(opened) else {
        return fail(format!("what its `open` returns belongs to no {side} interface"));
    };
    let Some(kind) = SlotKind::of(interface, resource) else {
        return fail(format!(
            "its `open` returns `{resource}` of {interface}, which is no kind of slot"
        ));
    };
    for (name, item) in exports {
        match (&item.ty, kind) {
            (ComponentEntityType::Type { .. }, _) => {}
            (ComponentEntityType::Func(_), _) if name == "open" => {}
            (ComponentEntityType::Func(id), SlotKind::I2c) if name == "addresses" => {
                if !gives_addresses(types, &types[*id]) {
                    return fail("its `addresses` is not a `func() -> list<u16>`".to_owned());
                }
            }
            (ComponentEntityType::Func(_), _) => {
                return Err(NotASlot {
                    why: format!("it has a function `{name}`"),
                    help: format!("a slot of kind {} has {}", kind.as_str(), kind.functions()),
                });
            }
            _ => return fail(format!("`{name}` in it is neither a function nor a type")),
        }
    }
    Ok(SlotShape { kind, addresses: function("addresses").is_some() })
}

/// The resource that `func() -> own<resource>` returns.
fn opened(types: &Types, open: &ComponentFuncType) -> Option<ResourceId> {
    match (open.async_, &*open.params, &open.result) {
        (false, [], Some(ComponentValType::Type(id))) => match &types[*id] {
            ComponentDefinedType::Own(resource) => Some(resource.resource()),
            _ => None,
        },
        _ => None,
    }
}

fn gives_addresses(types: &Types, function: &ComponentFuncType) -> bool {
    let element = match (function.async_, &*function.params, &function.result) {
        (false, [], Some(ComponentValType::Type(id))) => match &types[*id] {
            ComponentDefinedType::List { element, .. } => *element,
            _ => return false,
        },
        _ => return false,
    };
    // `address` of `wasi:i2c/i2c` is an alias of it.
    match element {
        ComponentValType::Primitive(primitive) => primitive == PrimitiveValType::U16,
        ComponentValType::Type(id) => {
            matches!(types[id], ComponentDefinedType::Primitive(PrimitiveValType::U16))
        }
    }
}
