//! What a pipeline is made of, and what it may do in plain words.

mod facts;
mod hardware;
mod make;
mod permissions;
mod picture;
mod text;

use std::collections::BTreeMap;

use periplasm_request::Request;
use serde::Serialize;

use crate::component::StageKind;

pub(crate) use facts::{Facts, StageFacts, source};
pub(crate) use hardware::{of_stage, on_board, usb_devices};

/// The format of a report's JSON: the number changes when a key changes its
/// meaning or goes. New keys may come at any time.
pub const REPORT_FORMAT: u32 = 1;

/// A composed pipeline, for people (`Display`) and for programs (`Serialize`).
/// The JSON has the fields' names as keys; `docs/report.md` says more of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// [`REPORT_FORMAT`].
    pub format: u32,
    /// The pipeline's name.
    pub pipeline: String,
    /// The size of the component, in bytes.
    pub size: usize,
    /// `sha256:` and the digest of the component.
    pub digest: String,
    /// In the order of the manifest.
    pub stages: Vec<StageReport>,
    /// What stages take from each other.
    pub wiring: Vec<WireReport>,
    /// What the pipeline exports.
    pub exports: Vec<ExportReport>,
    /// What each stage may do, in the order of the manifest.
    pub permissions: Vec<Permissions>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageReport {
    /// Its name.
    pub name: String,
    /// Driver or app.
    pub kind: StageKind,
    /// What it is made of; absent where that is not known, because the report
    /// is of a component alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceReport>,
    /// Whether it has a WASI of its own inside, which shares nothing.
    #[serde(skip_serializing_if = "is_false")]
    pub sealed: bool,
    /// The drafts of WASI that it speaks through adapters inside, such as
    /// `wasi:gpio`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adapters: Vec<&'static str>,
    /// The size of its component, with the settings in it, in bytes.
    pub size: usize,
    /// `sha256:` and the digest of its component.
    pub digest: String,
    /// What it is told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// Its slots that the board fills, sorted by name.
    pub slots: Vec<SlotReport>,
    /// Its slots that other stages fill, sorted by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<GivenReport>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What a stage is made of, as the manifest says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceReport {
    /// A crate's folder.
    Crate(String),
    /// A component's file.
    Wasm(String),
    /// A component in a registry.
    Oci {
        /// Its reference, as written.
        reference: String,
        /// The reference with the digest that was fetched.
        resolved: String,
    },
    /// A component in a registry, by the name of its package.
    Package {
        /// The name and version.
        name: String,
        /// The reference with the digest that was fetched.
        resolved: String,
    },
}

/// One slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlotReport {
    /// Its name.
    pub name: String,
    /// The import of the pipeline that it became.
    pub import: String,
    /// The kind of hardware it opens.
    pub kind: &'static str,
    /// Which hardware it asks the board for.
    pub request: Request,
}

/// A slot that another stage fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenReport {
    /// The slot's name.
    pub name: String,
    /// The kind of hardware it opens.
    pub kind: &'static str,
    /// The stage that fills it.
    pub provider: String,
    /// What that one calls it.
    pub export: String,
}

/// An interface that one stage takes from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireReport {
    /// The stage that takes it.
    pub user: String,
    /// The interface, in the version that is given.
    pub interface: String,
    /// The stage that gives it.
    pub provider: String,
    /// The label under which the user imports it, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// An interface that the pipeline exports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// The interface.
    pub interface: String,
    /// The stage that it is of.
    pub stage: String,
}

/// What one stage may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permissions {
    /// The stage.
    pub stage: String,
    /// Each goes on from "may": `talk to address 0x76 on I2C bus "environment"`.
    /// What is not here it may not do, but for calling the stages that `wiring`
    /// has for it.
    pub may: Vec<String>,
    /// The interfaces that it takes from the host, with what each lets it do.
    pub host: Vec<HostReport>,
}

/// An interface that the host satisfies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostReport {
    /// The interface, in the version that the stage imports.
    pub interface: String,
    /// Goes on from "may"; absent where it gives nothing by itself, such as the
    /// methods of handles that only slots open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may: Option<String>,
}

impl Report {
    /// The report as JSON, of printable ASCII alone: whatever a component has
    /// for names, it does not steer a terminal.
    pub fn to_json(&self) -> String {
        json(self)
    }
}

/// What is printed for programs. Beyond ASCII stand only strings, and JSON has
/// an escape for each character.
pub(crate) fn json(value: &impl Serialize) -> String {
    // Strings, numbers and lists of them: nothing that JSON cannot say.
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~' | '\n') {
            text.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text += &format!("\\u{unit:04x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_nothing_that_a_terminal_obeys() {
        let words = ["a\u{1b}[2J", "°\u{202e}", "\u{1f600}"];
        let text = json(&words);
        assert!(text.chars().all(|c| matches!(c, ' '..='~' | '\n')), "{text}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), words);
    }
}
