//! A registry that asks for a password.

use periplasm_registry::{PushError, PushOptions, RegistryFault, Settings, Sources, pull, push};
use periplasm_tests::ok;
use periplasm_tests::registry::DockerRegistry;

use crate::{Case, artifact};

pub(crate) const CASES: &[Case] = &[
    ("docker_s_config_opens_a_registry", docker_s_config_opens_a_registry),
    ("without_a_password_nothing_is_pushed", without_a_password_nothing_is_pushed),
];

/// A config.json as `docker login` writes it.
fn config(server: &DockerRegistry, auth: &str) -> Settings {
    let file = server.folder().join("config.json");
    let text = serde_json::json!({ "auths": { server.host(): { "auth": auth } } });
    std::fs::write(&file, text.to_string()).expect("a file in a temporary folder");
    Settings::bare().credentials(Sources::none().and_file(file))
}

fn docker_s_config_opens_a_registry() {
    let server = DockerRegistry::with_password();
    // base64 of `user:secret`.
    let client = server.client_with(config(&server, "dXNlcjpzZWNyZXQ="));
    let name = server.name("private/a:1.0.0");
    let pushed = ok(push(&client, &name, &artifact("a"), &PushOptions::default()));
    assert_eq!(ok(pull(&client, &name)).digest, pushed.digest);
}

fn without_a_password_nothing_is_pushed() {
    let server = DockerRegistry::with_password();
    let name = server.name("private/a:1.0.0");
    // base64 of `user:wrong`.
    let wrong = server.client_with(config(&server, "dXNlcjp3cm9uZw=="));
    for client in [server.client(), wrong] {
        let error = push(&client, &name, &artifact("a"), &PushOptions::default()).unwrap_err();
        let PushError::Registry(error) = &error else { panic!("{error}") };
        assert!(matches!(error.fault, RegistryFault::Unauthorized { .. }), "{error}");
        assert!(!format!("{error:?}").contains("wrong"), "{error:?}");
    }
    let client = server.client_with(config(&server, "dXNlcjpzZWNyZXQ="));
    assert!(pull(&client, &name).unwrap_err().is_missing());
}
