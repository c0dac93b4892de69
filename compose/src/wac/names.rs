//! The names of stages in a composed component.
//!
//! wac names what a script gives a name, in the order of the script, and that
//! need not be the order that a name section must have. Here the section is
//! made anew: the stages, and nothing else.

use std::collections::BTreeMap;

use wasm_encoder::{Component, ComponentNameSection, NameMap, RawSection};
use wasmparser::{BinaryReader, BinaryReaderError, Parser, Payload};

use crate::encode::Fault;

/// The section's name.
const SECTION: &str = "component-name";

/// The subsection of names that are sorted by what they are of, and instances
/// in it (component model, `Binary.md`, "Name Section").
const DECLARATIONS: u8 = 1;
const INSTANCES: u8 = 5;

/// The component with the names of `stages` alone.
pub(super) fn tidy(component: &[u8], stages: &[&str]) -> Result<Vec<u8>, Fault> {
    let fault = |error: BinaryReaderError| Fault::new(None, &error);
    let (mut kept, mut depth) = (Component::new(), 0_u32);
    let mut names: BTreeMap<u32, &str> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(fault)?;
        if depth == 0 {
            match &payload {
                Payload::CustomSection(section) if section.name() == SECTION => {
                    let found = instances(section.data()).map_err(fault)?;
                    names.extend(found.into_iter().filter(|(_, name)| stages.contains(name)));
                }
                payload => keep(&mut kept, component, payload),
            }
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let mut map = NameMap::new();
    names.iter().for_each(|(index, name)| map.append(*index, name));
    let mut section = ComponentNameSection::new();
    section.instances(&map);
    kept.section(&section);
    Ok(kept.finish())
}

/// The names of instances, in whatever order.
fn instances(section: &[u8]) -> Result<Vec<(u32, &str)>, BinaryReaderError> {
    let mut names = Vec::new();
    let mut reader = BinaryReader::new(section, 0);
    while !reader.eof() {
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()?;
        let mut part = BinaryReader::new(reader.read_bytes(size as usize)?, 0);
        if id != DECLARATIONS || part.read_u8()? != INSTANCES {
            continue;
        }
        for _ in 0..part.read_var_u32()? {
            names.push((part.read_var_u32()?, part.read_string()?));
        }
    }
    Ok(names)
}

fn keep(kept: &mut Component, component: &[u8], payload: &Payload<'_>) {
    let Some((id, range)) = payload.as_section() else { return };
    let data = component.get(range.start as usize..range.end as usize).unwrap_or_default();
    kept.section(&RawSection { id, data });
}
