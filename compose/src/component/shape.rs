//! A component as seen by `compose`: named imports and exports, sorted out.

use wasmparser::component_types::{ComponentEntityType, ComponentItem};

use super::StageKind;
use super::contract::{Contract, Contracts};
use super::read::{Depth, Outline, outline};
use super::slot::{self, NotASlot, SlotShape};
use crate::kind::{SlotKind, Words as _};
use crate::name::{InterfaceName, shown};

/// What makes a stage an app.
const RUN: &str = "wasi:cli/run@0.2.0";

/// What a component imports and exports.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// In the order of the component.
    pub(crate) imports: Vec<Import>,
    pub(crate) exports: Vec<Export>,
    /// Where each resource that a contract numbers comes from.
    pub(crate) resources: Vec<Origin>,
}

#[derive(Clone, Debug)]
pub(crate) struct Import {
    /// As the component has it.
    pub(crate) name: String,
    pub(crate) kind: ImportKind,
}

#[derive(Clone, Debug)]
pub(crate) enum ImportKind {
    /// An interface, under its own name or under a label.
    Interface { interface: InterfaceName, labelled: bool, contract: Contract },
    /// A plain-named import of the form of a slot.
    Slot { slot: SlotShape, contract: Contract },
}

#[derive(Clone, Debug)]
pub(crate) struct Export {
    /// As the component has it.
    pub(crate) name: String,
    pub(crate) kind: ExportKind,
    pub(crate) contract: Contract,
}

#[derive(Clone, Debug)]
pub(crate) enum ExportKind {
    /// An interface, under its own name.
    Interface(InterfaceName),
    /// Hardware for the slots of other stages, under a plain name: of the form
    /// of a slot, with a resource that the component itself makes.
    Hardware(SlotShape),
}

impl Export {
    pub(crate) fn interface(&self) -> Option<&InterfaceName> {
        match &self.kind {
            ExportKind::Interface(interface) => Some(interface),
            ExportKind::Hardware(_) => None,
        }
    }
}

/// Where a resource comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An import brings it: the index of the first that does.
    Import(usize),
    /// The component makes it.
    Own,
}

/// Why a component cannot be a stage.
#[derive(Debug)]
pub(crate) enum ShapeError {
    /// It breaks the rules of components.
    Invalid(String),
    /// It holds interfaces and no code.
    NoCode,
    /// An import or export that cannot be wired: which, and why.
    Unsupported(String, String),
    /// A plain-named import that is not a slot.
    NotASlot(String, NotASlot),
    /// A plain-named export that fits no slot.
    NotHardware(String, NotASlot),
}

impl Shape {
    /// Reads a component. Everything that is wrong, at least one error.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Vec<ShapeError>> {
        Self::of(bytes, Depth::Code)
    }

    /// Reads a component that was made here of components that were read: their
    /// code is in it as it was, and is not looked at again.
    pub(crate) fn read_made(bytes: &[u8]) -> Result<Self, Vec<ShapeError>> {
        Self::of(bytes, Depth::Structure)
    }

    fn of(bytes: &[u8], depth: Depth) -> Result<Self, Vec<ShapeError>> {
        let outline = outline(bytes, depth).map_err(|error| vec![ShapeError::Invalid(error)])?;
        if !outline.has_code && outline.imports.is_empty() && only_types(&outline) {
            return Err(vec![ShapeError::NoCode]);
        }
        let mut reader = Reader {
            contracts: Contracts::new(&outline.types),
            shape: Self { imports: Vec::new(), exports: Vec::new(), resources: Vec::new() },
            errors: Vec::new(),
        };
        for name in &outline.imports {
            reader.import(&outline, name);
        }
        // Interfaces first: hardware is of one of them.
        let (interfaces, plain): (Vec<&String>, _) =
            outline.exports.iter().partition(|name| InterfaceName::parse(name).is_some());
        for name in interfaces.into_iter().chain(plain) {
            reader.export(&outline, name);
        }
        if reader.errors.is_empty() { Ok(reader.shape) } else { Err(reader.errors) }
    }

    /// An app has `wasi:cli/run`, everything else is a driver.
    pub(crate) fn kind(&self) -> StageKind {
        if self.run().is_some() { StageKind::App } else { StageKind::Driver }
    }

    /// The export that runs an app.
    pub(crate) fn run(&self) -> Option<&Export> {
        self.exports.iter().find(|export| export.interface().is_some_and(is_run))
    }

    /// What others can call: every interface with functions but `run`, and but
    /// those of hardware, which is reached through slots.
    pub(crate) fn device_interfaces(&self) -> impl Iterator<Item = (&Export, &InterfaceName)> {
        self.exports
            .iter()
            .filter(|export| export.contract.has_functions)
            .filter_map(|export| Some((export, export.interface()?)))
            .filter(|(_, i)| !is_run(i) && SlotKind::of_interface(i).is_none())
    }

    /// What it gives to the slots of other stages, by the indices of exports.
    pub(crate) fn hardware(&self) -> impl Iterator<Item = (usize, &str, &SlotShape)> {
        self.exports.iter().enumerate().filter_map(|(index, export)| match &export.kind {
            ExportKind::Hardware(slot) => Some((index, export.name.as_str(), slot)),
            ExportKind::Interface(_) => None,
        })
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = (&str, &SlotShape)> {
        self.imports.iter().filter_map(|import| match &import.kind {
            ImportKind::Slot { slot, .. } => Some((import.name.as_str(), slot)),
            ImportKind::Interface { .. } => None,
        })
    }

    pub(crate) fn interfaces(&self) -> impl Iterator<Item = (&Import, &InterfaceName, &Contract)> {
        self.imports.iter().filter_map(|import| match &import.kind {
            ImportKind::Interface { interface, contract, .. } => {
                Some((import, interface, contract))
            }
            ImportKind::Slot { .. } => None,
        })
    }
}

