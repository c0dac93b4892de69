//! What something was built from (in-toto, "ResourceDescriptor").

use std::collections::BTreeMap;

use periplasm_registry::Digest;
use serde_json::{Value, json};

/// One thing that it was built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    name: String,
    digest: Digest,
    uri: Option<String>,
    notes: BTreeMap<String, String>,
}

impl Input {
    /// Something with this name and digest.
    pub fn new(name: impl Into<String>, digest: Digest) -> Self {
        Self { name: name.into(), digest, uri: None, notes: BTreeMap::new() }
    }

    /// Where it is.
    #[must_use]
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = Some(uri.into());
        self
    }

    /// More about it.
    #[must_use]
    pub fn note(mut self, name: &str, value: impl Into<String>) -> Self {
        self.notes.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn to_value(&self) -> Value {
        let mut value = json!({ "name": self.name, "digest": { "sha256": self.digest.hex() } });
        if let Some(uri) = &self.uri {
            value["uri"] = uri.as_str().into();
        }
        if !self.notes.is_empty() {
            value["annotations"] = json!(self.notes);
        }
        value
    }
}

/// A revision of the source in git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Where the repository is, if that is known.
    pub repository: Option<String>,
    /// The commit: 40 hexadecimal digits, or 64.
    pub commit: String,
    /// Whether files that git knows differed from it.
    pub changed: bool,
}

impl Revision {
    /// Reads a commit, with `-dirty` behind it if files were changed. None if it
    /// is no commit.
    pub fn read(text: &str, repository: Option<&str>) -> Option<Self> {
        let (commit, changed) = match text.strip_suffix("-dirty") {
            Some(commit) => (commit, true),
            None => (text, false),
        };
        let is_commit = matches!(commit.len(), 40 | 64)
            && commit.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let repository = repository.map(str::to_owned);
        is_commit.then(|| Self { repository, commit: commit.to_owned(), changed })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut value = json!({ "name": "source", "digest": { "gitCommit": self.commit } });
        if let Some(repository) = &self.repository {
            // SPDX's form of a place under version control.
            let git = if repository.starts_with("git+") { "" } else { "git+" };
            value["uri"] = format!("{git}{repository}").into();
        }
        if self.changed {
            value["annotations"] = json!({ "changed": true });
        }
        value
    }
}
