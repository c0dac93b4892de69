//! Encrypted connections. `data/README.md` says how the certificates were made.

use std::path::Path;
use std::sync::Arc;

use periplasm_registry::{At, Descriptor, Registry, RegistryFault, Settings, media_type};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::common::{client, golden, manifest_answer, text};
use crate::server::{Server, answer};

fn data(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/data").join(name)
}

/// A server whose certificate is from an authority that nobody knows.
fn server() -> Server {
    let chain = vec![CertificateDer::from_pem_file(data("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(data("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Server::with_tls(config.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap())
}

/// Settings in which the server's authority is known, and https is spoken to this
/// machine too.
fn knows(server: &Server) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registries.toml");
    let text = format!(
        "cache = false\n[registries.\"{}\"]\nplain-http = false\nretries = 0\ncertificate = {:?}\n",
        server.host,
        data("authority.pem")
    );
    std::fs::write(&file, text).unwrap();
    Settings::load(Some(&file)).unwrap()
}

#[test]
fn an_authority_of_ones_own_can_be_named() {
    let server = server();
    server.on("GET /v2/a/manifests/1", [manifest_answer()]);
    client(knows(&server)).manifest(&server.repository(), At::Tag("1")).unwrap();
}

#[test]
fn a_blob_does_not_come_by_plain_http_instead() {
    let (server, other) = (server(), Server::new());
    let blob = Descriptor::of(media_type::WASM, b"content");
    let sent = answer(307).header("Location", format!("http://{}/", other.host));
    server.on(&format!("GET /v2/a/blobs/{}", blob.digest), [sent]);
    let error = client(knows(&server)).blob(&server.repository(), &blob, 100).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Redirected { .. }), "{error}");
    assert_eq!(other.seen().len(), 0);
}

#[test]
fn an_authority_that_nobody_knows_and_a_server_without_https() {
    let unknown = server();
    let other = server();
    // The authority of another registry is none for this one.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registries.toml");
    let text_of = format!(
        "cache = false\n[registries.\"{}\"]\nplain-http = false\nretries = 0\n\
         [registries.\"{}\"]\ncertificate = {:?}\n",
        unknown.host,
        other.host,
        data("authority.pem")
    );
    std::fs::write(&file, text_of).unwrap();
    let error = client(Settings::load(Some(&file)).unwrap())
        .manifest(&unknown.repository(), At::Tag("1"))
        .unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Tls { .. }), "{error}");

    let plain = Server::new();
    let error = client(knows(&plain)).manifest(&plain.repository(), At::Tag("1")).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Tls { .. }), "{error}");
    golden("tls.txt", &text(&plain, &error));
}
