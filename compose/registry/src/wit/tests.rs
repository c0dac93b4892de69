use wit_component::DecodedWasm;

use super::*;
use crate::artifact::{Artifact, Kind};

fn wit() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")
}

#[test]
fn a_package_is_encoded_with_those_beside_it() {
    let package = encode(&wit().join("device")).unwrap();
    assert_eq!(package.name.to_string(), "periplasm:device@0.1.0");
    assert_eq!(package, encode(&wit().join("device")).unwrap());

    // wit-component is what `wkg` and `wasm-tools` read it with.
    let DecodedWasm::WitPackage(resolve, id) = wit_component::decode(&package.bytes).unwrap()
    else {
        panic!("a component")
    };
    assert!(resolve.packages[id].interfaces.contains_key("thermometer"));

    let artifact = Artifact::new(package.bytes).unwrap();
    let contents = artifact.contents();
    assert_eq!((contents.kind, contents.imports.len()), (Kind::WitPackage, 0));
    assert!(contents.exports.contains(&"periplasm:device/thermometer@0.1.0".to_owned()));
    assert!(contents.exports.contains(&"periplasm:device/app-sdk@0.1.0".to_owned()));
}

#[test]
fn every_package_of_the_project_can_be_published() {
    for name in ["device", "hal", "i2c", "usb", "usb-device"] {
        encode(&wit().join(name)).unwrap();
    }
}

#[test]
fn what_is_wrong_with_a_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::create_dir(&path).unwrap();
    let wrong = |text: &str| {
        std::fs::write(path.join("a.wit"), text).unwrap();
        encode(&path).unwrap_err()
    };
    assert!(matches!(encode(&path), Err(WitError::NoFiles { .. })));
    assert!(matches!(encode(&path.join("b")), Err(WitError::Unreadable { .. })));
    assert!(matches!(wrong("package a:b;"), WitError::NoVersion { .. }));
    let error = wrong("package a:b@1.0.0;\ninterface {");
    assert!(error.to_string().contains("a.wit:2"), "{error}");
    let uses = "package a:b@1.0.0;\ninterface c { use d:e/f@1.0.0.{t}; }";
    let error = wrong(uses);
    assert!(
        matches!(&error, WitError::Missing { package, .. } if package == "d:e@1.0.0"),
        "{error}"
    );
    let deps = path.join("deps");
    std::fs::create_dir(&deps).unwrap();
    std::fs::write(deps.join("d.wit"), "package d:e@1.0.0;\ninterface f { type t = u8; }").unwrap();
    assert!(encode(&path).is_ok());
}
