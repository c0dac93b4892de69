//! Who asks: what a registry wants to know, and what it is told.
//!
//! The scope that is asked for is ours, not the one that the registry names: a
//! challenge cannot make us ask for more than the request needs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;

use super::answer;
use super::network::Network;
use super::redirect::{What, follow, is_private};
use super::retry::Failed;
use crate::credentials::{Credential, Looked};
use crate::{RegistryFault, Repository};

/// What is to be done in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Pull,
    Push,
}

/// What was told to registries, as long as they take it.
#[derive(Default)]
pub(super) struct Told {
    headers: Mutex<HashMap<(Repository, Action), (HeaderValue, Instant)>>,
}

/// How long a token is good if nothing is said (distribution, "Token
/// Authentication Specification": 60 seconds).
const GOOD_FOR: Duration = Duration::from_secs(60);
/// The longest that one is kept.
const LONGEST: Duration = Duration::from_secs(3600);
/// The most bytes of a token service's answer.
const MAX_TOKEN: u64 = 256 << 10;
/// How often a token service may send us on, to itself.
const MAX_HOPS: usize = 3;

/// What a challenge asks for.
enum Challenge {
    Basic,
    Bearer { realm: Url, service: Option<String> },
}

/// The answer of a token service. `Debug` is not derived: these are secret.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told(…)")
    }
}

impl Told {
    /// What was told about this before, if it is still good.
    pub(super) fn get(&self, repository: &Repository, action: Action) -> Option<HeaderValue> {
        let headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        let (header, until) = headers.get(&(repository.clone(), action))?;
        (Instant::now() < *until).then(|| header.clone())
    }

    fn put(&self, repository: &Repository, action: Action, header: &HeaderValue, good: Duration) {
        let mut headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + good;
        headers.insert((repository.clone(), action), (header.clone(), until));
    }
}

impl Network {
    /// Answers the challenge that came from `from` with status 401: afterwards the
    /// request may be made again. Says where credentials were looked for.
    pub(super) async fn introduce(
        &self,
        repository: &Repository,
        action: Action,
        from: &Url,
        headers: &HeaderMap,
    ) -> Result<Looked, Failed> {
        let (found, mut looked) =
            self.settings.credentials.find(repository).map_err(RegistryFault::from)?;
        // Who can change the challenge could send them anywhere.
        let found = match is_private(from) {
            true => found,
            false => {
                looked.withheld = found.is_some();
                None
            }
        };
        let unauthorized = |looked| RegistryFault::Unauthorized(looked);
        let (header, good) = match (challenge(headers), found) {
            (Some(Challenge::Basic), Some(Credential::Basic { user, password })) => {
                (basic(&user, &password)?, LONGEST)
            }
            (_, Some(Credential::Bearer(token))) => (secret(&format!("Bearer {token}"))?, LONGEST),
            (Some(Challenge::Bearer { realm, service }), credential) => {
                let scope = match action {
                    Action::Pull => format!("repository:{}:pull", repository.path()),
                    Action::Push => format!("repository:{}:pull,push", repository.path()),
                };
                // A registry on plain http may have its own service there, for
                // those without a name.
                if !is_private(&realm) && realm.origin() != from.origin() {
                    let host = realm.host_str().unwrap_or_default().to_owned();
                    return Err(RegistryFault::PlainHttp { host }.into());
                }
                let token = self.token(&realm, service.as_deref(), &scope, credential).await;
                let Token { token, access_token, expires_in } = match token {
                    Err(Failed { fault: RegistryFault::Unauthorized(_), .. }) => {
                        return Err(unauthorized(looked).into());
                    }
                    other => other?,
                };
                let token = token.or(access_token).ok_or_else(|| RegistryFault::Malformed {
                    why: "the token service answers without a token".to_owned(),
                })?;
                let good = expires_in.map_or(GOOD_FOR, Duration::from_secs).min(LONGEST);
                (secret(&format!("Bearer {token}"))?, good)
            }
            (Some(Challenge::Basic), _) | (None, _) => return Err(unauthorized(looked).into()),
        };
        self.told.put(repository, action, &header, good);
        Ok(looked)
    }

