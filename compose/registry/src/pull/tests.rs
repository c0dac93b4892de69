use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::artifact::{Artifact, Packed};
use crate::{Descriptor, Memory, Repository};

const TEXT: &str = r#"(component (import "climate-bus" (instance)))"#;

/// A registry with the artifact `1.0.0`, after `change` has changed its JSON.
struct Case {
    memory: Memory,
    repository: Repository,
}

impl Case {
    fn new() -> Self {
        Self { memory: Memory::new(), repository: "registry.example/a".parse().unwrap() }
    }

    fn put(&self, media_type: &str, document: &Value) -> Digest {
        let bytes = serde_json::to_vec(document).unwrap();
        self.memory.put_manifest(&self.repository, At::Tag("1.0.0"), media_type, &bytes).unwrap()
    }

    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        self.memory.put_blob(&self.repository, bytes).unwrap();
        json!(Descriptor::of(media_type, bytes))
    }

    /// The manifest of a config and a layer.
    fn manifest(&self, config: &Value, layer: &[u8]) -> Value {
        let config = self.blob(media_type::WASM_CONFIG, &serde_json::to_vec(config).unwrap());
        let layer = self.blob(media_type::WASM, layer);
        json!({"schemaVersion": 2, "config": config, "layers": [layer]})
    }

    fn good(&self) -> (Packed, Value) {
        let component = wat::parse_str(TEXT).unwrap();
        let packed = Artifact::new(component.clone()).unwrap().pack();
        self.blob(media_type::WASM_CONFIG, &packed.config);
        self.blob(media_type::WASM, &component);
        let manifest = json!(packed.manifest);
        (packed, manifest)
    }

    fn pull(&self) -> Result<Pulled, PullError> {
        let reference = self.repository.tagged("1.0.0").unwrap();
        pull(&self.memory, &reference)
    }

    /// Pulls a layer with a config that fits it.
    fn layer(&self, layer: &[u8]) -> Result<Pulled, PullError> {
        let config = config(layer);
        self.put(media_type::MANIFEST, &self.manifest(&config, layer));
        self.pull()
    }

    fn changed(&self, change: impl FnOnce(&mut Value)) -> Result<Pulled, PullError> {
        let (_, mut manifest) = self.good();
        change(&mut manifest);
        self.put(media_type::MANIFEST, &manifest);
        self.pull()
    }
}

/// The least that a config says.
fn config(layer: &[u8]) -> Value {
    json!({"architecture": "wasm", "os": "wasip2", "layerDigests": [Digest::of(layer)]})
}

#[test]
fn what_is_as_the_layout_says_is_pulled() {
    let case = Case::new();
    let (packed, manifest) = case.good();
    let digest = case.put(media_type::MANIFEST, &manifest);
    let pulled = case.pull().unwrap();
    assert_eq!(Digest::of(&pulled.component), packed.manifest.layers[0].digest);
    assert_eq!((pulled.kind, &pulled.digest), (Kind::Component, &digest));
    assert_eq!(pulled.reference.digest, Some(digest));
}

#[test]
fn other_tools_say_less_or_more_in_config_and_manifest() {
    let component = wat::parse_str(TEXT).unwrap();
    // `oras push --config`, with the least that the layout asks for.
    assert!(Case::new().layer(&component).is_ok());
    // `wkg oci push`: nulls, nanoseconds, a title; other fields that are not known.
    let case = Case::new();
    let mut config = config(&component);
    config["created"] = json!("2025-03-01T12:00:00.123456789Z");
    config["author"] = Value::Null;
    config["component"] =
        json!({"exports": [], "imports": ["climate-bus", "wasi:cli/run"], "target": null});
    config["new"] = json!([1]);
    let mut manifest = case.manifest(&config, &component);
    manifest["mediaType"] = json!(media_type::MANIFEST);
    manifest["layers"][0]["annotations"] = json!({"org.opencontainers.image.title": "a.wasm"});
    manifest["new"] = json!({});
    case.put(media_type::MANIFEST, &manifest);
    assert_eq!(case.pull().unwrap().component, component);
}

#[test]
fn the_wasm_entry_of_an_index_is_taken() {
    let case = Case::new();
    let (packed, manifest) = case.good();
    let digest = case.put(media_type::MANIFEST, &manifest);
    let entry = |digest: &Digest, architecture: &str| {
        json!({"mediaType": media_type::MANIFEST, "digest": digest, "size": 1,
            "platform": {"architecture": architecture, "os": "linux"}})
    };
    let arm = entry(&Digest::of(b""), "arm64");
    let index = |entries: &[&Value]| json!({"schemaVersion": 2, "manifests": entries});

    case.put(media_type::INDEX, &index(&[&arm, &entry(&digest, "wasm")]));
    let pulled = case.pull().unwrap();
    assert_eq!((pulled.digest, pulled.manifest.layers), (digest.clone(), packed.manifest.layers));

    case.put(media_type::INDEX, &index(&[&arm, &arm]));
    assert!(matches!(case.pull(), Err(PullError::NoWasm { count: 2 })));
    case.put(media_type::INDEX, &index(&[]));
    assert!(matches!(case.pull(), Err(PullError::NoWasm { count: 0 })));
    let both = index(&[&entry(&digest, "wasm"), &entry(&Digest::of(b"b"), "wasm")]);
    let inner = case.put(media_type::INDEX, &both);
    assert!(matches!(case.pull(), Err(PullError::Several { digests }) if digests.len() == 2));
    case.put(media_type::INDEX, &index(&[&entry(&inner, "wasm")]));
    assert!(matches!(case.pull(), Err(PullError::Nested { .. })));
}

