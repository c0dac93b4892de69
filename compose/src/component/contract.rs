//! What an interface promises, in a form that two components can be compared by.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
    ComponentInstanceTypeId, ComponentValType, ResourceId,
};
use wasmparser::types::Types;

use super::stray::has_stray_handle;
use super::words::Words;

/// Types may be nested so deep. WIT that people write stays below ten; tools
/// that walk types recursively, ours and others, must not run out of stack.
const MAX_DEPTH: usize = 64;

/// The functions and types of an interface, as one component sees them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contract {
    pub(crate) items: BTreeMap<String, Item>,
    /// Resources by the name the interface gives them; the number is the same
    /// for the same resource in all contracts of a component.
    pub(crate) resources: BTreeMap<String, usize>,
    pub(crate) has_functions: bool,
}

/// One function or type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// In words, with named types by their names.
    pub(crate) words: String,
    /// The same for the same structure, whatever the names of types.
    pub(crate) structure: [u8; 32],
}

/// Why an interface cannot be wired.
pub(crate) type Reason = String;

/// Reads the contracts of one component.
pub(super) struct Contracts<'a> {
    types: &'a Types,
    numbers: HashMap<ResourceId, usize>,
}

impl<'a> Contracts<'a> {
    pub(super) fn new(types: &'a Types) -> Self {
        Self { types, numbers: HashMap::new() }
    }

    /// How many resources were seen so far: their numbers are below.
    pub(super) fn resources(&self) -> usize {
        self.numbers.len()
    }

    /// The number of a resource that was seen.
    pub(super) fn number(&self, id: ResourceId) -> Option<usize> {
        self.numbers.get(&id).copied()
    }

    pub(super) fn read(&mut self, instance: ComponentInstanceTypeId) -> Result<Contract, Reason> {
        let types = self.types;
        let exports = &types[instance].exports;
        let mut words = Words { types, named: HashMap::new(), resources: HashMap::new() };
        let mut contract = Contract::default();
        for (name, item) in exports {
            if let ComponentEntityType::Type { created, .. } = &item.ty {
                words.named.entry(*created).or_insert(name);
                if let ComponentAnyTypeId::Resource(id) = created {
                    words.resources.entry(id.resource()).or_insert(name);
                    let next = self.numbers.len();
                    let number = *self.numbers.entry(id.resource()).or_insert(next);
                    contract.resources.insert(name.clone(), number);
                }
            }
        }
        let mut structures = Structures { words: &words, known: HashMap::new() };
        for (name, item) in exports {
            match &item.ty {
                ComponentEntityType::Func(id) => {
                    contract.has_functions = true;
                    if has_stray_handle(&words, *id) {
                        return Err(format!("`{name}` in it has a handle that it does not name"));
                    }
                }
                ComponentEntityType::Type { .. } => {}
                _ => return Err(format!("`{name}` in it is neither a function nor a type")),
            }
            let structure = structures.item(&item.ty).ok_or_else(|| {
                format!("`{name}` in it has types that are nested deeper than {MAX_DEPTH}")
            })?;
            let words = words.item(&item.ty);
            contract.items.insert(name.clone(), Item { words, structure });
        }
        Ok(contract)
    }
}

/// Digests of types: equal for equal structures.
struct Structures<'a> {
    words: &'a Words<'a>,
    known: HashMap<ComponentDefinedTypeId, Structure>,
}

/// A type's digest, and how deep it is nested.
#[derive(Clone, Copy)]
struct Structure {
    digest: [u8; 32],
    height: usize,
}

/// Collects what a digest is made of, with every part's end marked.
struct Parts {
    hash: Sha256,
    height: usize,
}

impl Parts {
    fn new(kind: &str) -> Self {
        let mut parts = Self { hash: Sha256::new(), height: 0 };
        parts.name(kind);
        parts
    }

    fn name(&mut self, name: &str) {
        self.hash.update((name.len() as u64).to_le_bytes());
        self.hash.update(name);
    }

    fn part(&mut self, part: Structure) {
        self.hash.update(part.digest);
        self.height = self.height.max(part.height + 1);
    }

