//! Sealed WASI: what a driver on std imports of WASI is composed in, so that it
//! shares none with the app. The crate `compose/seal` says what it gives.

use std::path::{Path, PathBuf};

use wasm_encoder::{Component, RawSection};
use wasmparser::{Parser, Payload};

use crate::build::audit::SECTION;
use crate::build::{BuildError, build_stage};
use crate::component::{Shape, StageKind};
use crate::encode::{Fault, guarded};
use crate::inside;
use crate::manifest::Stage;
use crate::name::InterfaceName;
use crate::options::Options;
use crate::plan::{SHARED, WASI};

/// What the seal has something of.
const PACKAGES: [&str; 5] =
    ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:io", "wasi:random"];

/// The seal's own crate.
fn crate_dir(options: &Options) -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("seal");
    options.seal.clone().unwrap_or_else(beside)
}

/// Builds the seal: once, cargo knows whether it is there already.
pub(crate) fn build(options: &Options) -> Result<Vec<u8>, BuildError> {
    Ok(without_names(build_stage(&crate_dir(options), options)?.bytes()))
}

/// A sixth of the seal are names for whoever debugs it. All of it if it cannot
/// be read: whoever composes it says so better.
pub(crate) fn without_names(component: &[u8]) -> Vec<u8> {
    let (mut kept, mut depth) = (Component::new(), 0_u32);
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else { return component.to_vec() };
        if depth == 0
            && let Some((id, range)) = payload.as_section()
            && !matches!(&payload, Payload::CustomSection(section) if section.name() != SECTION)
        {
            let data = component.get(range.start as usize..range.end as usize);
            kept.section(&RawSection { id, data: data.unwrap_or_default() });
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    kept.finish()
}

/// The interfaces of WASI that a driver would share with the app. None of an
/// app, which has the host's, or of a driver that shall have it; and none that
/// it shall take from another stage.
pub(crate) fn wasi_of<'a>(stage: &Stage, shape: &'a Shape) -> Vec<&'a InterfaceName> {
    if shape.kind() != StageKind::Driver || stage.host_wasi {
        return Vec::new();
    }
    let imports = shape.interfaces().filter(|(import, interface, contract)| {
        contract.has_functions
            && interface.is_of(WASI)
            && !SHARED.iter().any(|shared| interface.is_of(shared))
            && !is_taken(stage, &import.name, interface)
    });
    imports.map(|(_, interface, _)| interface).collect()
}

/// Whether the manifest says from which stage the import is to be taken.
pub(crate) fn is_taken(stage: &Stage, import: &str, interface: &InterfaceName) -> bool {
    let named = stage.uses.iter().filter_map(|used| used.interface.as_ref());
    named.into_iter().any(|name| name.value == import || name.value == interface.path)
}

/// Whether the seal has something of the package that this is of.
pub(crate) fn knows(interface: &InterfaceName) -> bool {
    PACKAGES.iter().any(|package| interface.is_of(package))
}

/// The driver with the seal inside: one component, with the driver's slots and
/// exports.
pub(crate) fn seal(
    stage: &Stage,
    driver: &[u8],
    shape: &Shape,
    seal: &[u8],
) -> Result<Vec<u8>, Fault> {
    let read =
        |bytes: &[u8]| Shape::read(bytes).map_err(|errors| Fault::words(format!("{errors:?}")));
    let inner = read(seal)?;
    guarded(|| {
        let parts = [("seal", seal, &inner), ("driver", driver, shape)];
        let bytes = inside::compose(parts, |import, name| !is_taken(stage, import, name))?;
        let sealed = read(&bytes)?;
        match wasi_of(stage, &sealed).first() {
            Some(left) => Err(Fault::words(format!("`{left}` is not in it"))),
            None => Ok(bytes),
        }
    })
}
