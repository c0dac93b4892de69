//! What a registry says of itself, at `/.well-known/wasm-pkg/registry.json`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::OCI;
use super::error::PackageError;

/// Below `/.well-known/`.
pub(super) const PATH: &str = "wasm-pkg/registry.json";

/// The document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    preferred_protocol: Option<String>,
    oci: Option<Oci>,
    // As it was first called.
    oci_registry: Option<String>,
    oci_namespace_prefix: Option<String>,
    /// Other protocols.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Oci {
    registry: Option<String>,
    namespace_prefix: Option<String>,
}

impl Metadata {
    pub(super) fn read(host: &str, bytes: &[u8]) -> Result<Self, PackageError> {
        serde_json::from_slice(bytes).map_err(|error| PackageError::Metadata {
            host: host.to_owned(),
            why: error.to_string(),
        })
    }

    /// The protocol it wants to be spoken to by: the one it names, or the only
    /// one that it has.
    pub(super) fn preferred(&self) -> Option<&str> {
        if self.preferred_protocol.is_some() {
            return self.preferred_protocol.as_deref();
        }
        let mut others = self.others.iter().filter(|(_, value)| value.is_object());
        match (others.next(), self.oci.is_some() || self.oci_registry.is_some()) {
            (Some((only, _)), false) if others.next().is_none() => Some(only),
            (_, true) => Some(OCI),
            _ => None,
        }
    }

    /// The OCI registry behind it, and what comes before a namespace there.
    pub(super) fn oci(&self) -> (Option<&str>, Option<&str>) {
        let oci = self.oci.as_ref();
        let registry = oci.and_then(|oci| oci.registry.as_ref()).or(self.oci_registry.as_ref());
        let prefix = oci.and_then(|oci| oci.namespace_prefix.as_ref());
        let prefix = prefix.or(self.oci_namespace_prefix.as_ref());
        (registry.map(String::as_str), prefix.map(String::as_str))
    }
}
