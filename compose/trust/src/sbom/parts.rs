//! The stages of a composed component, and the lists of crates in them.

use std::collections::BTreeMap;
use std::ops::Range;

use periplasm_registry::Digest;
use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentName, ComponentTypeRef,
    Encoding, KnownCustom, Parser, Payload,
};

use super::error::SbomError;

/// What cargo-auditable calls its section.
const SECTION: &str = ".dep-v0";
/// The most stages, and the most sections in all of them.
const MAX_PARTS: usize = 1000;
const MAX_SECTIONS: usize = 2000;
/// The most characters of a stage's name: as many as a manifest allows.
const MAX_NAME: usize = 64;

/// One stage.
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) digest: Digest,
    /// Its lists of crates: more than one if something was composed into it.
    pub(super) sections: Vec<&'a [u8]>,
}

impl Part<'_> {
    /// How the document names it.
    pub(super) fn reference(&self) -> String {
        format!("stage:{}", self.name)
    }
}

/// What stands at the outermost level.
#[derive(Default)]
struct Outline<'a> {
    has_code: bool,
    /// The nested components: their bytes, none for those of elsewhere.
    components: Vec<Option<Range<usize>>>,
    /// How many instances there are so far.
    instances: u32,
    /// Which component each instance is of.
    made_of: BTreeMap<u32, usize>,
    /// What the name section calls instances: a claim.
    names: BTreeMap<u32, String>,
    /// The sections with lists, each with its place.
    sections: Vec<(usize, &'a [u8])>,
}

/// The stages, in the order of the component. A component that is no
/// composition is one stage, called `name`.
pub(super) fn read<'a>(bytes: &'a [u8], name: &str) -> Result<Vec<Part<'a>>, SbomError> {
    let outline = outline(bytes)?;
    let whole = || {
        let sections = outline.sections.iter().map(|(_, data)| *data).collect();
        vec![Part { name: name.to_owned(), digest: Digest::of(bytes), sections }]
    };
    let nested: Vec<(usize, &Range<usize>)> = outline
        .components
        .iter()
        .enumerate()
        .filter_map(|(index, range)| Some((index, range.as_ref()?)))
        .collect();
    if outline.has_code || nested.is_empty() {
        return Ok(whole());
    }
    if nested.len() > MAX_PARTS {
        return Err(SbomError::TooMany { what: "stages", limit: MAX_PARTS });
    }
    let mut parts: Vec<Part<'a>> = Vec::new();
    for (index, range) in nested {
        let named = outline.made_of.iter().find(|(_, component)| **component == index);
        let claimed = named.and_then(|(instance, _)| outline.names.get(instance)).cloned();
        let free = |name: &String| !parts.iter().any(|part| part.name == *name);
        let name = claimed.filter(free).unwrap_or_else(|| format!("unnamed-{index}"));
        let sections = outline.sections.iter().filter(|(at, _)| range.contains(at));
        let sections = sections.map(|(_, data)| *data).collect();
        let code = bytes.get(range.clone()).unwrap_or_default();
        parts.push(Part { name, digest: Digest::of(code), sections });
    }
    Ok(parts)
}

fn outline(bytes: &[u8]) -> Result<Outline<'_>, SbomError> {
    let malformed = |error: wasmparser::BinaryReaderError| SbomError::Malformed {
        message: crate::text::shown(error.message(), 200),
        offset: error.offset(),
    };
    if !bytes.starts_with(b"\0asm") {
        return Err(SbomError::NotWasm);
    }
    let mut outline = Outline::default();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(malformed)?;
        match &payload {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(SbomError::NotAComponent);
            }
            Payload::CustomSection(section) if section.name() == SECTION => {
                if outline.sections.len() == MAX_SECTIONS {
                    let limit = MAX_SECTIONS;
                    return Err(SbomError::TooMany { what: "lists of crates", limit });
                }
                let at = usize::try_from(section.data_offset()).unwrap_or(usize::MAX);
                outline.sections.push((at, section.data()));
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => outline.outermost(&payload).map_err(malformed)?,
            _ => {}
        }
        if let Payload::ModuleSection { .. } | Payload::ComponentSection { .. } = payload {
            depth += 1;
        }
    }
    Ok(outline)
}

impl Outline<'_> {
    fn outermost(&mut self, payload: &Payload<'_>) -> Result<(), wasmparser::BinaryReaderError> {
        match payload {
            Payload::ModuleSection { .. } => self.has_code = true,
            Payload::ComponentSection { unchecked_range, .. } => {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                let range = place(unchecked_range.start)..place(unchecked_range.end);
                self.components.push(Some(range));
            }
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    match import?.ty {
                        ComponentTypeRef::Instance(_) => self.instances += 1,
                        ComponentTypeRef::Component(_) => self.components.push(None),
                        _ => {}
                    }
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    if let ComponentInstance::Instantiate { component_index, .. } = instance? {
                        self.made_of.insert(self.instances, component_index as usize);
                    }
                    self.instances += 1;
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section.clone() {
                    match alias? {
                        ComponentAlias::InstanceExport {
                            kind: ComponentExternalKind::Instance,
                            ..
                        } => self.instances += 1,
                        ComponentAlias::InstanceExport {
                            kind: ComponentExternalKind::Component,
                            ..
                        } => self.components.push(None),
                        _ => {}
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    match export?.kind {
                        ComponentExternalKind::Instance => self.instances += 1,
                        ComponentExternalKind::Component => self.components.push(None),
                        _ => {}
                    }
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::ComponentName(names) = section.as_known() {
                    self.read_names(names);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Names are for people; those of a damaged section are left out, and so are
    /// those that no stage can have.
    fn read_names(&mut self, names: wasmparser::ComponentNameSectionReader<'_>) {
        let is_name = |name: &str| {
            name.len() <= MAX_NAME && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        for name in names {
            let Ok(ComponentName::Instances(map)) = name else { continue };
            for naming in map.into_iter().map_while(Result::ok).take(MAX_PARTS) {
                if is_name(naming.name) && !naming.name.is_empty() {
                    self.names.insert(naming.index, naming.name.to_owned());
                }
            }
        }
    }
}
