//! Connections, and what they fail with.

use std::collections::HashMap;
use std::error::Error;
use std::io::ErrorKind;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Url};

use super::redirect::is_here;
use crate::error::Unreachable;
use crate::settings::Host;
use crate::{RegistryFault, Settings};

/// How long a connection may take: long for a satellite, short for a person.
const CONNECT: Duration = Duration::from_secs(10);
/// Servers close what is idle; so do we, before.
const IDLE: Duration = Duration::from_secs(15);

const AGENT: &str = concat!("periplasm/", env!("CARGO_PKG_VERSION"));

/// Connections by scheme, host and port.
#[derive(Debug, Default)]
pub(super) struct Connections {
    clients: Mutex<HashMap<String, reqwest::Client>>,
}

/// The name of a server as references have it: with the port, if it is not that
/// of the scheme.
pub(super) fn host_of(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

impl Connections {
    /// What makes requests to this server.
    pub(super) fn to(
        &self,
        url: &Url,
        settings: &Settings,
    ) -> Result<reqwest::Client, RegistryFault> {
        let key = url.origin().ascii_serialization();
        // Only whole entries are ever put there.
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = build(url, &settings.host(&host_of(url)))?;
        clients.insert(key, client.clone());
        Ok(client)
    }
}

fn build(url: &Url, host: &Host) -> Result<reqwest::Client, RegistryFault> {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // Whoever installed one before has made the choice for the process.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let mut builder = reqwest::Client::builder()
        .user_agent(AGENT)
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(host.timeout.min(CONNECT))
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        // What is unpacked on the way has another digest, and no known size.
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd();
    if is_here(url) {
        builder = builder.no_proxy();
    }
    if url.scheme() == "http" {
        // No certificate is looked at, so none need be read.
        builder = builder.tls_certs_only([]);
    } else if let Some(pem) = &host.certificate {
        let certificates = Certificate::from_pem_bundle(pem).map_err(fault)?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| RegistryFault::Tls { why: deepest(&error) })
}

/// What a request failed with.
pub(super) fn fault(error: reqwest::Error) -> RegistryFault {
    // A query may have a signature in it, and is not for messages.
    let error = &error.without_url();
    if error.is_timeout() {
        return RegistryFault::Unreachable(Unreachable::TimedOut);
    }
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return RegistryFault::Tls { why: error.to_string() };
        }
        match cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => {
                return RegistryFault::Unreachable(Unreachable::Refused);
            }
            // While the encryption is agreed on: the other side may not know of any.
            Some(ErrorKind::UnexpectedEof) if error.is_connect() => {
                return RegistryFault::Tls { why: "the other side hung up".to_owned() };
            }
            Some(ErrorKind::TimedOut) => return RegistryFault::Unreachable(Unreachable::TimedOut),
            _ => {}
        }
    }
    match error.is_dns() {
        true => RegistryFault::Unreachable(Unreachable::Name),
        false => RegistryFault::Unreachable(Unreachable::Other(deepest(error))),
    }
}

/// The causes, one below the other.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| {
        // An error of the system leaves out the one that it is made of.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

/// The first cause: those above it repeat it, with the address.
fn deepest(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}
