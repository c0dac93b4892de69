//! What an artifact says of itself, before its code is there.

use std::fmt::Write as _;

use periplasm_registry::Found;
use serde::Serialize;

use super::super::screen::size;
use super::{shown_text, table};

/// What is printed. The keys of the JSON are stable.
#[derive(Serialize)]
pub(super) struct ConfigReport<'a> {
    reference: String,
    digest: String,
    bytes: u64,
    /// Claims, all of them: they are compared with the component when it is pulled.
    imports: &'a [String],
    exports: &'a [String],
    annotations: &'a std::collections::BTreeMap<String, String>,
}

impl<'a> ConfigReport<'a> {
    pub(super) fn of(found: &'a Found) -> Self {
        let component = found.config.component.as_ref();
        Self {
            reference: found.reference.to_string(),
            digest: found.digest.to_string(),
            bytes: found.manifest.layers.iter().map(|layer| layer.size).sum(),
            imports: component.map(|component| component.imports.as_slice()).unwrap_or_default(),
            exports: component.map(|component| component.exports.as_slice()).unwrap_or_default(),
            annotations: &found.annotations,
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.reference);
        // Writing to a string does not fail.
        let _ = writeln!(text, "  size    {}", size(self.bytes));
        let names =
            |names: &[String]| names.iter().map(|name| (shown_text(name), String::new())).collect();
        table(&mut text, "Imports (claims: compared when it is pulled)", names(self.imports));
        table(&mut text, "Exports (claims: compared when it is pulled)", names(self.exports));
        let said = self.annotations.iter();
        let said = said.map(|(key, value)| (shown_text(key), shown_text(value))).collect();
        table(&mut text, "Annotations (claims)", said);
        text
    }
}
