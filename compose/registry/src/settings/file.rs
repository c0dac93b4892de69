//! Reading `registries.toml`.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use miette::NamedSource;
use serde::Deserialize;
use toml::Spanned;

use super::{Host, Mirror, Settings, SettingsError, SettingsProblem};
use crate::Repository;

/// The most bytes of settings, or of a certificate, that are read.
const MAX_BYTES: u64 = 1 << 20;

/// Mebibytes.
const CACHE_LIMITS: Range<u64> = 1..1 << 20;
/// Seconds of silence; an hour is a mistake.
const TIMEOUTS: Range<u64> = 1..3601;
/// More would be a burden for the registry.
const RETRIES: Range<u64> = 0..11;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    cache: Option<Cache>,
    cache_limit: Option<Spanned<u64>>,
    offline: Option<bool>,
    #[serde(default)]
    registries: BTreeMap<Spanned<String>, Entry>,
}

/// A folder, or `false` for none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cache {
    Folder(PathBuf),
    Used(bool),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Entry {
    plain_http: Option<bool>,
    #[serde(default)]
    mirrors: Vec<Spanned<Named>>,
    timeout: Option<Spanned<u64>>,
    retries: Option<Spanned<u64>>,
    certificate: Option<Spanned<PathBuf>>,
}

/// A mirror: its name alone, or with what it may do.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Plain(String),
    With(MirrorTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MirrorTable {
    at: String,
    #[serde(default)]
    resolve: bool,
}

/// Reads the file into `settings`. Paths in it are relative to its folder.
pub(super) fn read(path: &Path, settings: &mut Settings) -> Result<(), SettingsError> {
    let fail = |text: &str, problems| SettingsError {
        path: path.to_owned(),
        text: NamedSource::new(path.display().to_string(), Arc::from(text)).with_language("toml"),
        problems,
    };
    let bytes = bounded(path).map_err(|problem| fail("", vec![problem]))?;
    let text = String::from_utf8_lossy(&bytes);
    let file: File = toml::from_str(&text).map_err(|error| {
        let end = text.len();
        let at = error.span().unwrap_or(end..end).into();
        let message = error.message().replace('\n', ", ");
        fail(&text, vec![SettingsProblem::Form { message, at }])
    })?;

    let folder = path.parent().unwrap_or(Path::new(""));
    match file.cache {
        Some(Cache::Folder(cache)) => settings.cache = Some(folder.join(cache)),
        Some(Cache::Used(false)) => settings.cache = None,
        Some(Cache::Used(true)) | None => {}
    }
    settings.offline |= file.offline.unwrap_or_default();
    let mut problems = Vec::new();
    if let Some(mib) = number("cache-limit", file.cache_limit, CACHE_LIMITS, &mut problems) {
        settings.cache_limit = mib << 20;
    }
    for (name, entry) in file.registries {
        let at = name.span();
        let name = name.into_inner();
        // A repository's name checks that of its registry.
        if format!("{name}/a").parse::<Repository>().is_err() || name.contains('/') {
            problems.push(SettingsProblem::Registry { name, at: at.into() });
            continue;
        }
        let host = host(folder, entry, &mut problems);
        settings.hosts.insert(name, host);
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(fail(&text, problems)),
    }
}

fn host(folder: &Path, entry: Entry, problems: &mut Vec<SettingsProblem>) -> Host {
    let mut host = Host { plain_http: entry.plain_http, ..Host::default() };
    for named in entry.mirrors {
        let at = named.span();
        let (name, resolve) = match named.into_inner() {
            Named::Plain(name) => (name, false),
            Named::With(table) => (table.at, table.resolve),
        };
        let (registry, prefix) = name.split_once('/').unwrap_or((&name, ""));
        let mirror = Mirror { host: registry.to_owned(), prefix: prefix.to_owned(), resolve };
        match format!("{name}/a").parse::<Repository>() {
            Ok(_) => host.mirrors.push(mirror),
            Err(_) => problems.push(SettingsProblem::Mirror { name, at: at.into() }),
        }
    }
    if let Some(timeout) = number("timeout", entry.timeout, TIMEOUTS, problems) {
        host.timeout = Duration::from_secs(timeout);
    }
    if let Some(retries) = number("retries", entry.retries, RETRIES, problems) {
        host.retries = u32::try_from(retries).unwrap_or(host.retries);
    }
    if let Some(certificate) = entry.certificate {
        let path = folder.join(certificate.get_ref());
        match bounded(&path) {
            Ok(pem) if has_certificate(&pem) => host.certificate = Some(pem),
            Ok(_) => {
                let at = certificate.span().into();
                problems.push(SettingsProblem::Certificate { path, at });
            }
            Err(problem) => problems.push(problem),
        }
    }
    host
}

fn number(
    key: &'static str,
    value: Option<Spanned<u64>>,
    range: Range<u64>,
    problems: &mut Vec<SettingsProblem>,
) -> Option<u64> {
    let value = value?;
    if !range.contains(value.get_ref()) {
        let at = value.span().into();
        let (least, most) = (range.start, range.end - 1);
        problems.push(SettingsProblem::Range { key, least, most, at });
        return None;
    }
    Some(value.into_inner())
}

fn has_certificate(pem: &[u8]) -> bool {
    reqwest::Certificate::from_pem_bundle(pem).is_ok_and(|found| !found.is_empty())
}

fn bounded(path: &Path) -> Result<Vec<u8>, SettingsProblem> {
    let unreadable = |source| SettingsProblem::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(SettingsProblem::TooLarge { path: path.to_owned(), limit: MAX_BYTES });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts that are nearly right get further than any.
    const PIECES: [&str; 12] = [
        "[registries.\"registry.example\"]\n",
        "[registries.\"\u{e9}\"]\n",
        "plain-http = true\n",
        "mirrors = [\"mirror.example/a\"]\n",
        "mirrors = [{ at = \"m.example\" }, \"/\", \"\"]\n",
        "timeout = 10\n",
        "timeout = -1\n",
        "retries = 18446744073709551615\n",
        "certificate = \"\"\n",
        "cache = false\n",
        "cache = \"x\"\n",
        "offline = true\n",
    ];

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..6),
            noise in any::<Vec<u8>>(),
            at in any::<prop::sample::Index>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("registries.toml");
            let whole = pieces.concat().into_bytes();
            let mut cut = whole.clone();
            cut.truncate(at.index(whole.len() + 1));
            cut.extend(&noise);
            for bytes in [whole, cut, noise] {
                std::fs::write(&path, bytes).unwrap();
                if let Err(error) = read(&path, &mut Settings::bare()) {
                    prop_assert!(!error.problems.is_empty());
                    // Rendering finds places that are not in the text.
                    let shown = format!("{:?}", miette::Report::new(error));
                    prop_assert!(shown.contains("registries.toml"));
                }
            }
        }
    }
}
