//! The outermost level of a composed component, from its bytes: stages, and how
//! they are wired.

mod error;
mod stages;

use std::collections::BTreeMap;
use std::ops::Range;

use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentInstantiationArg, ComponentName, ComponentNameSectionReader, ComponentOuterAliasKind,
    ComponentTypeRef, CustomSectionReader, Encoding, KnownCustom, Parser, Payload,
};

pub use error::StructureError;
pub use stages::{NamedBy, Stage, Wire};

use crate::SECTION;

/// The most names of instances that are kept: as many as a component may have
/// instances (`MAX_WASM_INSTANCES` of wasmparser). A section can hold 30
/// million in the bytes of a pipeline.
const MAX_NAMES: usize = 4096;

/// What stands at the outermost level, in the order of the bytes.
#[derive(Debug, Default)]
pub struct Structure<'a> {
    /// The imports' names.
    pub imports: Vec<&'a str>,
    /// The exports' names.
    pub exports: Vec<&'a str>,
    /// The instances of nested components.
    instances: Vec<Instance<'a>>,
    /// Where each instance of the index space comes from.
    origins: Vec<Origin<'a>>,
    /// Where each exported interface comes from.
    given: Vec<(&'a str, Origin<'a>)>,
    /// The contents of the section of requests: a claim.
    pub requests: Option<&'a [u8]>,
    /// The name section's names for instances, by index: a claim.
    names: BTreeMap<u32, &'a str>,
    /// Where the body of each core function starts, at any depth.
    pub functions: Vec<u64>,
    /// The byte ranges of the nested components, by component index.
    components: Vec<Option<Range<u64>>>,
}

/// One instantiation of a nested component.
#[derive(Debug)]
struct Instance<'a> {
    /// Its place in the instance index space.
    index: u32,
    /// The bytes of the component it is an instance of.
    range: Range<u64>,
    /// What it was given: argument name, and instance index.
    arguments: Vec<(&'a str, u32)>,
}

/// Where an instance comes from.
#[derive(Clone, Copy, Debug)]
enum Origin<'a> {
    /// The pipeline imports it under this name.
    Import(&'a str),
    /// It is `Structure::instances[_]`.
    Instance(usize),
    /// It is this export of another instance.
    Export(u32, &'a str),
    /// It is put together from single items.
    Bag,
}

impl<'a> Structure<'a> {
    /// Reads the outermost level of `bytes`, which anybody may have written. It
    /// does not validate: what is inside of the stages is for a validator.
    pub fn read(bytes: &'a [u8]) -> Result<Self, StructureError> {
        let mut structure = Self::default();
        let mut depth = 0usize;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(invalid)?;
            match &payload {
                Payload::CodeSectionEntry(body) => structure.functions.push(body.range().start),
                Payload::End(_) => depth = depth.saturating_sub(1),
                _ if depth == 0 => structure.outer(&payload)?,
                Payload::ComponentAliasSection(section) => {
                    for alias in section.clone() {
                        own_code(alias.map_err(invalid)?, depth)?;
                    }
                }
                _ => {}
            }
            if let Payload::ModuleSection { .. } | Payload::ComponentSection { .. } = payload {
                depth += 1;
            }
        }
        if structure.instances.is_empty() {
            return Err(StructureError::Other("it has no stages".to_owned()));
        }
        Ok(structure)
    }
}

/// Refuses a stage that takes the code of another one, `depth` levels up: what
/// that code does would be blamed on the stage it belongs to.
fn own_code(alias: ComponentAlias<'_>, depth: usize) -> Result<(), StructureError> {
    match alias {
        ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, .. }
            if count as usize == depth =>
        {
            Err(foreign_code())
        }
        _ => Ok(()),
    }
}

fn foreign_code() -> StructureError {
    StructureError::Other("a stage is made of another one's code".to_owned())
}

fn invalid(error: BinaryReaderError) -> StructureError {
    StructureError::Invalid { message: error.message().to_owned(), offset: error.offset() }
}