    /// A token for `scope`, from the service that the registry names.
    async fn token(
        &self,
        realm: &Url,
        service: Option<&str>,
        scope: &str,
        credential: Option<Credential>,
    ) -> Result<Token, Failed> {
        let mut pairs = vec![("scope", scope)];
        pairs.extend(service.map(|service| ("service", service)));
        let mut url = realm.clone();
        let (mut method, mut headers, mut body) = (Method::GET, HeaderMap::new(), String::new());
        match &credential {
            Some(Credential::Identity(token)) => {
                // OAuth 2 (RFC 6749, section 6), as docker does it.
                pairs.extend([("grant_type", "refresh_token"), ("client_id", "periplasm")]);
                pairs.push(("refresh_token", token));
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                (method, body) = (Method::POST, form);
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert(CONTENT_TYPE, kind);
            }
            other => {
                url.query_pairs_mut().extend_pairs(pairs);
                if let Some(Credential::Basic { user, password }) = other {
                    headers.insert(AUTHORIZATION, basic(user, password)?);
                }
            }
        }
        for _ in 0..=MAX_HOPS {
            let sent = self.send(&method, &url, headers.clone(), body.clone().into()).await?;
            let status = sent.status();
            if status.is_redirection() {
                url = self.next(&url, &sent, What::Said)?.0;
                continue;
            }
            let host = self.settings.host(url.host_str().unwrap_or_default());
            return match status {
                StatusCode::OK => {
                    let text = answer::body(sent, MAX_TOKEN, host.timeout).await?;
                    serde_json::from_slice(&text).map_err(|_| {
                        let why = "the token service does not answer in JSON".to_owned();
                        RegistryFault::Malformed { why }.into()
                    })
                }
                StatusCode::UNAUTHORIZED => {
                    Err(RegistryFault::Unauthorized(Looked::default()).into())
                }
                _ => Err(answer::failure(sent, host.timeout).await),
            };
        }
        Err(RegistryFault::Redirected { to: super::redirect::shown(&url) }.into())
    }

    /// Where this redirect goes, and whether that is the same server.
    pub(super) fn next(
        &self,
        from: &Url,
        response: &reqwest::Response,
        what: What,
    ) -> Result<(Url, bool), RegistryFault> {
        let to =
            answer::header(response, "location").ok_or_else(|| RegistryFault::NotRegistry {
                why: format!("it sends us on (status {}) to nowhere", response.status().as_u16()),
            })?;
        let to = from
            .join(to)
            .map_err(|_| RegistryFault::Redirected { to: to.chars().take(200).collect() })?;
        follow(from, &to, what).map(|same| (to, same))
    }
}

/// The challenge that can be met: a token rather than a password.
fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let mut basic = None;
    for value in headers.get_all(WWW_AUTHENTICATE) {
        for challenge in http_auth::parse_challenges(value.to_str().ok()?).ok()? {
            let param = |name: &str| {
                let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.to_unescaped())
            };
            if challenge.scheme.eq_ignore_ascii_case("bearer") {
                let realm = param("realm")?.parse().ok()?;
                return Some(Challenge::Bearer { realm, service: param("service") });
            }
            if challenge.scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Challenge::Basic);
            }
        }
    }
    basic
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, RegistryFault> {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    secret(&format!("Basic {text}"))
}

/// A header that no log shows.
fn secret(value: &str) -> Result<HeaderValue, RegistryFault> {
    let mut header = HeaderValue::from_str(value).map_err(|_| RegistryFault::Malformed {
        why: "a token or a password has characters that no header may have".to_owned(),
    })?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(values: &[&str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(value).ok()?);
        }
        challenge(&headers)
    }

    #[test]
    fn a_token_is_better_than_a_password() {
        // As in "Token Authentication Specification" of distribution.
        let bearer = r#"Bearer realm="https://auth.example/token",service="s.example",scope="x""#;
        for values in [&[bearer][..], &["Basic realm=\"a\"", bearer], &["Negotiate", bearer]] {
            let Some(Challenge::Bearer { realm, service }) = read(values) else {
                panic!("{values:?}")
            };
            assert_eq!(realm.as_str(), "https://auth.example/token");
            assert_eq!(service.as_deref(), Some("s.example"));
        }
        assert!(matches!(read(&["bAsIc realm=\"a\""]), Some(Challenge::Basic)));
        for value in
            ["", "Negotiate", "Bearer", "Bearer realm=\"no address\"", "Digest realm=\"a\""]
        {
            assert!(read(&[value]).is_none(), "{value}");
        }
    }

    #[test]
    fn nothing_is_told_over_plain_http_to_another_machine() {
        use crate::{Settings, Sources};

        let repository: Repository = "registry.example/a".parse().unwrap();
        let sources = Sources::none().and_token("registry.example", "secret");
        let settings = Settings::bare().plain_http("registry.example").credentials(sources);
        let network = Network::new(settings, std::sync::Arc::new(()));
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"a\""));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (from, told) in
            [("http://registry.example/", false), ("https://registry.example/", true)]
        {
            let from = from.parse().unwrap();
            let asked = network.introduce(&repository, Action::Pull, &from, &headers);
            let asked = runtime.block_on(asked).map_err(|failed| failed.fault.to_string());
            let withheld = "the registry wants to know who asks: the credentials from \
                            PERIPLASM_REGISTRY_TOKEN were not sent over plain http";
            assert_eq!(asked.map(drop), if told { Ok(()) } else { Err(withheld.to_owned()) });
            assert_eq!(network.told.get(&repository, Action::Pull).is_some(), told);
        }
    }

    proptest! {
        #[test]
        fn any_challenge_is_read_or_not(value in "[ -~]{0,80}", param in "[ -~]{0,40}") {
            let _ = read(&[&value]);
            let _ = read(&[&format!("Bearer realm=\"{param}\",{value}")]);
            let _ = read(&[&format!("Bearer realm={param}")]);
        }
    }
}
