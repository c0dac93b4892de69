//! The program `periplasm` on a machine elsewhere: it pulls by digest, checks who
//! signed, and runs.

use std::path::Path;
use std::process::{Command, Output};

use periplasm_publish::{Publication, PublishOptions, publish};
use periplasm_registry::{Artifact, Reference};
use periplasm_tests::registry::DockerRegistry;
use periplasm_tests::{build, ok, root};
use periplasm_trust::PrivateKey;

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    ("a_device_runs_what_is_believed", a_device_runs_what_is_believed),
    ("a_device_keeps_nothing_of_the_rest", a_device_keeps_nothing_of_the_rest),
];

const PIPELINE: &str = "compose/pipelines/weather";

/// Publishes the example, signed or not: its name with the digest.
fn published(server: &DockerRegistry, key: Option<&PrivateKey>) -> Reference {
    let component = build::pipeline(&format!("{PIPELINE}/pipeline.toml"));
    let publication = Publication::new(ok(Artifact::new(component)));
    let options = PublishOptions { key: key.cloned(), ..Default::default() };
    let name = server.name("pipelines/weather:1.0.0");
    let digest = ok(publish(&publication, &server.client(), &name, &options, &mut |_| {})).digest;
    Reference { digest: Some(digest), ..name }
}

/// A device: a folder with a policy that believes this key for pipelines.
fn device(server: &DockerRegistry, key: &PrivateKey) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file in a temporary folder");
    };
    put("vendor.pub", &key.public().to_pem());
    let repositories = format!("{}/pipelines/*", server.host());
    put(
        "policy.toml",
        &format!(
            "[[trust]]\nrepositories = [{repositories:?}]\nkeys = [{{ file = \"vendor.pub\" }}]"
        ),
    );
    folder
}

fn periplasm(device: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(build::binary("periplasm"));
    command.args(arguments).args(["--policy", "policy.toml"]).current_dir(device);
    command.env("XDG_CONFIG_HOME", device).env("XDG_CACHE_HOME", device.join("cache"));
    command.output().expect("the program runs")
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn a_device_runs_what_is_believed() {
    let (server, key) = (DockerRegistry::start(), ok(PrivateKey::generate()));
    let name = published(&server, Some(&key));
    let device = device(&server, &key);
    let board = root().join(PIPELINE).join("board.toml").display().to_string();
    let (oci, at) = (format!("oci://{name}"), device.path());

    let looked = periplasm(at, &["inspect", "--config-only", "--json", &oci]);
    assert!(said(&looked).contains("climate-bus"), "{}", said(&looked));
    let verified = periplasm(at, &["verify", &name.to_string()]);
    assert!(said(&verified).contains("signed by  vendor.pub"), "{}", said(&verified));
    let checked = periplasm(at, &["check", &oci, "--board", &board]);
    assert!(checked.status.success(), "{}", said(&checked));
    let ran = periplasm(at, &["run", &oci, "--board", &board]);
    assert!(said(&ran).contains("temperature"), "{}", said(&ran));
    assert!(ran.status.success(), "{}", said(&ran));
    let pulled = periplasm(at, &["pull", &name.to_string()]);
    assert!(pulled.status.success(), "{}", said(&pulled));
    let component = std::fs::read(at.join("weather.wasm")).expect("what was pulled");
    assert_eq!(component, build::pipeline(&format!("{PIPELINE}/pipeline.toml")));

    // Where there is no registry any more.
    drop(server);
    let again = periplasm(at, &["run", &oci, "--board", &board, "--offline"]);
    assert_eq!(again.stdout, ran.stdout, "{}", said(&again));
}

fn a_device_keeps_nothing_of_the_rest() {
    let (server, stranger) = (DockerRegistry::start(), ok(PrivateKey::generate()));
    let vendor = ok(PrivateKey::generate());
    let device = device(&server, &vendor);
    for key in [None, Some(&stranger)] {
        let name = published(&server, key).to_string();
        let pulled = periplasm(device.path(), &["pull", &name]);
        assert_eq!(pulled.status.code(), Some(77), "{}", said(&pulled));
        assert!(!device.path().join("weather.wasm").exists());
    }
}