impl<'a> Structure<'a> {
    fn outer(&mut self, payload: &Payload<'a>) -> Result<(), StructureError> {
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } => {
                return Err(StructureError::CoreModule);
            }
            Payload::ModuleSection { .. } => {
                return Err(StructureError::NotComposed("a core module"));
            }
            Payload::InstanceSection(_) => {
                return Err(StructureError::NotComposed("a core instance"));
            }
            Payload::ComponentCanonicalSection(_) => {
                return Err(StructureError::NotComposed("functions of its own"));
            }
            Payload::ComponentStartSection { .. } => {
                return Err(StructureError::NotComposed("a start function"));
            }
            Payload::ComponentSection { unchecked_range, .. } => {
                self.components.push(Some(unchecked_range.clone()));
            }
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    let import = import.map_err(invalid)?;
                    self.import(import.name.name, import.ty);
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    self.instance(instance.map_err(invalid)?)?;
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section.clone() {
                    self.alias(alias.map_err(invalid)?);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    let export = export.map_err(invalid)?;
                    self.exports.push(export.name.name);
                    self.export(export.name.name, export.kind, export.index);
                }
            }
            Payload::CustomSection(section) => self.custom(section)?,
            _ => {}
        }
        Ok(())
    }

    fn custom(&mut self, section: &CustomSectionReader<'a>) -> Result<(), StructureError> {
        if section.name() == SECTION {
            if self.requests.replace(section.data()).is_some() {
                return Err(StructureError::TwoRequestSections);
            }
        } else if let KnownCustom::ComponentName(names) = section.as_known() {
            self.read_names(names);
        }
        Ok(())
    }

    fn import(&mut self, name: &'a str, ty: ComponentTypeRef) {
        self.imports.push(name);
        match ty {
            ComponentTypeRef::Instance(_) => self.origins.push(Origin::Import(name)),
            ComponentTypeRef::Component(_) => self.components.push(None),
            _ => {}
        }
    }

    fn instance(&mut self, instance: ComponentInstance<'a>) -> Result<(), StructureError> {
        let ComponentInstance::Instantiate { component_index, args } = instance else {
            self.origins.push(Origin::Bag);
            return Ok(());
        };
        let Some(Some(range)) = self.components.get(component_index as usize) else {
            let message = "a stage's code comes from outside the file".to_owned();
            return Err(StructureError::Other(message));
        };
        let is_code =
            |kind| matches!(kind, ComponentExternalKind::Component | ComponentExternalKind::Module);
        if args.iter().any(|argument| is_code(argument.kind)) {
            return Err(foreign_code());
        }
        self.instances.push(Instance {
            index: u32::try_from(self.origins.len()).unwrap_or(u32::MAX),
            range: range.clone(),
            arguments: args.iter().filter_map(instance_argument).collect(),
        });
        self.origins.push(Origin::Instance(self.instances.len() - 1));
        Ok(())
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => match kind {
                ComponentExternalKind::Instance => {
                    self.origins.push(Origin::Export(instance_index, name));
                }
                ComponentExternalKind::Component => self.components.push(None),
                _ => {}
            },
            // There is nothing outside of the outermost level, and a core
            // instance at this level has been refused.
            ComponentAlias::Outer { .. } | ComponentAlias::CoreInstanceExport { .. } => {}
        }
    }

    /// An export gives what it exports a second index.
    fn export(&mut self, name: &'a str, kind: ComponentExternalKind, index: u32) {
        match kind {
            ComponentExternalKind::Instance => {
                let origin = self.origins.get(index as usize).copied();
                let origin = origin.unwrap_or(Origin::Bag);
                self.given.push((name, origin));
                self.origins.push(origin);
            }
            ComponentExternalKind::Component => {
                let component = self.components.get(index as usize).cloned();
                self.components.push(component.flatten());
            }
            _ => {}
        }
    }

    /// Names are for people; a damaged section gives none.
    fn read_names(&mut self, names: ComponentNameSectionReader<'a>) {
        for name in names {
            let Ok(name) = name else { return };
            if let ComponentName::Instances(map) = name {
                let room = MAX_NAMES.saturating_sub(self.names.len());
                let named = map.into_iter().map_while(Result::ok).take(room);
                self.names.extend(named.map(|naming| (naming.index, naming.name)));
            }
        }
    }
}

fn instance_argument<'a>(argument: &ComponentInstantiationArg<'a>) -> Option<(&'a str, u32)> {
    (argument.kind == ComponentExternalKind::Instance).then_some((argument.name, argument.index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_names_are_kept_than_there_can_be_instances() {
        let number = |n: u32| {
            let low = |shift: u32| (n >> shift & 0x7f) as u8;
            [low(0) | 0x80, low(7) | 0x80, low(14) | 0x80, low(21) | 0x80, low(28)]
        };
        // Subsection 1 of the name section: sort 5 (instances), a count, names.
        let names = 10 * MAX_NAMES as u32;
        let mut map = [&[5][..], &number(names)].concat();
        (0..names).for_each(|index| map.extend([&number(index)[..], &[0]].concat()));
        let subsection = [&[1][..], &number(map.len() as u32), &map].concat();
        let body = [&[14][..], b"component-name", &subsection].concat();
        let mut bytes =
            wat::parse_str("(component (component) (instance (instantiate 0)))").unwrap();
        bytes.extend([&[0][..], &number(body.len() as u32), &body].concat());
        let structure = Structure::read(&bytes).unwrap();
        assert_eq!(structure.names.len(), MAX_NAMES);
    }
}
