//! The form of a slot: a plain-named instance that opens one handle.

use periplasm_request::is_slot_name;
use wasmparser::PrimitiveValType;
use wasmparser::component_types::{
    ComponentDefinedType, ComponentEntityType, ComponentFuncType, ComponentInstanceTypeId,
    ComponentValType, ResourceId,
};
use wasmparser::types::Types;

use crate::name::InterfaceName;

/// What a slot opens. The names are those of [`periplasm_request::Request::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotKind {
    /// `wasi:i2c/i2c@0.2.0-draft`, resource `i2c`.
    I2c,
    /// `periplasm:hal/diag@0.1.x`, resource `diag`.
    Diag,
}

impl SlotKind {
    const ALL: [Self; 2] = [Self::I2c, Self::Diag];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::I2c => "i2c",
            Self::Diag => "diag",
        }
    }

    /// The interface and the resource that make a slot one of this kind.
    fn resource(self) -> (&'static str, &'static str) {
        match self {
            Self::I2c => ("wasi:i2c/i2c@0.2.0-draft", "i2c"),
            Self::Diag => ("periplasm:hal/diag@0.1.0", "diag"),
        }
    }

    fn functions(self) -> &'static str {
        match self {
            Self::I2c => "`open: func() -> i2c` and `addresses: func() -> list<u16>`",
            Self::Diag => "`open: func() -> diag`",
        }
    }

    fn of(owner: &InterfaceName, resource: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| {
            let (interface, name) = kind.resource();
            name == resource && InterfaceName::parse(interface).is_some_and(|i| i.same_track(owner))
        })
    }
}

/// A slot of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlotShape {
    pub(crate) kind: SlotKind,
    /// Whether it asks for the granted addresses.
    pub(crate) addresses: bool,
}

/// Why a plain-named import is not a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotASlot {
    pub(crate) why: String,
    pub(crate) help: String,
}

/// What any slot may have.
fn known() -> String {
    let kinds: Vec<String> = SlotKind::ALL
        .into_iter()
        .map(|kind| format!("kind {} has {}", kind.as_str(), kind.functions()))
        .collect();
    format!("a slot opens one handle: {}", kinds.join("; "))
}

/// Reads the slot `name`. `owner` tells which interface and name a resource
/// was imported with.
pub(super) fn read<'a>(
    types: &Types,
    name: &str,
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
        return fail("what its `open` returns belongs to no imported interface".to_owned());
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
