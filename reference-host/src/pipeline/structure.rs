//! The outermost level of a composed component, from its bytes.

use std::collections::BTreeMap;
use std::ops::Range;

use periplasm_request::SECTION;
use wasmparser::types::Types;
use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentInstantiationArg, ComponentName, ComponentNameSectionReader, ComponentOuterAliasKind,
    ComponentTypeRef, CustomSectionReader, Encoding, KnownCustom, Parser, Payload, Validator,
    WasmFeatures,
};

use super::PipelineError;
use crate::text::printable;

/// The most names of instances that are kept: as many as a component may have
/// instances (`MAX_WASM_INSTANCES` of wasmparser). A section can hold 30
/// million in the bytes of a pipeline.
const MAX_NAMES: usize = 4096;

/// What stands at the outermost level, in the order of the bytes.
#[derive(Default)]
pub(super) struct Structure<'a> {
    /// The imports' names.
    pub(super) imports: Vec<&'a str>,
    /// The exports' names.
    pub(super) exports: Vec<&'a str>,
    /// The instances of nested components.
    pub(super) instances: Vec<Instance<'a>>,
    /// Where each instance of the index space comes from.
    pub(super) origins: Vec<Origin<'a>>,
    /// The contents of the section of requests.
    pub(super) requests: Option<&'a [u8]>,
    /// The name section's names for instances, by index: a claim.
    pub(super) names: BTreeMap<u32, &'a str>,
    /// Where the body of each core function starts, at any depth.
    pub(super) functions: Vec<u64>,
    /// The byte ranges of the nested components, by component index.
    components: Vec<Option<Range<u64>>>,
}

/// One instantiation of a nested component.
pub(super) struct Instance<'a> {
    /// Its place in the instance index space.
    pub(super) index: u32,
    /// The bytes of the component it is an instance of.
    pub(super) range: Range<u64>,
    /// What it was given: argument name, and instance index.
    pub(super) arguments: Vec<(&'a str, u32)>,
}

/// Where an instance comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// The pipeline imports it under this name.
    Import(&'a str),
    /// It is `Structure::instances[_]`.
    Instance(usize),
    /// It is an export of another instance.
    Export(u32),
    /// It is put together from single items.
    Bag,
}

/// What this host runs: everything standard that needs no collector, threads
/// or async (the engine's settings refuse the same).
fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::CALL_INDIRECT_OVERLONG
        | WasmFeatures::BULK_MEMORY_OPT
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::CM_IMPLEMENTS
}

/// Validates `bytes` as a whole and reads its outermost level.
pub(super) fn read(bytes: &[u8]) -> Result<(Types, Structure<'_>), PipelineError> {
    let types = Validator::new_with_features(features()).validate_all(bytes).map_err(invalid)?;
    let mut structure = Structure::default();
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
        return Err(PipelineError::Structure("it has no stages".to_owned()));
    }
    Ok((types, structure))
}

/// Refuses a stage that takes the code of another one, `depth` levels up: what
/// that code does would be blamed on the stage it belongs to.
fn own_code(alias: ComponentAlias<'_>, depth: usize) -> Result<(), PipelineError> {
    match alias {
        ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, .. }
            if count as usize == depth =>
        {
            Err(foreign_code())
        }
        _ => Ok(()),
    }
}

fn foreign_code() -> PipelineError {
    PipelineError::Structure("a stage is made of another one's code".to_owned())
}

fn invalid(error: BinaryReaderError) -> PipelineError {
    // The message may quote names from the file.
    let message = printable(error.message(), 256).into_owned();
    PipelineError::Invalid { message, offset: error.offset() }
}

impl<'a> Structure<'a> {
    fn outer(&mut self, payload: &Payload<'a>) -> Result<(), PipelineError> {
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } => {
                return Err(PipelineError::CoreModule);
            }
            Payload::ModuleSection { .. } => {
                return Err(PipelineError::NotComposed("a core module"));
            }
            Payload::InstanceSection(_) => {
                return Err(PipelineError::NotComposed("a core instance"));
            }
            Payload::ComponentCanonicalSection(_) => {
                return Err(PipelineError::NotComposed("functions of its own"));
            }
            Payload::ComponentStartSection { .. } => {
                return Err(PipelineError::NotComposed("a start function"));
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
                    self.export(export.kind, export.index);
                }
            }
            Payload::CustomSection(section) => self.custom(section)?,
            _ => {}
        }
        Ok(())
    }

    fn custom(&mut self, section: &CustomSectionReader<'a>) -> Result<(), PipelineError> {
        if section.name() == SECTION {
            if self.requests.replace(section.data()).is_some() {
                return Err(PipelineError::TwoRequestSections);
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

    fn instance(&mut self, instance: ComponentInstance<'a>) -> Result<(), PipelineError> {
        let ComponentInstance::Instantiate { component_index, args } = instance else {
            self.origins.push(Origin::Bag);
            return Ok(());
        };
        let Some(Some(range)) = self.components.get(component_index as usize) else {
            let message = "a stage's code comes from outside the file".to_owned();
            return Err(PipelineError::Structure(message));
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
            ComponentAlias::InstanceExport { kind, instance_index, .. } => match kind {
                ComponentExternalKind::Instance => {
                    self.origins.push(Origin::Export(instance_index));
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
    fn export(&mut self, kind: ComponentExternalKind, index: u32) {
        match kind {
            ComponentExternalKind::Instance => {
                let origin = self.origins.get(index as usize).copied();
                self.origins.push(origin.unwrap_or(Origin::Bag));
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
        let (_, structure) = read(&bytes).unwrap();
        assert_eq!(structure.names.len(), MAX_NAMES);
    }
}