impl Import {
    pub(crate) fn contract(&self) -> &Contract {
        match &self.kind {
            ImportKind::Interface { contract, .. } | ImportKind::Slot { contract, .. } => contract,
        }
    }
}

fn is_run(interface: &InterfaceName) -> bool {
    InterfaceName::parse(RUN).is_some_and(|run| interface.same_track(&run))
}

/// What a WIT package in binary form looks like: exported types and no more.
fn only_types(outline: &Outline) -> bool {
    let item = |name: &String| outline.types.component_item_for_export(name);
    !outline.exports.is_empty()
        && outline
            .exports
            .iter()
            .all(|name| matches!(item(name).map(|i| &i.ty), Some(ComponentEntityType::Type { .. })))
}

struct Reader<'a> {
    contracts: Contracts<'a>,
    shape: Shape,
    errors: Vec<ShapeError>,
}

impl Reader<'_> {
    fn import(&mut self, outline: &Outline, name: &str) {
        let what = || format!("import `{}`", short(name));
        let Some(item) = outline.types.component_item_for_import(name) else { return };
        let ComponentEntityType::Instance(instance) = item.ty else {
            let why = format!("it is {}, not an interface", kind(item));
            return self.errors.push(ShapeError::Unsupported(what(), why));
        };
        let contract = match self.contracts.read(instance) {
            Ok(contract) => contract,
            Err(why) => return self.errors.push(ShapeError::Unsupported(what(), why)),
        };
        // Resources that were not seen before come with this import.
        let here = Origin::Import(self.shape.imports.len());
        self.shape.resources.resize(self.contracts.resources(), here);

        let labelled = item.implements.is_some();
        let interface = item.implements.as_deref().unwrap_or(name);
        let kind = match InterfaceName::parse(interface) {
            Some(interface) => ImportKind::Interface { interface, labelled, contract },
            None if labelled || name.contains([':', '/', '[', '=']) => {
                let why = "its name is not that of an interface or a slot".to_owned();
                return self.errors.push(ShapeError::Unsupported(what(), why));
            }
            None => {
                let slot = slot::read(&outline.types, name, "imported", instance, |id| {
                    let number = self.contracts.number(id)?;
                    owner(&self.shape, number)
                });
                match slot {
                    Ok(slot) => ImportKind::Slot { slot, contract },
                    Err(not) => {
                        return self.errors.push(ShapeError::NotASlot(short(name), not));
                    }
                }
            }
        };
        self.shape.imports.push(Import { name: name.to_owned(), kind });
    }

    fn export(&mut self, outline: &Outline, name: &str) {
        let Some(item) = outline.types.component_item_for_export(name) else { return };
        let unsupported = |why| ShapeError::Unsupported(format!("export `{}`", short(name)), why);
        let instance = match item.ty {
            ComponentEntityType::Instance(instance) => instance,
            // Of no use in a pipeline, and no harm.
            ComponentEntityType::Func(_) | ComponentEntityType::Type { .. } => return,
            _ => {
                let why = format!("it is {}, not an interface", kind(item));
                return self.errors.push(unsupported(why));
            }
        };
        let contract = match self.contracts.read(instance) {
            Ok(contract) => contract,
            Err(why) => return self.errors.push(unsupported(why)),
        };
        self.shape.resources.resize(self.contracts.resources(), Origin::Own);
        let kind = match InterfaceName::parse(name) {
            Some(interface) => ExportKind::Interface(interface),
            None => {
                let slot = slot::read(&outline.types, name, "exported", instance, |id| {
                    maker(&self.shape, self.contracts.number(id)?)
                });
                match slot {
                    Ok(slot) => ExportKind::Hardware(slot),
                    Err(not) => return self.errors.push(ShapeError::NotHardware(short(name), not)),
                }
            }
        };
        self.shape.exports.push(Export { name: name.to_owned(), kind, contract });
    }
}

/// The exported interface of a resource that the component makes, and the
/// resource's name there.
fn maker(shape: &Shape, resource: usize) -> Option<(&InterfaceName, &str)> {
    if *shape.resources.get(resource)? != Origin::Own {
        return None;
    }
    shape.exports.iter().find_map(|export| {
        let (name, _) = export.contract.resources.iter().find(|(_, n)| **n == resource)?;
        Some((export.interface()?, name.as_str()))
    })
}

/// The interface that brings a resource, and its name there.
pub(super) fn owner(shape: &Shape, resource: usize) -> Option<(&InterfaceName, &str)> {
    let Origin::Import(index) = *shape.resources.get(resource)? else { return None };
    match &shape.imports.get(index)?.kind {
        ImportKind::Interface { interface, contract, .. } => {
            let (name, _) = contract.resources.iter().find(|(_, number)| **number == resource)?;
            Some((interface, name))
        }
        ImportKind::Slot { .. } => None,
    }
}

fn kind(item: &ComponentItem) -> &'static str {
    match item.ty {
        ComponentEntityType::Module(_) => "a core module",
        ComponentEntityType::Func(_) => "a function",
        ComponentEntityType::Value(_) => "a value",
        ComponentEntityType::Type { .. } => "a type",
        ComponentEntityType::Instance(_) => "an instance",
        ComponentEntityType::Component(_) => "a component",
    }
}

fn short(name: &str) -> String {
    shown(name, 100)
}
