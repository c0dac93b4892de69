//! Statements about artifacts: in-toto's "Statement", versions 0.1 and 1.

use std::collections::BTreeMap;

use miette::Diagnostic;
use periplasm_registry::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The types of the two versions that are read; the second one is written.
const TYPES: [&str; 2] = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"];

/// The most artifacts that one statement may be about.
const MAX_SUBJECTS: usize = 1024;

/// Something that is said about artifacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    #[serde(default)]
    predicate: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Subject {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

/// Bytes that are no statement, or a statement about something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("this is no statement that can be used: {why}")]
#[diagnostic(help("it should be an in-toto statement, of version 0.1 or 1, about the artifact"))]
pub struct StatementError {
    /// What is wrong with it.
    pub why: String,
}

impl Statement {
    /// Says `predicate`, which is of the type `predicate_type`, about the artifact
    /// with this digest. The name is for people: nothing is looked up by it.
    pub fn about(digest: &Digest, name: &str, predicate_type: &str, predicate: Value) -> Self {
        let sha256 = ("sha256".to_owned(), digest.hex().to_owned());
        let subject = Subject { name: name.to_owned(), digest: BTreeMap::from([sha256]) };
        Self {
            kind: TYPES[1].to_owned(),
            subject: vec![subject],
            predicate_type: predicate_type.to_owned(),
            predicate,
        }
    }

    /// Reads JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, StatementError> {
        let fail = |why: String| StatementError { why };
        let read: Self = serde_json::from_slice(bytes).map_err(|error| fail(error.to_string()))?;
        if !TYPES.contains(&read.kind.as_str()) {
            return Err(fail("its `_type` is not one that is known".to_owned()));
        }
        if read.subject.len() > MAX_SUBJECTS {
            return Err(fail(format!("it is about more than {MAX_SUBJECTS} artifacts")));
        }
        Ok(read)
    }

    /// As JSON: always the same bytes for the same statement.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings, and what was JSON: JSON can say them.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What kind of thing is said.
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// What is said.
    pub fn predicate(&self) -> &Value {
        &self.predicate
    }

    /// The digests of the artifacts that it is about.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        let digits = self.subject.iter().filter_map(|subject| subject.digest.get("sha256"));
        digits.filter_map(|digits| format!("sha256:{digits}").parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_read_as_it_was_written() {
        let digest = Digest::of(b"");
        let statement = Statement::about(&digest, "a", "https://slsa.dev/provenance/v1", 1.into());
        assert_eq!(Statement::from_json(&statement.to_json()), Ok(statement.clone()));
        assert_eq!(statement.digests().collect::<Vec<_>>(), [digest]);
    }

    #[test]
    fn what_is_no_statement_is_refused() {
        let other = r#"{"_type":"https://example.com","subject":[],"predicateType":"a"}"#;
        let subject = r#"{"digest":{}}"#;
        let many = vec![subject; MAX_SUBJECTS + 1].join(",");
        let many = format!(r#"{{"_type":"{}","subject":[{many}],"predicateType":"a"}}"#, TYPES[1]);
        let nested = "[".repeat(10_000);
        for text in ["", "{}", other, &many, &nested] {
            assert!(Statement::from_json(text.as_bytes()).is_err(), "{}", text.len());
        }
    }

    #[test]
    fn a_digest_that_is_none_is_nobodys() {
        let text = r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"a",
            "subject":[{"digest":{"sha256":"xyz"}},{"digest":{"sha512":"00"}},{"name":"a"}]}"#;
        assert_eq!(Statement::from_json(text.as_bytes()).unwrap().digests().count(), 0);
    }
}
