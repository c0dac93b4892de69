use std::collections::BTreeMap;

use periplasm_compose::LockedPackage;
use periplasm_registry::Artifact;
use periplasm_trust::Statement;
use serde_json::Value;

use super::*;

fn publication() -> Publication {
    let bytes = wat::parse_str(
        "(component (component $a (core module)) (instance $climate (instantiate $a)))",
    );
    Publication::new(Artifact::new(bytes.unwrap()).unwrap())
}

fn about() -> About {
    About {
        title: Some("weather".to_owned()),
        version: Some("1.2.0".parse().unwrap()),
        source: Some("https://git.example/weather".to_owned()),
        revision: Some(format!("{}-dirty", "a".repeat(40))),
        ..About::default()
    }
}

fn lock() -> Lock {
    let digest = |text: &str| Digest::of(text.as_bytes()).to_string();
    let stage = |name: &str, source, parts: &[&str]| LockedStage {
        name: name.to_owned(),
        source,
        digest: digest(name),
        with: parts.iter().map(|part| ((*part).to_owned(), digest(part))).collect(),
        imports: Vec::new(),
        exports: Vec::new(),
    };
    let remote = SourceReport::Oci {
        reference: "registry.example/bme280:1".to_owned(),
        resolved: format!("registry.example/bme280:1@{}", digest("artifact")),
    };
    Lock {
        pipeline: "weather".to_owned(),
        digest: digest("composed"),
        stages: vec![
            stage("app", SourceReport::Crate("app".to_owned()), &["seal"]),
            stage("climate", remote, &[]),
        ],
        packages: vec![LockedPackage { name: "a:b@1.0.0".to_owned(), digest: digest("wit") }],
    }
}

#[test]
fn a_pipeline_tells_its_source_its_stages_and_its_tools() {
    let publication = publication();
    let reference = "registry.example/weather:1.2.0".parse().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lock = lock();
    let source = Path::new("/home/somebody/weather/pipeline.toml");
    let built = Built { source, folder: Some(folder), lock: Some(&lock) };
    let document = provenance(&publication, &reference, &about(), &built);
    let again = provenance(&publication, &reference, &about(), &built);
    assert_eq!(document, again);
    let text = String::from_utf8(document.bytes().to_vec()).unwrap();
    assert!(!text.contains("/home/"), "{text}");
    let statement = Statement::from_json(document.bytes()).unwrap();
    assert_eq!(statement.digests().collect::<Vec<_>>(), [publication.digest().clone()]);

    let definition = &statement.predicate()["buildDefinition"];
    assert_eq!(definition["externalParameters"]["source"], "pipeline.toml");
    let inputs = definition["resolvedDependencies"].as_array().unwrap();
    let by_name: BTreeMap<&str, &Value> =
        inputs.iter().map(|input| (input["name"].as_str().unwrap(), input)).collect();
    let names: Vec<&str> = by_name.keys().copied().collect();
    let expected = [
        "component",
        "pipeline.lock",
        "seal in stage:app",
        "source",
        "stage:app",
        "stage:climate",
        "wit:a:b@1.0.0",
    ];
    assert_eq!(names, expected);
    assert_eq!(by_name["source"]["annotations"]["changed"], true);
    assert_eq!(by_name["stage:app"]["annotations"]["crate"], "app");
    let uri = by_name["stage:climate"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("oci://registry.example/bme280:1@sha256:"), "{uri}");
    let versions = &statement.predicate()["runDetails"]["builder"]["version"];
    assert!(versions["rustc"].as_str().unwrap().starts_with("rustc 1."), "{versions}");
    assert!(versions["cargo"].as_str().unwrap().starts_with("cargo 1."), "{versions}");
}

#[test]
fn a_file_tells_no_tools_that_did_not_build_it() {
    let reference = "registry.example/weather:1.2.0".parse().unwrap();
    let built = Built { source: Path::new("weather.wasm"), folder: None, lock: None };
    let document = provenance(&publication(), &reference, &About::default(), &built);
    let statement = Statement::from_json(document.bytes()).unwrap();
    assert_eq!(statement.predicate()["runDetails"]["builder"]["version"], Value::Null);
}

#[test]
fn a_bill_names_the_pipeline_and_its_stages() {
    let bill = bill(&publication(), &about(), None).unwrap();
    let document: Value = serde_json::from_slice(bill.bytes()).unwrap();
    assert_eq!(document["metadata"]["component"]["name"], "weather");
    assert_eq!(document["metadata"]["component"]["version"], "1.2.0");
    assert_eq!(document["components"][0]["bom-ref"], "stage:climate");
}