    fn end(self) -> Structure {
        Structure { digest: self.hash.finalize().into(), height: self.height }
    }
}

impl Structures<'_> {
    /// `None` when the types are nested too deep.
    fn item(&mut self, item: &ComponentEntityType) -> Option<[u8; 32]> {
        match item {
            ComponentEntityType::Func(id) => {
                let func = &self.words.types[*id];
                let mut parts = Parts::new(if func.async_ { "async func" } else { "func" });
                for (name, ty) in &func.params {
                    parts.name(name.as_str());
                    parts.part(self.value(ty, 0)?);
                }
                parts.name("->");
                if let Some(result) = &func.result {
                    parts.part(self.value(result, 0)?);
                }
                Some(parts.end().digest)
            }
            ComponentEntityType::Type { created: ComponentAnyTypeId::Defined(id), .. } => {
                Some(self.defined(*id, 0)?.digest)
            }
            // A resource is known by its name, which is the item's.
            _ => Some(Parts::new("resource").end().digest),
        }
    }

    fn value(&mut self, ty: &ComponentValType, depth: usize) -> Option<Structure> {
        match ty {
            ComponentValType::Primitive(primitive) => {
                Some(Parts::new(&primitive.to_string()).end())
            }
            ComponentValType::Type(id) => self.defined(*id, depth + 1),
        }
    }

    fn defined(&mut self, id: ComponentDefinedTypeId, depth: usize) -> Option<Structure> {
        if depth > MAX_DEPTH {
            return None;
        }
        let structure = match self.known.get(&id) {
            Some(known) => *known,
            None => self.compute(id, depth)?,
        };
        self.known.insert(id, structure);
        (depth + structure.height <= MAX_DEPTH).then_some(structure)
    }

    fn compute(&mut self, id: ComponentDefinedTypeId, depth: usize) -> Option<Structure> {
        use ComponentDefinedType as Type;
        let words = self.words;
        let types = words.types;
        let resource = |id: ResourceId| words.resources.get(&id).copied().unwrap_or_default();
        let (kind, members): (&str, Vec<(&str, Option<&ComponentValType>)>) = match &types[id] {
            // The same as the primitive itself: an alias of it.
            Type::Primitive(primitive) => return Some(Parts::new(&primitive.to_string()).end()),
            Type::Record(t) => {
                ("record", t.fields.iter().map(|(n, ty)| (n.as_str(), Some(ty))).collect())
            }
            Type::Variant(t) => {
                ("variant", t.cases.iter().map(|(n, c)| (n.as_str(), c.ty.as_ref())).collect())
            }
            Type::Flags(t) => ("flags", t.iter().map(|n| (n.as_str(), None)).collect()),
            Type::Enum(t) => ("enum", t.iter().map(|n| (n.as_str(), None)).collect()),
            Type::Tuple(t) => ("tuple", t.types.iter().map(|ty| ("", Some(ty))).collect()),
            Type::List { element, .. } => ("list", vec![("", Some(element))]),
            Type::FixedLengthList { element, length, .. } => {
                let mut parts = Parts::new("fixed list");
                parts.name(&length.to_string());
                parts.part(self.value(element, depth)?);
                return Some(parts.end());
            }
            Type::Map { key, value, .. } => ("map", vec![("", Some(key)), ("", Some(value))]),
            Type::Option { ty, .. } => ("option", vec![("", Some(ty))]),
            Type::Result { ok, err, .. } => {
                ("result", vec![("ok", ok.as_ref()), ("err", err.as_ref())])
            }
            Type::Future { ty, .. } => ("future", vec![("", ty.as_ref())]),
            Type::Stream { ty, .. } => ("stream", vec![("", ty.as_ref())]),
            Type::Own(id) => ("own", vec![(resource(id.resource()), None)]),
            Type::Borrow(id) => ("borrow", vec![(resource(id.resource()), None)]),
        };
        let mut parts = Parts::new(kind);
        for (name, ty) in members {
            parts.name(name);
            match ty {
                Some(ty) => parts.part(self.value(ty, depth)?),
                None => parts.name("-"),
            }
        }
        Some(parts.end())
    }
}
