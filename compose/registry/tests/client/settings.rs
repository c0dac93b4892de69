//! `registries.toml`: what it says, and what is wrong with it.

use std::fs;
use std::path::Path;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use periplasm_registry::{At, Registry, RegistryFault, Settings, SettingsProblem};

use crate::common::{client, golden, manifest_answer};
use crate::server::{Server, answer};

fn write(folder: &Path, text: &str) -> std::path::PathBuf {
    let file = folder.join("registries.toml");
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn the_file_says_how_a_registry_is_asked() {
    let (server, mirror) = (Server::new(), Server::new());
    mirror.on("GET /v2/x/a/manifests/1", [manifest_answer()]);
    server.on("GET /v2/a/manifests/2", [answer(500)]);
    let folder = tempfile::tempdir().unwrap();
    let file = write(
        folder.path(),
        &format!(
            "cache = \"kept\"\n[registries.\"{}\"]\nplain-http = true\ntimeout = 20\nretries = 0\n\
             mirrors = [\"mirror.example\", {{ at = \"{}/x\", resolve = true }}]\n",
            server.host, mirror.host,
        ),
    );
    let client = client(Settings::load(Some(&file)).unwrap());
    client.manifest(&server.repository(), At::Tag("1")).unwrap();
    assert_eq!(server.seen().len(), 0);
    let error = client.manifest(&server.repository(), At::Tag("2")).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Server { .. }), "{error}");
    assert_eq!(server.seen().len(), 1);
    assert!(folder.path().join("kept/manifests").is_dir());
}

#[test]
fn what_is_wrong_is_shown_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("none.pem"), "none").unwrap();
    let cases = [
        ("not-toml", "[registries\n"),
        ("unknown-key", "[registries.\"registry.example\"]\nplain_http = true\n"),
        (
            "many",
            "cache-limit = 0\n[registries.\"https://registry.example\"]\n\n[registries.\"registry.example\"]\n\
             timeout = 0\nretries = 100\nmirrors = [\"mirror.example/A\", \"m.example\"]\n\
             certificate = \"none.pem\"\n",
        ),
    ];
    let mut shown = String::new();
    for (name, text) in cases {
        let file = write(folder.path(), text);
        let error = Settings::load(Some(&file)).unwrap_err();
        assert!(!error.problems.is_empty());
        shown += &format!("== {name}\n");
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
        handler.with_width(200).render_report(&mut shown, &error as &dyn Diagnostic).unwrap();
    }
    let shown: Vec<&str> = shown.lines().map(str::trim_end).collect();
    let shown = shown.join("\n") + "\n";
    golden("settings.txt", &shown.replace(&folder.path().display().to_string(), "/folder"));
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(here.join("../../docs/registries.md")).unwrap();
    let (_, rest) = text.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let authority = here.join("tests/client/data/authority.pem");
    fs::copy(authority, folder.path().join("company-ca.pem")).unwrap();
    let settings = Settings::load(Some(&write(folder.path(), example))).unwrap();
    let shown = format!("{settings:?}");
    for said in ["mirror.example", "10.0.0.7:5000", "/var/cache/periplasm", "536870912"] {
        assert!(shown.contains(said), "{shown}");
    }
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let error = Settings::load(Some(Path::new("/none/registries.toml"))).unwrap_err();
    assert!(matches!(error.problems[..], [SettingsProblem::Unreadable { .. }]));
}

#[test]
fn a_file_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registries.toml");
    fs::File::create(&file).unwrap().set_len(2 << 20).unwrap();
    let error = Settings::load(Some(&file)).unwrap_err();
    assert!(matches!(error.problems[..], [SettingsProblem::TooLarge { .. }]));
    fs::write(&file, b"\xff\xfe").unwrap();
    let error = Settings::load(Some(&file)).unwrap_err();
    assert!(matches!(error.problems[..], [SettingsProblem::Form { .. }]));
}
