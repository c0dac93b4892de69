//! The config of an artifact (CNCF Wasm OCI artifact layout, "Config").

use serde::{Deserialize, Serialize};

use crate::Digest;

/// The one architecture there is.
pub(crate) const ARCHITECTURE: &str = "wasm";
/// What a component runs on; `wasip1` is a core module.
pub(crate) const OS: &str = "wasip2";

/// A config. What others write may say more; that is left unread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WasmConfig {
    /// When the artifact was created (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Always `wasm`.
    pub architecture: String,
    /// `wasip2`: a component. `wasip1`: a core module.
    pub os: String,
    /// The digests of the layers, in the order of the manifest.
    pub layer_digests: Vec<Digest>,
    /// What the component imports and exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<WasmComponent>,
}

/// The world of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WasmComponent {
    /// The names of its exports.
    pub exports: Vec<String>,
    /// The names of its imports. Of a pipeline: its slots, and what is the same
    /// for every stage.
    pub imports: Vec<String>,
    /// The world that it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl WasmConfig {
    /// Its bytes: always the same for the same config.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings and lists of them: JSON can say them.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
