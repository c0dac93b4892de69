//! Why an artifact may not be used.

use chrono::NaiveDate;
use miette::Diagnostic;
use periplasm_registry::RegistryError;

use crate::signature::MAX_SIGNATURES;

/// Why an artifact may not be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no policy.
    #[error("{repository} is in a registry, and no policy says whose signatures are believed")]
    #[diagnostic(help(
        "write {policy}, or name another file with --policy:\n[[trust]]\nrepositories = \
         [\"{repository}\"]\nkeys = [{{ file = \"vendor.pub\" }}]"
    ))]
    NoPolicy {
        /// What was asked for.
        repository: String,
        /// Where the policy would be.
        policy: String,
    },
    /// The policy says nothing of this repository.
    #[error("no rule of {policy} is for {repository}")]
    #[diagnostic(help(
        "what is not named there is refused. If you believe who publishes it, add:\n[[trust]]\n\
         repositories = [\"{repository}\"]\nkeys = [{{ file = \"vendor.pub\" }}]"
    ))]
    NoRule {
        /// What was asked for.
        repository: String,
        /// The policy.
        policy: String,
    },
    /// Nobody signed it.
    #[error("{artifact} is not signed")]
    #[diagnostic(help(
        "the policy believes {keys}: have it signed by `cargo xtask publish --key` or `cosign sign \
         --key`, or say `unsigned = true` in the policy for repositories that need no signature"
    ))]
    Unsigned {
        /// The artifact.
        artifact: String,
        /// The keys that are believed.
        keys: String,
    },
    /// What is signed is another artifact.
    #[error("the signature of {artifact} is for another digest: {found}")]
    #[diagnostic(help(
        "somebody put it here that belongs elsewhere, or the artifact was changed after it was \
         signed; do not use it before its publisher has signed it"
    ))]
    OtherDigest {
        /// The artifact.
        artifact: String,
        /// What is signed.
        found: String,
    },
    /// Somebody signed it who is not believed.
    #[error("{artifact} is signed, by {}", by(found.as_deref()))]
    #[diagnostic(help(
        "the policy believes {keys}. If you believe that key too, add its file to the rule's \
         `keys`; a signature that was changed looks the same"
    ))]
    UnknownKey {
        /// The artifact.
        artifact: String,
        /// The fingerprint of the key, if the signature tells it.
        found: Option<String>,
        /// The keys that are believed, with their fingerprints.
        keys: String,
    },
    /// The key is believed no more.
    #[error("{artifact} is signed by `{key}`, which is believed until {last} only")]
    #[diagnostic(help(
        "ask for a signature by a newer key. Is this machine's clock right? If the old key may be \
         believed longer, change its `not-after` in the policy"
    ))]
    Expired {
        /// The artifact.
        artifact: String,
        /// How the policy names the key.
        key: String,
        /// The last day.
        last: NaiveDate,
    },
    /// The key is not believed yet.
    #[error("{artifact} is signed by `{key}`, which is believed from {first} on only")]
    #[diagnostic(help(
        "is this machine's clock right? Machines without a battery begin in 1970. Otherwise change \
         the key's `not-before` in the policy"
    ))]
    NotYetValid {
        /// The artifact.
        artifact: String,
        /// How the policy names the key.
        key: String,
        /// The first day.
        first: NaiveDate,
    },
    /// It says that it is of a key that is believed, and is not.
    #[error("the signature of {artifact} says that it is by `{key}`, and it is not")]
    #[diagnostic(help("it was damaged or forged: do not use it, and tell its publisher"))]
    Broken {
        /// The artifact.
        artifact: String,
        /// How the policy names the key.
        key: String,
    },
    /// What there is cannot be read as a signature.
    #[error("the signature of {artifact} cannot be read: {why}")]
    #[diagnostic(help(
        "it is damaged, or of a kind that is not known: signatures by a key pair are, as \
         `cargo xtask publish --key` and `cosign sign --key` make them"
    ))]
    Malformed {
        /// The artifact.
        artifact: String,
        /// What is wrong with it.
        why: String,
    },
    /// Some of those signed it who all must.
    #[error("{artifact} is signed by {signed}, and not by {missing}")]
    #[diagnostic(help("the policy says `require = \"all\"`: have it signed by all of them"))]
    NotAll {
        /// The artifact.
        artifact: String,
        /// Who signed.
        signed: String,
        /// Who did not.
        missing: String,
    },
    /// More signatures than are looked at.
    #[error("{message}")]
    #[diagnostic(help(
        "at most {MAX_SIGNATURES} are looked at: have those taken out that nobody needs"
    ))]
    TooMany {
        /// Where.
        message: String,
    },
    /// The signatures cannot be had.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
}

fn by(found: Option<&str>) -> String {
    match found {
        Some(found) => format!("the key {found}, which is not believed"),
        None => "a key that is not believed".to_owned(),
    }
}
