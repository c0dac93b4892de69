//! Reading what a registry answers, up to a limit.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::connect;
use super::retry::{Failed, asked_wait};
use crate::RegistryFault;
use crate::error::Unreachable;

/// The most bytes of an error that are read.
const MAX_ERROR: u64 = 8 << 10;
/// The most characters of it that are shown.
const MAX_SAID: usize = 200;

/// The errors of a registry (OCI distribution spec 1.1, "Error Codes").
#[derive(Deserialize)]
struct Errors {
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The media type, without its parameters.
pub(super) fn media_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let value = value.unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A header, if it is text.
pub(super) fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The whole body: at most `limit` bytes, all of them within `patience`.
pub(super) async fn body(
    mut response: Response,
    limit: u64,
    patience: Duration,
) -> Result<Vec<u8>, RegistryFault> {
    let expected = response.content_length();
    if expected.is_some_and(|expected| expected > limit) {
        return Err(RegistryFault::TooLarge { limit });
    }
    let until = Instant::now() + patience;
    let mut bytes = Vec::new();
    while let Some(chunk) = piece(&mut response, until, bytes.len() as u64, expected).await? {
        if bytes.len() as u64 + chunk.len() as u64 > limit {
            return Err(RegistryFault::TooLarge { limit });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The next bytes. `got` is how many came before, for the error.
pub(super) async fn piece(
    response: &mut Response,
    until: Instant,
    got: u64,
    expected: Option<u64>,
) -> Result<Option<bytes::Bytes>, RegistryFault> {
    match timeout_at(until, response.chunk()).await {
        Err(_) => Err(RegistryFault::Unreachable(Unreachable::TimedOut)),
        Ok(Ok(piece)) => Ok(piece),
        Ok(Err(error)) => Err(match (connect::fault(error), expected) {
            (RegistryFault::Unreachable(Unreachable::Other(_)), Some(expected)) => {
                RegistryFault::Truncated { got, expected }
            }
            (fault, _) => fault,
        }),
    }
}

/// What an answer that is no success means.
pub(super) async fn failure(response: Response, patience: Duration) -> Failed {
    let status = response.status();
    let wait = asked_wait(&response);
    let kind = media_type(&response);
    // Whatever is wrong with an error's text, the error is another.
    let text = body(response, MAX_ERROR, patience).await.unwrap_or_default();
    let said = said(&text);
    let fault = match status {
        StatusCode::NOT_FOUND if kind == "text/html" => {
            RegistryFault::NotRegistry { why: "it answers with a web page".to_owned() }
        }
        StatusCode::NOT_FOUND => RegistryFault::Missing,
        StatusCode::FORBIDDEN => RegistryFault::Forbidden { said },
        StatusCode::TOO_MANY_REQUESTS => RegistryFault::RateLimited { retry_after: wait },
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            RegistryFault::Server { status: status.as_u16(), said }
        }
        status => RegistryFault::Refused { status: status.as_u16(), said },
    };
    Failed { fault, wait }
}

/// The first error of a registry's list, in a form that can be shown.
fn said(text: &[u8]) -> Option<String> {
    let errors: Errors = serde_json::from_slice(text).ok()?;
    let OneError { code, message } = errors.errors.into_iter().next()?;
    let said = match (code.is_empty(), message.is_empty()) {
        (true, true) => return None,
        (false, true) => code,
        (true, false) => message,
        (false, false) => format!("{code}: {message}"),
    };
    Some(said.chars().filter(|c| !c.is_control()).take(MAX_SAID).collect())
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn what_a_registry_says_is_cut_and_cleaned() {
        let denied = br#"{"errors":[{"code":"DENIED","message":"no\u001b[31m","detail":{}}]}"#;
        assert_eq!(said(denied).as_deref(), Some("DENIED: no[31m"));
        let long = format!(r#"{{"errors":[{{"message":"{}"}}]}}"#, "x".repeat(1000));
        assert_eq!(said(long.as_bytes()).map(|said| said.len()), Some(200));
        for text in ["", "404 page not found", "{}", r#"{"errors":[]}"#, r#"{"errors":[{}]}"#] {
            assert_eq!(said(text.as_bytes()), None, "{text}");
        }
    }
}
