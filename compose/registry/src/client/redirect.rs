//! Where a registry may send us.

use reqwest::Url;
use url::Host;

use crate::RegistryFault;

/// What is asked for: where it may come from depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Something that is believed: a manifest by tag, a list, a token.
    Said,
    /// The bytes of a blob, which are checked against their digest.
    Blob,
}

/// Whether a machine is this one: then nobody is between.
pub(super) fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether credentials may go there.
pub(super) fn is_private(url: &Url) -> bool {
    url.scheme() == "https" || is_here(url)
}

/// Whether the registry's answer that this is at `to` is followed from `from`;
/// then, whether it is the same server.
pub(super) fn follow(from: &Url, to: &Url, what: What) -> Result<bool, RegistryFault> {
    let same = from.origin() == to.origin();
    let web = matches!(to.scheme(), "http" | "https");
    // A name and a password in an address are not ours to send.
    let plain = to.username().is_empty() && to.password().is_none();
    let private =
        to.scheme() == "https" || (from.scheme() == "http" && is_here(from) && is_here(to));
    match web && plain && (same || (what == What::Blob && private)) {
        true => Ok(same),
        false => Err(RegistryFault::Redirected { to: shown(to) }),
    }
}

/// An address for a message: the query may have a signature in it.
pub(super) fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or("nowhere");
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let shown = format!("{}://{host}{port}{}", url.scheme(), url.path());
    shown.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(from: &str, to: &str, what: What) -> Option<bool> {
        follow(&from.parse().unwrap(), &to.parse().unwrap(), what).ok()
    }

    #[test]
    fn only_a_blob_comes_from_elsewhere_and_only_by_https() {
        let https = "https://registry.example/v2/a/blobs/1";
        for (to, as_said, as_blob) in [
            ("https://registry.example/elsewhere", Some(true), Some(true)),
            ("https://registry.example:443/elsewhere", Some(true), Some(true)),
            ("https://registry.example:444/elsewhere", None, Some(false)),
            ("https://storage.example/1?signature=2", None, Some(false)),
            ("http://registry.example/v2/a/blobs/1", None, None),
            ("http://storage.example/1", None, None),
            ("http://127.0.0.1/1", None, None),
            ("https://user:word@storage.example/1", None, None),
            ("https://user@registry.example/1", None, None),
            ("file:///etc/passwd", None, None),
            ("ftp://registry.example/1", None, None),
        ] {
            assert_eq!(said(https, to, What::Said), as_said, "{to}");
            assert_eq!(said(https, to, What::Blob), as_blob, "{to}");
        }
    }

    #[test]
    fn plain_http_stays_on_its_server_or_this_machine() {
        for (from, to, as_blob) in [
            ("http://127.0.0.1:5000/a", "http://127.0.0.1:5001/a", Some(false)),
            ("http://127.0.0.1:5000/a", "http://[::1]:5001/a", Some(false)),
            ("http://127.0.0.1:5000/a", "http://storage.example/a", None),
            ("http://registry.example/a", "http://127.0.0.1/a", None),
            ("http://registry.example/a", "http://registry.example/b", Some(true)),
            ("http://registry.example/a", "http://storage.example/b", None),
            ("http://registry.example/a", "https://storage.example/b", Some(false)),
        ] {
            assert_eq!(said(from, to, What::Blob), as_blob, "{from} {to}");
        }
    }

    #[test]
    fn this_machine_is_known_by_its_addresses() {
        let here = |url: &str| is_here(&url.parse().unwrap());
        assert!(here("http://127.0.0.1:5000/") && here("http://127.9.9.9/"));
        assert!(here("http://[::1]/") && here("http://localhost:5000/"));
        // Written otherwise, as people do who want to be mistaken.
        assert!(here("http://2130706433/") && here("http://0x7f.1/"));
        for url in ["http://0.0.0.0/", "http://localhost.example/", "http://127.0.0.1.example/"] {
            assert!(!here(url), "{url}");
        }
    }
}
