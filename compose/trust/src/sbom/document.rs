//! CycloneDX 1.5 (ECMA-424's predecessor), as far as it is used, in JSON.

use periplasm_registry::Digest;
use serde_json::{Map, Value, json};

/// A bill of materials.
pub(super) struct Document {
    /// `urn:uuid:…`
    pub(super) serial: String,
    pub(super) timestamp: Option<String>,
    pub(super) pipeline: Component,
    pub(super) components: Vec<Component>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) compositions: Vec<Composition>,
}

/// Something that it is made of.
#[derive(Default)]
pub(super) struct Component {
    pub(super) kind: &'static str,
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) scope: Option<&'static str>,
    pub(super) digest: Option<Digest>,
    pub(super) purl: Option<String>,
    pub(super) properties: Vec<Property>,
}

/// Something else that is known of it.
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// What one component depends on.
pub(super) struct Dependency {
    pub(super) of: String,
    pub(super) on: Vec<String>,
}

/// How complete the dependencies of some components are.
pub(super) struct Composition {
    pub(super) aggregate: &'static str,
    pub(super) dependencies: Vec<String>,
}

impl Component {
    pub(super) fn application(reference: impl Into<String>) -> Self {
        Self { kind: "application", reference: reference.into(), ..Self::default() }
    }

    pub(super) fn library(reference: impl Into<String>) -> Self {
        Self { kind: "library", reference: reference.into(), ..Self::default() }
    }

    fn to_value(&self) -> Value {
        let mut value = Map::new();
        let mut set = |key: &str, text: &str| value.insert(key.to_owned(), text.into());
        set("type", self.kind);
        set("bom-ref", &self.reference);
        set("name", &self.name);
        if let Some(version) = &self.version {
            set("version", version);
        }
        if let Some(scope) = self.scope {
            set("scope", scope);
        }
        if let Some(purl) = &self.purl {
            set("purl", purl);
        }
        if let Some(digest) = &self.digest {
            let hashes = json!([{ "alg": "SHA-256", "content": digest.hex() }]);
            value.insert("hashes".to_owned(), hashes);
        }
        if !self.properties.is_empty() {
            let properties = self.properties.iter();
            let properties = properties.map(|p| json!({ "name": p.name, "value": p.value }));
            value.insert("properties".to_owned(), properties.collect());
        }
        value.into()
    }
}

impl Document {
    /// Its bytes: always the same for the same document. Keys are sorted.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let tool = json!({
            "type": "application",
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
        });
        let mut metadata = json!({
            "component": self.pipeline.to_value(),
            "tools": { "components": [tool] },
        });
        if let Some(timestamp) = &self.timestamp {
            metadata["timestamp"] = timestamp.as_str().into();
        }
        let dependencies = self.dependencies.iter();
        let dependencies = dependencies.map(|d| json!({ "ref": d.of, "dependsOn": d.on }));
        let mut document = json!({
            "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "serialNumber": self.serial,
            "version": 1,
            "metadata": metadata,
            "components": self.components.iter().map(Component::to_value).collect::<Value>(),
            "dependencies": dependencies.collect::<Value>(),
        });
        if !self.compositions.is_empty() {
            let compositions = self.compositions.iter();
            let compositions = compositions
                .map(|c| json!({ "aggregate": c.aggregate, "dependencies": c.dependencies }));
            document["compositions"] = compositions.collect();
        }
        // Strings, numbers and lists of them: JSON can say them.
        serde_json::to_vec_pretty(&document).unwrap_or_default()
    }
}
