//! The WIT packages that stages speak, each with a digest.
//!
//! A component carries no WIT text, and of an interface that it imports only
//! the functions that it calls. So the digest of a package is that of all that
//! the pipeline's stages see of it: the SHA-256 of one line for each function
//! and type in it,
//!
//! ```text
//! <interface>.<item> <structure>
//! ```
//!
//! sorted, each once and ended by a line feed. `<structure>` is the digest of
//! the item's type that stages are wired by (`component/contract.rs`), in 64
//! hexadecimal digits: all names of fields, cases and parameters are in it, the
//! names of types are not.

use std::collections::{BTreeMap, BTreeSet};

use super::LockedPackage;
use crate::component::{Contract, ImportKind, Shape, digest};
use crate::name::InterfaceName;

/// The packages that a stage imports something of.
pub(super) fn imported(shape: &Shape) -> Vec<String> {
    names(imports(shape))
}

/// The packages that a stage exports something of.
pub(super) fn exported(shape: &Shape) -> Vec<String> {
    names(exports(shape))
}

/// All packages of these stages.
pub(super) fn packages<'a>(shapes: impl Iterator<Item = &'a Shape>) -> Vec<LockedPackage> {
    let mut lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for shape in shapes {
        for (interface, contract) in imports(shape).chain(exports(shape)) {
            let Some((package, name)) = split(interface) else { continue };
            let of = lines.entry(package).or_default();
            of.extend(contract.items.iter().map(|(item, shape)| {
                let structure: String =
                    shape.structure.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{name}.{item} {structure}\n")
            }));
        }
    }
    let package = |(name, lines): (String, BTreeSet<String>)| {
        let text: String = lines.into_iter().collect();
        LockedPackage { name, digest: digest(text.as_bytes()) }
    };
    lines.into_iter().map(package).collect()
}

fn imports(shape: &Shape) -> impl Iterator<Item = (&InterfaceName, &Contract)> {
    shape.imports.iter().filter_map(|import| match &import.kind {
        ImportKind::Interface { interface, contract, .. } => Some((interface, contract)),
        ImportKind::Slot { .. } => None,
    })
}

fn exports(shape: &Shape) -> impl Iterator<Item = (&InterfaceName, &Contract)> {
    shape.exports.iter().filter_map(|export| Some((export.interface()?, &export.contract)))
}

fn names<'a>(interfaces: impl Iterator<Item = (&'a InterfaceName, &'a Contract)>) -> Vec<String> {
    let names: BTreeSet<String> =
        interfaces.filter_map(|(interface, _)| Some(split(interface)?.0)).collect();
    names.into_iter().collect()
}

/// `wasi:i2c@0.2.0-draft` and `i2c`.
fn split(interface: &InterfaceName) -> Option<(String, &str)> {
    let (package, name) = interface.path.split_once('/')?;
    let package = match &interface.version {
        Some(version) => format!("{package}@{version}"),
        None => package.to_owned(),
    };
    Some((package, name))
}