#[test]
fn what_is_no_component_is_refused_each_with_its_own_error() {
    let module = b"\0asm\x01\0\0\0";
    let found = Case::new().layer(module);
    assert!(matches!(found, Err(PullError::Content(crate::ContentError::CoreModule))), "{found:?}");
    let found = Case::new().layer(b"hello");
    assert!(matches!(found, Err(PullError::Content(crate::ContentError::NotWasm { .. }))));
    let found = Case::new().layer(b"\0asm\x0d\0\x01\0\x00\xff\xff\xff\xff\x07\x01a");
    assert!(matches!(found, Err(PullError::Content(crate::ContentError::Invalid { .. }))));

    let found = Case::new().changed(|m| m["config"]["mediaType"] = json!(media_type::EMPTY));
    assert!(matches!(found, Err(PullError::ConfigType { .. })), "{found:?}");
    let found = Case::new().changed(|m| m["layers"][0]["mediaType"] = json!("application/tar"));
    assert!(matches!(found, Err(PullError::LayerType { .. })), "{found:?}");
    let found = Case::new().changed(|m| {
        let layer = m["layers"][0].clone();
        m["layers"] = json!([layer, layer]);
    });
    assert!(matches!(found, Err(PullError::Layers { count: 2 })), "{found:?}");
    let found = Case::new().changed(|m| m["layers"] = json!([]));
    assert!(matches!(found, Err(PullError::Layers { count: 0 })), "{found:?}");
    let found = Case::new().changed(|m| m["layers"][0]["size"] = json!(2_u64 << 30));
    assert!(matches!(found, Err(PullError::TooLarge { .. })), "{found:?}");
    let found = Case::new().changed(|m| m["layers"][0]["size"] = json!(1));
    assert!(matches!(found, Err(PullError::Size { announced: 1, .. })), "{found:?}");
    let found = Case::new().changed(|m| m["manifests"] = json!([]));
    assert!(matches!(found, Err(PullError::TwoReadings)), "{found:?}");
    let found = Case::new().changed(|m| m["mediaType"] = json!(media_type::INDEX));
    assert!(matches!(found, Err(PullError::TwoReadings)), "{found:?}");
}

#[test]
fn a_config_that_does_not_fit_its_layer_is_refused() {
    let component = wat::parse_str(TEXT).unwrap();
    let with = |config: &Value| {
        let case = Case::new();
        case.put(media_type::MANIFEST, &case.manifest(config, &component));
        case.pull()
    };
    let found = with(&config(b"another"));
    assert!(matches!(found, Err(PullError::OtherLayer { .. })), "{found:?}");
    let mut hides = config(&component);
    hides["component"] = json!({"exports": [], "imports": []});
    let found = with(&hides);
    assert!(
        matches!(&found, Err(PullError::Hidden { imports }) if imports == &["climate-bus"]),
        "{found:?}"
    );
    let mut amd = config(&component);
    amd["architecture"] = json!("amd64");
    assert!(matches!(with(&amd), Err(PullError::Architecture { .. })));
    for config in [json!({}), json!([]), json!("wasm")] {
        assert!(matches!(with(&config), Err(PullError::Config { .. })), "{config}");
    }
}

#[test]
fn a_config_is_read_without_the_layer() {
    let case = Case::new();
    let (packed, manifest) = case.good();
    case.put(media_type::MANIFEST, &manifest);
    let layer = &packed.manifest.layers[0].digest;
    case.memory.replace_blob(&case.repository, layer, b"never asked for".to_vec());
    let found = find(&case.memory, &case.repository.tagged("1.0.0").unwrap()).unwrap();
    assert_eq!(found.config.component.unwrap().imports, ["climate-bus"]);
    assert!(matches!(case.pull(), Err(PullError::Registry(_))));
}

proptest! {
    /// Whatever stands where a manifest, a config or a layer should: an answer,
    /// never a panic, and never a component that is none.
    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..300), index in any::<bool>()) {
        let case = Case::new();
        let kind = if index { media_type::INDEX } else { media_type::MANIFEST };
        let at = At::Tag("1.0.0");
        case.memory.put_manifest(&case.repository, at, kind, &bytes).unwrap();
        prop_assert!(case.pull().is_err());
        prop_assert!(case.layer(&bytes).is_err());
    }

    /// A good artifact with a few bytes changed is refused, or is what it says.
    #[test]
    fn changed_bytes_are_answered(changes in vec((any::<usize>(), any::<u8>()), 1..4), of in 0..3) {
        let case = Case::new();
        let (packed, _) = case.good();
        let mut parts =
            [packed.manifest_bytes.clone(), packed.config.clone(), wat::parse_str(TEXT).unwrap()];
        let part = &mut parts[of as usize];
        for (at, byte) in changes {
            let at = at % part.len();
            part[at] = byte;
        }
        let [manifest, config, layer] = parts;
        if of == 0 {
            let (at, kind) = (At::Tag("1.0.0"), media_type::MANIFEST);
            case.memory.put_manifest(&case.repository, at, kind, &manifest).unwrap();
        } else {
            let config = case.blob(media_type::WASM_CONFIG, &config);
            let layer = case.blob(media_type::WASM, &layer);
            case.put(
                media_type::MANIFEST,
                &json!({"schemaVersion": 2, "config": config, "layers": [layer]}),
            );
        }
        if let Ok(pulled) = case.pull() {
            prop_assert_eq!(&pulled.config.layer_digests, &[Digest::of(&pulled.component)]);
            let says = pulled.config.component.map(|component| component.imports);
            let has = Contents::read(&pulled.component).unwrap().imports;
            prop_assert!(says.is_none_or(|says| has.iter().all(|import| says.contains(import))));
        }
    }
}
