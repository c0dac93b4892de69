//! What passes is tried again, what does not is not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use periplasm_registry::{At, Client, Progress, Registry, RegistryError, RegistryFault, Settings};

use crate::common::{golden, manifest_answer, text};
use crate::server::{Answer, Server, answer};

const MANIFEST: &str = "GET /v2/a/manifests/1";

/// Remembers what was tried again, and after which wait.
#[derive(Debug, Default)]
struct Watch(Mutex<Vec<(String, Duration)>>);

impl Progress for Watch {
    fn begin(&self, _: &str, _: Option<u64>) {}

    fn advance(&self, _: u64) {}

    fn end(&self) {}

    fn retry(&self, _: &str, why: &RegistryFault, wait: Duration) {
        self.0.lock().unwrap().push((why.to_string(), wait));
    }
}

/// Asks up to three times, with these answers.
fn ask(
    answers: impl IntoIterator<Item = Answer>,
) -> (Server, Arc<Watch>, Result<(), RegistryError>) {
    let server = Server::new();
    server.on(MANIFEST, answers);
    let settings = Settings::bare()
        .patience(&server.host, Duration::from_secs(20), 2)
        .first_wait(Duration::from_millis(1));
    let watch = Arc::new(Watch::default());
    let client = Client::new(settings, watch.clone()).unwrap();
    let asked = client.manifest(&server.repository(), At::Tag("1")).map(drop);
    (server, watch, asked)
}

#[test]
fn too_many_requests_then_success() {
    let (server, watch, asked) = ask([answer(429).header("Retry-After", "1"), manifest_answer()]);
    asked.unwrap();
    assert_eq!(server.count(MANIFEST), 2);
    // Not how long it took, but what was waited for.
    let waits = watch.0.lock().unwrap();
    assert_eq!(
        *waits,
        [(
            "the registry wants fewer requests, and to be asked again in 1 s".to_owned(),
            Duration::from_secs(1),
        )]
    );
}

#[test]
fn a_date_to_be_asked_again_that_is_over() {
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    let (server, watch, asked) = ask([answer(503).header("Retry-After", date), manifest_answer()]);
    asked.unwrap();
    assert_eq!(server.count(MANIFEST), 2);
    assert!(watch.0.lock().unwrap()[0].1 <= Duration::from_millis(1));
}

#[test]
fn too_many_requests_for_a_day() {
    let (server, _, asked) = ask([answer(429).header("Retry-After", "86400")]);
    let error = asked.unwrap_err();
    let day = Some(Duration::from_secs(86400));
    assert!(
        matches!(error.fault, RegistryFault::RateLimited { retry_after } if retry_after == day)
    );
    assert_eq!(server.count(MANIFEST), 1);
    golden("rate-limited.txt", &text(&server, &error));
}

#[test]
fn a_failure_then_success() {
    for failure in [answer(500), answer(502), answer(503), answer(408), answer(200).nothing()] {
        let (server, watch, asked) = ask([failure, manifest_answer()]);
        asked.unwrap();
        assert_eq!(server.count(MANIFEST), 2);
        assert_eq!(watch.0.lock().unwrap().len(), 1);
    }
}

#[test]
fn a_failure_for_good() {
    let said = r#"{"errors":[{"code":"UNKNOWN","message":"disk full"}]}"#;
    let (server, watch, asked) = ask([answer(500).body(said)]);
    let error = asked.unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Server { status: 500, .. }), "{error}");
    assert_eq!(server.count(MANIFEST), 3);
    assert_eq!(watch.0.lock().unwrap().len(), 2);
    golden("server.txt", &text(&server, &error));
}

#[test]
fn what_does_not_pass() {
    for status in [400, 401, 403, 404, 501] {
        let (server, watch, asked) = ask([answer(status), manifest_answer()]);
        asked.unwrap_err();
        assert_eq!(server.count(MANIFEST), 1, "{status}");
        assert!(watch.0.lock().unwrap().is_empty());
    }
}
