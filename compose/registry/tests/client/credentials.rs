//! Who asks, and to whom it is told.

use std::path::Path;

use base64::Engine;
use periplasm_registry::{At, CredentialError, Registry, RegistryError, RegistryFault, Sources};

use crate::common::{client, golden, manifest_answer, settings, text};
use crate::server::{Answer, Server, answer};

const MANIFEST: &str = "GET /v2/a/manifests/1";

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A file as `docker login` writes it.
fn docker(folder: &Path, host: &str, entry: &str) -> Sources {
    let file = folder.join("config.json");
    std::fs::write(&file, format!(r#"{{"auths":{{"{host}":{entry}}}}}"#)).unwrap();
    Sources::none().and_file(file)
}

fn ask(server: &Server, sources: Sources) -> Result<(), RegistryError> {
    let client = client(settings(server).credentials(sources));
    client.manifest(&server.repository(), At::Tag("1")).map(drop)
}

fn wants_basic() -> Answer {
    answer(401).header("WWW-Authenticate", "Basic realm=\"registry\"")
}

fn wants_token(realm: &str) -> Answer {
    let challenge = format!("Bearer realm=\"{realm}\",service=\"s\",scope=\"repository:*:delete\"");
    answer(401).header("WWW-Authenticate", challenge)
}

/// What is asked of the token service: our scope, whatever the registry names.
const TOKEN: &str = "GET /token?scope=repository%3Aa%3Apull&service=s";

#[test]
fn a_password_is_sent_when_it_is_asked_for() {
    let server = Server::new();
    server.on(MANIFEST, [wants_basic(), manifest_answer()]);
    let folder = tempfile::tempdir().unwrap();
    let entry = format!(r#"{{"auth":"{}"}}"#, base64("ada:word:with:colons"));
    ask(&server, docker(folder.path(), &server.host, &entry)).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].header("authorization"), None);
    let told = format!("Basic {}", base64("ada:word:with:colons"));
    assert_eq!(seen[1].header("authorization"), Some(told.as_str()));
}

#[test]
fn a_folder_of_a_registry_may_have_its_own_name() {
    // As `podman login registry.example/folder` leaves it.
    let server = Server::new();
    server.on(MANIFEST, [wants_basic(), manifest_answer()]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth.json");
    let entry = |of: &str, user: &str| {
        format!(r#""{}{of}":{{"auth":"{}"}}"#, server.host, base64(&format!("{user}:word")))
    };
    let entries = [entry("", "all"), entry("/a", "ours"), entry("/a/b", "other")].join(",");
    std::fs::write(&file, format!(r#"{{"auths":{{{entries}}}}}"#)).unwrap();
    ask(&server, Sources::none().and_file(&file)).unwrap();
    let told = format!("Basic {}", base64("ours:word"));
    assert_eq!(server.seen()[1].header("authorization"), Some(told.as_str()));
}

#[test]
fn a_token_is_had_from_the_token_service() {
    for (entry, asked) in [
        (None, None),
        (Some(format!(r#"{{"auth":"{}"}}"#, base64("ada:word"))), Some(base64("ada:word"))),
    ] {
        let server = Server::new();
        let realm = format!("http://{}/token", server.host);
        server.on(MANIFEST, [wants_token(&realm), manifest_answer()]);
        server.on(TOKEN, [answer(200).body(r#"{"token":"abc","expires_in":300}"#)]);
        let folder = tempfile::tempdir().unwrap();
        let sources = entry.map(|entry| docker(folder.path(), &server.host, &entry));
        let client = client(settings(&server).credentials(sources.unwrap_or_default()));
        client.manifest(&server.repository(), At::Tag("1")).unwrap();
        let seen = server.seen();
        let asked = asked.map(|asked| format!("Basic {asked}"));
        assert_eq!(seen[1].header("authorization"), asked.as_deref());
        assert_eq!(seen[2].header("authorization"), Some("Bearer abc"));
        // It is good for the next request too.
        client.manifest(&server.repository(), At::Tag("1")).unwrap();
        assert_eq!(server.count(TOKEN), 1);
    }
}

#[test]
fn an_identity_token_is_changed_for_another() {
    let server = Server::new();
    let realm = format!("http://{}/token", server.host);
    server.on(MANIFEST, [wants_token(&realm), manifest_answer()]);
    server.on("POST /token", [answer(200).body(r#"{"access_token":"abc"}"#)]);
    let folder = tempfile::tempdir().unwrap();
    ask(&server, docker(folder.path(), &server.host, r#"{"identitytoken":"refresh me"}"#)).unwrap();
    let seen = server.seen();
    let form = String::from_utf8(seen[1].body.clone()).unwrap();
    assert!(form.contains("grant_type=refresh_token&"), "{form}");
    assert!(form.ends_with("&refresh_token=refresh+me"), "{form}");
    assert_eq!(seen[2].header("authorization"), Some("Bearer abc"));
}

#[test]
fn a_token_that_is_no_longer_good_is_had_anew() {
    let server = Server::new();
    let realm = format!("http://{}/token", server.host);
    let answers = [wants_token(&realm), manifest_answer(), wants_token(&realm), manifest_answer()];
    server.on(MANIFEST, answers);
    let tokens = ["abc", "def"].map(|token| answer(200).body(format!(r#"{{"token":"{token}"}}"#)));
    server.on(TOKEN, tokens);
    let client = client(settings(&server));
    for _ in 0..2 {
        client.manifest(&server.repository(), At::Tag("1")).unwrap();
    }
    assert_eq!(server.seen().last().unwrap().header("authorization"), Some("Bearer def"));
}

#[test]
fn a_token_service_on_plain_http_elsewhere_is_told_nothing() {
    let server = Server::new();
    server.on(MANIFEST, [wants_token("http://tokens.example/token")]);
    let token = Sources::none().and_file("/none");
    let error = ask(&server, token).unwrap_err();
    assert!(matches!(&error.fault, RegistryFault::PlainHttp { host } if host == "tokens.example"));
    golden("plain-http.txt", &text(&server, &error));
}

#[test]
fn a_token_service_does_not_send_us_elsewhere() {
    let (server, other) = (Server::new(), Server::new());
    server.on(MANIFEST, [wants_token(&format!("http://{}/token", server.host))]);
    server.on(TOKEN, [answer(307).header("Location", format!("http://{}/", other.host))]);
    let folder = tempfile::tempdir().unwrap();
    let entry = format!(r#"{{"auth":"{}"}}"#, base64("ada:word"));
    let error = ask(&server, docker(folder.path(), &server.host, &entry)).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Redirected { .. }), "{error}");
    assert_eq!(other.seen().len(), 0);
}

#[test]
fn a_token_service_that_is_none() {
    for (bad, malformed) in [
        (answer(200).body("<html>"), true),
        (answer(200).body("{}"), true),
        (answer(200).body(r#"{"token":"a\nb"}"#), true),
        (answer(200).body(vec![b' '; 1 << 16]).endless(), false),
    ] {
        let server = Server::new();
        server.on(MANIFEST, [wants_token(&format!("http://{}/token", server.host))]);
        server.on(TOKEN, [bad]);
        let error = ask(&server, Sources::none()).unwrap_err();
        assert_eq!(matches!(error.fault, RegistryFault::Malformed { .. }), malformed, "{error}");
        let large = matches!(error.fault, RegistryFault::TooLarge { .. });
        assert_eq!(large, !malformed, "{error}");
    }
}

#[test]
fn nobody_is_known_and_nobody_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new();
    server.on(MANIFEST, [wants_basic()]);
    let file = "/home/ada/.docker/config.json";
    let error = ask(&server, Sources::none().and_token("other.example", "x").and_file(file));
    let error = error.unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Unauthorized(_)), "{error}");
    golden("unauthorized.txt", &text(&server, &error));
    assert_eq!(server.count(MANIFEST), 1);

    let entry = format!(r#"{{"auth":"{}"}}"#, base64("ada:wrong word"));
    let error = ask(&server, docker(folder.path(), &server.host, &entry)).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("did not take the credentials from"), "{shown}");
    assert!(!shown.contains("wrong word") && !shown.contains(&base64("ada:wrong word")), "{shown}");
    assert_eq!(server.count(MANIFEST), 3);
    // The token service may be who does not know us.
    server.on(MANIFEST, [wants_token(&format!("http://{}/token", server.host))]);
    server.on(TOKEN, [answer(401)]);
    let error = ask(&server, Sources::none()).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Unauthorized(_)), "{error}");
    // And some do not say what they want.
    server.on(MANIFEST, [answer(401)]);
    let error = ask(&server, Sources::none()).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Unauthorized(_)), "{error}");
}

#[test]
fn a_helper_is_asked() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    // Docker's protocol: `docker-credential-<name> get`, the registry on its
    // input, JSON on its output.
    let helper = folder.path().join("docker-credential-periplasm-test");
    let script = "#!/bin/sh\nread -r host\ncase $host in\n*.example) \
                  echo 'credentials not found in native keychain'; exit 1;;\n*) \
                  echo \"{\\\"ServerURL\\\":\\\"$host\\\",\\\"Username\\\":\\\"ada\\\",\
                  \\\"Secret\\\":\\\"word\\\"}\";;\nesac\n";
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::new();
    server.on(MANIFEST, [wants_basic(), manifest_answer()]);
    let file = folder.path().join("config.json");
    // A helper is found by its path too: `docker-credential-` is put before it.
    let name = "periplasm-test";
    std::fs::write(&file, format!(r#"{{"credHelpers":{{"{}":"{name}"}}}}"#, server.host)).unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = vec![folder.path().to_owned()];
    folders.extend(std::env::split_paths(&path));
    // A program of its own, because the variable is for the whole process.
    let this = std::env::current_exe().unwrap();
    let ran = std::process::Command::new(this)
        .args(["credentials::with_the_helper", "--exact", "--ignored"])
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("HELPER_TEST", format!("{}\n{}", server.host, file.display()))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    let told = format!("Basic {}", base64("ada:word"));
    assert_eq!(server.seen()[1].header("authorization"), Some(told.as_str()));
}

#[test]
#[ignore = "part of `a_helper_is_asked`"]
fn with_the_helper() {
    let given = std::env::var("HELPER_TEST").unwrap();
    let (host, file) = given.split_once('\n').unwrap();
    let settings = periplasm_registry::Settings::bare();
    let client = client(settings.credentials(Sources::none().and_file(file)));
    let repository = format!("{host}/a").parse().unwrap();
    client.manifest(&repository, At::Tag("1")).unwrap();
}

#[test]
fn a_file_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new();
    server.on(MANIFEST, [wants_basic()]);
    let file = folder.path().join("config.json");
    for (text, malformed) in [
        ("not JSON".to_owned(), true),
        (format!(r#"{{"auths":{{"{}":{{"auth":"!"}}}}}}"#, server.host), true),
        (format!(r#"{{"credHelpers":{{"{}":"periplasm-none"}}}}"#, server.host), false),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = ask(&server, Sources::none().and_file(&file)).unwrap_err();
        let RegistryFault::Credentials(fault) = error.fault else { panic!("{error}") };
        assert_eq!(matches!(fault, CredentialError::Malformed { .. }), malformed, "{fault}");
        assert_eq!(matches!(fault, CredentialError::Helper { .. }), !malformed, "{fault}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let sources = Sources::none().and_token("registry.example", "very secret");
    let settings = periplasm_registry::Settings::bare().credentials(sources);
    assert!(!format!("{settings:?}").contains("very secret"));
}
