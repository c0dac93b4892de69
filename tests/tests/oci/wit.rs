//! WIT packages, by the names that `wkg` has for them.

use std::path::Path;

use periplasm_registry::artifact::{Artifact, Kind};
use periplasm_registry::package::{PackageConfig, resolve};
use periplasm_registry::{PushOptions, pull, push, wit};
use periplasm_tests::registry::DockerRegistry;
use periplasm_tests::{ok, root};

use crate::Case;

pub(crate) const CASES: &[Case] =
    &[("a_wit_package_is_found_by_its_name", a_wit_package_is_found_by_its_name)];

fn a_wit_package_is_found_by_its_name() {
    let server = DockerRegistry::start();
    let client = server.client();
    let package = ok(wit::encode(&root().join("wit/device")));
    let artifact = ok(Artifact::new(package.bytes.clone()));
    let text = format!(
        "[namespace_registries]\nperiplasm = {{ registry = \"acme.example\", metadata = {{ \
         preferredProtocol = \"oci\", oci = {{ registry = {:?}, namespacePrefix = \"wit/\" }} }} }}",
        server.host()
    );
    let config = ok(PackageConfig::parse(Path::new("config.toml"), &text));
    let reference = ok(resolve(&package.name, &config, &client));
    let expected = format!("{}/wit/periplasm/device:0.1.0", server.host());
    assert_eq!(reference.to_string(), expected);
    ok(push(&client, &reference, &artifact, &PushOptions::default()));

    // Without a version, by the tags that are there.
    let newest = ok("periplasm:device".parse());
    let found = ok(resolve(&newest, &config, &client));
    assert_eq!(found, reference);
    let pulled = ok(pull(&client, &found));
    assert_eq!((pulled.kind, pulled.component), (Kind::WitPackage, package.bytes));
    let exports = pulled.config.component.expect("a world").exports;
    assert!(exports.contains(&"periplasm:device/thermometer@0.1.0".to_owned()), "{exports:?}");

    // The registry itself publishes nothing about itself: then it is the place.
    let text = format!("default_registry = {:?}", server.host());
    let config = ok(PackageConfig::parse(Path::new("config.toml"), &text));
    let expected = format!("{}/periplasm/device:0.1.0", server.host());
    assert_eq!(ok(resolve(&package.name, &config, &client)).to_string(), expected);
}
