//! Writing a lock: there is one text for each.

use std::fmt;

use super::{Lock, LockedStage, VERSION};
use crate::report::SourceReport;

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Written by `compose`. Change the manifest, not this file.")?;
        writeln!(f, "version = {VERSION}")?;
        writeln!(f, "pipeline = {}", quoted(&self.pipeline))?;
        writeln!(f, "digest = {}", quoted(&self.digest))?;
        for stage in &self.stages {
            write_stage(f, stage)?;
        }
        for package in &self.packages {
            writeln!(f, "\n[[package]]")?;
            writeln!(f, "name = {}", quoted(&package.name))?;
            writeln!(f, "digest = {}", quoted(&package.digest))?;
        }
        Ok(())
    }
}

fn write_stage(f: &mut fmt::Formatter<'_>, stage: &LockedStage) -> fmt::Result {
    writeln!(f, "\n[[stage]]")?;
    writeln!(f, "name = {}", quoted(&stage.name))?;
    match &stage.source {
        SourceReport::Crate(path) => writeln!(f, "crate = {}", quoted(path))?,
        SourceReport::Wasm(path) => writeln!(f, "wasm = {}", quoted(path))?,
        SourceReport::Oci { reference, resolved } => {
            writeln!(f, "oci = {}", quoted(reference))?;
            writeln!(f, "resolved = {}", quoted(resolved))?;
        }
        SourceReport::Package { name, resolved } => {
            writeln!(f, "package = {}", quoted(name))?;
            writeln!(f, "resolved = {}", quoted(resolved))?;
        }
    }
    writeln!(f, "digest = {}", quoted(&stage.digest))?;
    if !stage.with.is_empty() {
        let parts = stage.with.iter();
        let parts: Vec<String> =
            parts.map(|(part, digest)| format!("{} = {}", quoted(part), quoted(digest))).collect();
        writeln!(f, "with = {{ {} }}", parts.join(", "))?;
    }
    for (key, packages) in [("imports", &stage.imports), ("exports", &stage.exports)] {
        if !packages.is_empty() {
            let packages: Vec<String> = packages.iter().map(|name| quoted(name)).collect();
            writeln!(f, "{key} = [{}]", packages.join(", "))?;
        }
    }
    Ok(())
}

/// A basic string of TOML 1.0, whatever is in it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
