//! A pipeline with a stage from a registry.

use std::sync::Arc;

use periplasm_compose::{ComposeError, Composed, Options, build_stage, compose};
use periplasm_publish::{Publication, PublishOptions, RegistryFetch, publish};
use periplasm_registry::Artifact;
use periplasm_registry::package::PackageConfig;
use periplasm_tests::registry::DockerRegistry;
use periplasm_tests::{ok, root};
use periplasm_trust::{Policy, PrivateKey, PublicKey};

use crate::Case;

pub(crate) const CASES: &[Case] = &[(
    "a_stage_from_a_registry_is_composed_if_it_is_believed",
    a_stage_from_a_registry_is_composed_if_it_is_believed,
)];

/// Composes a pipeline of the stage at `oci`, believing `key`.
fn composed(server: &DockerRegistry, oci: &str, key: &PublicKey) -> Result<Composed, ComposeError> {
    let manifest = server.folder().join("pipeline.toml");
    let text = format!(
        "[pipeline]\nname = \"remote\"\nexports = [\"sensor\"]\n\n[stages.sensor]\noci = {oci:?}\n\n\
         [stages.sensor.slots]\nbus = {{ i2c = \"environment\", address = 0x48 }}\n"
    );
    std::fs::write(&manifest, text).expect("a manifest in a temporary folder");
    let policy = Policy::trusting([("vendor.pub".to_owned(), key.clone())]);
    let fetch = RegistryFetch::new(Box::new(server.client()), policy, PackageConfig::default());
    let options = Options { fetch: Some(Arc::new(fetch)), ..Default::default() };
    compose(&manifest, &options, &mut ())
}

fn a_stage_from_a_registry_is_composed_if_it_is_believed() {
    let server = DockerRegistry::start();
    let (vendor, stranger) = (ok(PrivateKey::generate()), ok(PrivateKey::generate()));
    let driver = ok(build_stage(&root().join("drivers/lm75"), &Options::default()));
    let name = server.name("drivers/lm75:1.0.0");
    let artifact = ok(Artifact::new(driver.bytes().to_vec()));
    let options = PublishOptions { key: Some(vendor.clone()), ..Default::default() };
    let publication = Publication::new(artifact);
    let published = ok(publish(&publication, &server.client(), &name, &options, &mut |_| {}));

    let by_tag = ok(composed(&server, &name.to_string(), vendor.public()));
    assert_eq!(by_tag.report.stages[0].digest, driver.digest());
    let by_digest = published.reference.to_string();
    let by_digest = ok(composed(&server, &by_digest, vendor.public()));
    assert_eq!(by_digest.component, by_tag.component);

    let refused = composed(&server, &name.to_string(), stranger.public()).unwrap_err();
    let shown = format!("{:?}", miette::Report::from(refused));
    assert!(shown.contains("key"), "{shown}");
}
