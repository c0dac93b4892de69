//! Reading a lock.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::NamedSource;
use serde::Deserialize;
use toml::Spanned;

use super::{Lock, LockError, LockedPackage, LockedStage, VERSION};
use crate::fetch::{digest_of, is_digest};
use crate::report::SourceReport;

/// The most bytes of a lock that are read.
const MAX_BYTES: u64 = 4 << 20;

/// The first thing that is read, so that another version is told from damage.
#[derive(Deserialize)]
struct Version {
    version: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "version")]
    _version: i64,
    pipeline: String,
    digest: Spanned<String>,
    #[serde(default, rename = "stage")]
    stages: Vec<Spanned<RawStage>>,
    #[serde(default, rename = "package")]
    packages: Vec<RawPackage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStage {
    name: String,
    #[serde(rename = "crate")]
    crate_: Option<String>,
    wasm: Option<String>,
    oci: Option<String>,
    package: Option<String>,
    resolved: Option<Spanned<String>>,
    digest: Spanned<String>,
    #[serde(default)]
    with: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    exports: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPackage {
    name: String,
    digest: Spanned<String>,
}

pub(super) fn read(path: &Path) -> Result<Option<Lock>, LockError> {
    let unreadable = |source| LockError::Unreadable { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(LockError::TooLarge { path: path.to_owned(), limit: MAX_BYTES });
    }
    match String::from_utf8(bytes) {
        Ok(text) => parse(path, &text).map(Some),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Err(Place { path, text: &text }.not_a_lock("it is not text in UTF-8", at..at))
        }
    }
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Lock, LockError> {
    // A checkout may have changed the ends of lines.
    let text = &text.replace("\r\n", "\n");
    let place = Place { path, text };
    let version: Version = place.toml()?;
    if *version.version.get_ref() != VERSION {
        return Err(LockError::Version {
            path: path.to_owned(),
            found: *version.version.get_ref(),
            expected: VERSION,
            text: place.source(),
            at: version.version.span().into(),
        });
    }
    let raw: Raw = place.toml()?;
    let lock = Lock {
        pipeline: raw.pipeline,
        digest: place.digest(raw.digest)?,
        stages: raw.stages.into_iter().map(|raw| place.stage(raw)).collect::<Result<_, _>>()?,
        packages: raw
            .packages
            .into_iter()
            .map(|raw| Ok(LockedPackage { name: raw.name, digest: place.digest(raw.digest)? }))
            .collect::<Result<_, _>>()?,
    };
    place.as_written(&lock)?;
    Ok(lock)
}

/// A lock's text, for messages.
struct Place<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Place<'_> {
    fn source(&self) -> Arc<NamedSource<String>> {
        // A terminal must not be moved by what is in the file; places stay.
        let plain = |c: char| if c.is_control() && c.is_ascii() && c != '\n' { '?' } else { c };
        let text = self.text.chars().map(plain).collect();
        Arc::new(NamedSource::new(self.path.display().to_string(), text))
    }

    fn not_a_lock(&self, message: impl Into<String>, at: std::ops::Range<usize>) -> LockError {
        LockError::NotALock {
            path: PathBuf::from(self.path),
            message: message.into(),
            text: self.source(),
            at: at.into(),
        }
    }

    fn toml<T: for<'de> Deserialize<'de>>(&self) -> Result<T, LockError> {
        toml::from_str(self.text).map_err(|error| {
            let end = self.text.len();
            let message = crate::name::shown(&error.message().replace('\n', ", "), 200);
            self.not_a_lock(message, error.span().unwrap_or(end..end))
        })
    }

    fn digest(&self, text: Spanned<String>) -> Result<String, LockError> {
        if is_digest(text.get_ref()) {
            return Ok(text.into_inner());
        }
        let message = "a digest is `sha256:` and 64 digits of 0 to 9 and a to f";
        Err(self.not_a_lock(message, text.span()))
    }

    fn stage(&self, raw: Spanned<RawStage>) -> Result<LockedStage, LockError> {
        let at = raw.span();
        let raw = raw.into_inner();
        let resolved = match raw.resolved {
            Some(resolved) if digest_of(resolved.get_ref()).is_none() => {
                return Err(self.not_a_lock("this has no digest after `@`", resolved.span()));
            }
            resolved => resolved.map(Spanned::into_inner),
        };
        let source = match (raw.crate_, raw.wasm, raw.oci, raw.package, resolved) {
            (Some(path), None, None, None, None) => SourceReport::Crate(path),
            (None, Some(path), None, None, None) => SourceReport::Wasm(path),
            (None, None, Some(reference), None, Some(resolved)) => {
                SourceReport::Oci { reference, resolved }
            }
            (None, None, None, Some(name), Some(resolved)) => {
                SourceReport::Package { name, resolved }
            }
            _ => {
                let message = "a stage has one of `crate` and `wasm`, or one of `oci` and \
                    `package` with `resolved`";
                return Err(self.not_a_lock(message, at));
            }
        };
        let with = raw.with.into_iter().map(|(part, digest)| Ok((part, self.digest(digest)?)));
        Ok(LockedStage {
            name: raw.name,
            source,
            digest: self.digest(raw.digest)?,
            with: with.collect::<Result<_, _>>()?,
            imports: raw.imports,
            exports: raw.exports,
        })
    }

    /// Whether the text is the one that is written for this lock, sorted and
    /// without doubles.
    fn as_written(&self, lock: &Lock) -> Result<(), LockError> {
        let mut sorted = lock.clone();
        sorted.stages.sort_by(|a, b| a.name.cmp(&b.name));
        sorted.stages.dedup_by(|a, b| a.name == b.name);
        sorted.packages.sort_by(|a, b| a.name.cmp(&b.name));
        sorted.packages.dedup_by(|a, b| a.name == b.name);
        for stage in &mut sorted.stages {
            for names in [&mut stage.imports, &mut stage.exports] {
                names.sort();
                names.dedup();
            }
        }
        let written = sorted.to_string();
        if written == self.text {
            return Ok(());
        }
        let mut expected = written.split_inclusive('\n');
        let mut offset = 0;
        let mut line = 1;
        for found in self.text.split_inclusive('\n') {
            if expected.next() != Some(found) {
                break;
            }
            offset += found.len();
            line += 1;
        }
        let rest = self.text.get(offset..).unwrap_or_default();
        let length = rest.lines().next().unwrap_or_default().len();
        Err(LockError::Edited {
            path: self.path.to_owned(),
            line,
            text: self.source(),
            at: (offset, length).into(),
        })
    }
}
