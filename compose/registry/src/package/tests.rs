use std::path::Path;
use std::sync::Mutex;

use super::*;
use crate::*;

/// A registry that publishes a document about itself.
struct Says(&'static str, Memory, Mutex<Vec<String>>);

impl Says {
    fn new(document: &'static str) -> Self {
        Self(document, Memory::new(), Mutex::default())
    }
}

impl Registry for Says {
    fn well_known(&self, host: &str, name: &str) -> Result<Option<Vec<u8>>, RegistryError> {
        self.2.lock().unwrap().push(format!("{host}/{name}"));
        Ok((!self.0.is_empty()).then(|| self.0.as_bytes().to_vec()))
    }
    fn manifest(&self, of: &Repository, at: At<'_>) -> Result<RawManifest, RegistryError> {
        self.1.manifest(of, at)
    }
    fn blob(&self, of: &Repository, blob: &Descriptor, max: u64) -> Result<Vec<u8>, RegistryError> {
        self.1.blob(of, blob, max)
    }
    fn put_blob(&self, of: &Repository, bytes: &[u8]) -> Result<Digest, RegistryError> {
        self.1.put_blob(of, bytes)
    }
    fn put_manifest(
        &self,
        of: &Repository,
        at: At<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Digest, RegistryError> {
        self.1.put_manifest(of, at, media_type, bytes)
    }
    fn referrers(&self, of: &Repository, to: &Digest) -> Result<Vec<Descriptor>, RegistryError> {
        self.1.referrers(of, to)
    }
    fn put_referrer(&self, of: &Repository, about: &Manifest) -> Result<Digest, RegistryError> {
        self.1.put_referrer(of, about)
    }
    fn tags(&self, of: &Repository) -> Result<Vec<String>, RegistryError> {
        self.1.tags(of)
    }
}

fn config(text: &str) -> PackageConfig {
    PackageConfig::parse(Path::new("config.toml"), text).unwrap()
}

fn found(config: &str, document: &'static str, name: &str) -> Result<String, PackageError> {
    let name = name.parse().unwrap();
    let config = self::config(config);
    resolve(&name, &config, &Says::new(document)).map(|found| found.to_string())
}

const BME: &str = "acme:bme280@1.2.0";

#[test]
fn the_more_special_entry_wins() {
    let text = r#"
        default_registry = "default.example"
        [namespace_registries]
        acme = "acme.example"
        [package_registry_overrides]
        "acme:bme280" = "127.0.0.1:5000"
    "#;
    assert_eq!(found(text, "", BME).unwrap(), "127.0.0.1:5000/acme/bme280:1.2.0");
    assert_eq!(found(text, "", "acme:lm75@1.0.0").unwrap(), "acme.example/acme/lm75:1.0.0");
    assert_eq!(found(text, "", "other:a@1.0.0").unwrap(), "default.example/other/a:1.0.0");
    assert!(matches!(found("", "", BME), Err(PackageError::NoRegistry { .. })));
}

#[test]
fn a_registry_says_where_its_packages_are() {
    let text = "default_registry = 'acme.example'";
    let document = r#"{"preferredProtocol": "oci",
        "oci": {"registry": "registry.example", "namespacePrefix": "wasm/"}}"#;
    let expected = "registry.example/wasm/acme/bme280:1.2.0";
    assert_eq!(found(text, document, BME).unwrap(), expected);
    // As it was called first.
    let document = r#"{"ociRegistry": "registry.example", "ociNamespacePrefix": "wasm/"}"#;
    assert_eq!(found(text, document, BME).unwrap(), expected);

    let name: PackageName = BME.parse().unwrap();
    let says = Says::new("");
    assert!(resolve(&name, &config(text), &says).is_ok());
    assert_eq!(*says.2.lock().unwrap(), ["acme.example/wasm-pkg/registry.json"]);
}

#[test]
fn what_the_file_says_of_a_registry_is_not_asked_for() {
    let text = r#"
        [namespace_registries]
        acme = { registry = "acme.example", metadata = { preferredProtocol = "oci", oci = { registry = "registry.example", namespacePrefix = "a/b/" } } }
    "#;
    let says = Says::new("not asked for");
    let found = resolve(&BME.parse().unwrap(), &config(text), &says).unwrap();
    assert_eq!(found.to_string(), "registry.example/a/b/acme/bme280:1.2.0");
    assert!(says.2.lock().unwrap().is_empty());
}

#[test]
fn registries_of_other_kinds_are_refused_by_name() {
    for (text, document) in [
        ("default_registry='a.example'\n[registry.'a.example']\ntype = 'warg'", ""),
        ("default_registry='a.example'\n[registry.'a.example'.local]\nroot = '/tmp'", ""),
        ("default_registry='a.example'", r#"{"preferredProtocol": "warg"}"#),
        ("default_registry='a.example'", r#"{"warg": {"url": "https://a.example"}}"#),
    ] {
        let error = found(text, document, BME).unwrap_err();
        assert!(matches!(error, PackageError::Backend { .. }), "{text} {document}: {error}");
    }
    let text = "default_registry='a.example'\n[registry.'a.example'.oci]\nprotocol = 'http'";
    assert!(found(text, "", BME).is_ok());
}

#[test]
fn a_registry_that_says_nonsense_is_refused() {
    let text = "default_registry='a.example'";
    for document in ["<html>", "[]", r#"{"oci": 1}"#] {
        let error = found(text, document, BME).unwrap_err();
        assert!(matches!(error, PackageError::Metadata { .. }), "{document}: {error}");
    }
    for document in [
        r#"{"oci": {"registry": "user:secret@evil.example"}}"#,
        r#"{"oci": {"namespacePrefix": "../"}}"#,
        r#"{"oci": {"registry": "https://a.example"}}"#,
    ] {
        let error = found(text, document, BME).unwrap_err();
        assert!(matches!(error, PackageError::Place { .. }), "{document}: {error}");
    }
}

#[test]
fn without_a_version_the_newest_is_taken() {
    let (text, says) = ("default_registry='a.example'", Says::new(""));
    let repository = "a.example/acme/bme280".parse().unwrap();
    let name: PackageName = "acme:bme280".parse().unwrap();
    let none = resolve(&name, &config(text), &says);
    assert!(matches!(none, Err(PackageError::NoVersion { .. })), "{none:?}");
    for tag in ["1.9.0", "1.10.0", "latest"] {
        says.put_manifest(&repository, At::Tag(tag), media_type::MANIFEST, b"{}").unwrap();
    }
    let found = resolve(&name, &config(text), &says).unwrap();
    assert_eq!(found.to_string(), "a.example/acme/bme280:1.10.0");
}

#[test]
fn a_file_that_is_not_understood_shows_where() {
    for (text, word) in [
        ("default_registry = 'https://a.example'", "'https://a.example'"),
        ("default_registry = 1", "1"),
        ("default = 'a.example'", "default"),
    ] {
        let error = PackageConfig::parse(Path::new("config.toml"), text).unwrap_err();
        let ConfigError::Malformed { at: Some(at), .. } = error else { panic!("{error}") };
        assert_eq!(&text[at], word);
    }
}
