//! Somebody else's client, oci-client, at the same registry.

use oci_client::client::{ClientConfig, ClientProtocol, Config, ImageLayer};
use oci_client::secrets::RegistryAuth;
use periplasm_registry::{At, Descriptor, Manifest, Registry, media_type};

use crate::common::{bytes, client, settings};
use crate::good;

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(future)
}

#[test]
fn each_pulls_what_the_other_pushed() {
    let server = good::registry(true);
    let (ours, repository) = (client(settings(&server)), server.repository());
    let protocol = ClientProtocol::Http;
    // Ours comes first: it says which cryptography the process has.
    ours.tags(&repository).unwrap();
    let theirs = oci_client::Client::new(ClientConfig { protocol, ..Default::default() });
    let reference = |tag: &str| format!("{repository}:{tag}").parse().unwrap();
    let (content, auth) = (bytes(5 << 20), RegistryAuth::Anonymous);

    let layer = Descriptor::of(media_type::WASM, &content);
    let config = Descriptor::of(media_type::WASM_CONFIG, b"{}");
    ours.put_blob(&repository, &content).unwrap();
    ours.put_blob(&repository, b"{}").unwrap();
    let manifest = Manifest::new(config, vec![layer.clone()]).to_bytes();
    let at = At::Tag("ours");
    let digest = ours.put_manifest(&repository, at, media_type::MANIFEST, &manifest).unwrap();
    let pulled = wait(theirs.pull(&reference("ours"), &auth, vec![media_type::WASM])).unwrap();
    assert_eq!(pulled.digest.as_deref(), Some(digest.as_str()));
    assert!(pulled.layers[0].data == content);

    let layers = [ImageLayer::new(content[1..].to_vec(), media_type::WASM.to_owned(), None)];
    let config = Config::new(&b"{}"[..], media_type::WASM_CONFIG.to_owned(), None);
    let theirs = oci_client::Client::new(ClientConfig {
        protocol: ClientProtocol::Http,
        use_monolithic_push: true,
        ..Default::default()
    });
    wait(theirs.push(&reference("theirs"), &layers, config, &auth, None)).unwrap();
    let raw = ours.manifest(&repository, At::Tag("theirs")).unwrap();
    let manifest: Manifest = serde_json::from_slice(&raw.bytes).unwrap();
    let pulled = ours.blob(&repository, &manifest.layers[0], 5 << 20).unwrap();
    assert!(pulled == content[1..]);
}
