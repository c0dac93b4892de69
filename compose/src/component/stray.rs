//! Handles to resources that an interface does not name.
//!
//! WIT cannot express them, since a function that takes a handle makes its
//! interface `use` the resource. A component made otherwise can have them, and
//! wac-graph panics when it encodes one.

use std::collections::HashSet;

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentFuncTypeId,
    ComponentValType,
};

use super::words::Words;

/// Whether a function has a handle to a resource that its interface does not
/// name, in a type that it does not name either.
pub(super) fn has_stray_handle(words: &Words<'_>, function: ComponentFuncTypeId) -> bool {
    let function = &words.types[function];
    let mut seen: HashSet<ComponentDefinedTypeId> = HashSet::new();
    let mut todo: Vec<ComponentValType> = function.params.iter().map(|(_, ty)| *ty).collect();
    todo.extend(function.result);
    while let Some(next) = todo.pop() {
        let ComponentValType::Type(id) = next else { continue };
        if words.named.contains_key(&ComponentAnyTypeId::Defined(id)) || !seen.insert(id) {
            continue;
        }
        use ComponentDefinedType as Type;
        match &words.types[id] {
            Type::Own(resource) | Type::Borrow(resource) => {
                if !words.resources.contains_key(&resource.resource()) {
                    return true;
                }
            }
            Type::Primitive(_) | Type::Flags(_) | Type::Enum(_) => {}
            Type::Record(t) => todo.extend(t.fields.values()),
            Type::Variant(t) => todo.extend(t.cases.values().filter_map(|case| case.ty)),
            Type::Tuple(t) => todo.extend(&t.types),
            Type::List { element, .. } | Type::FixedLengthList { element, .. } => {
                todo.push(*element);
            }
            Type::Map { key, value, .. } => todo.extend([*key, *value]),
            Type::Option { ty, .. } => todo.push(*ty),
            Type::Result { ok, err, .. } => todo.extend([ok, err].into_iter().flatten()),
            Type::Future { ty, .. } | Type::Stream { ty, .. } => todo.extend(ty),
        }
    }
    false
}
