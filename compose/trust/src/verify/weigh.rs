//! Weighing signatures: which of a rule's keys made them, and if none did, why
//! they do not count.

use chrono::NaiveDate;
use periplasm_registry::Digest;

use super::{Signer, VerifyError};
use crate::policy::{Require, Rule, TrustedKey};
use crate::signature::Candidate;
use crate::text::{list, shown};

/// What was found so far.
pub(super) struct Scale<'a> {
    rule: &'a Rule,
    digest: &'a Digest,
    today: NaiveDate,
    by: Vec<Signer>,
    /// The fault that says most.
    fault: Option<Fault>,
}

/// What came out.
pub(super) enum Weighed {
    /// It may be used.
    Enough(Vec<Signer>),
    /// There was no signature at all.
    Nothing,
    /// There were, and they do not count.
    Refused(Fault),
}

/// Why a signature does not count. The later ones say more: they are of those
/// who are believed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    Malformed(String),
    UnknownKey(Option<Digest>),
    OtherDigest(Option<Digest>),
    Broken(String),
    NotYetValid(String, NaiveDate),
    Expired(String, NaiveDate),
    NotAll(Vec<String>, Vec<String>),
}

impl<'a> Scale<'a> {
    pub(super) fn new(rule: &'a Rule, digest: &'a Digest, today: NaiveDate) -> Self {
        Self { rule, digest, today, by: Vec::new(), fault: None }
    }

    /// Takes one more signature.
    pub(super) fn put(&mut self, candidate: Candidate) {
        let form = candidate.form;
        let evidence = match candidate.evidence {
            Ok(evidence) => evidence,
            Err(why) => return self.fault(Fault::Malformed(shown(&why, 300))),
        };
        if !evidence.about.contains(self.digest) {
            return self.fault(Fault::OtherDigest(evidence.about.into_iter().next()));
        }
        let made = |key: &&TrustedKey| {
            let mut signatures = evidence.signatures.iter();
            signatures.any(|der| key.key().verifies_digest(&evidence.signed, der))
        };
        let signers: Vec<&TrustedKey> = self.rule.keys().iter().filter(made).collect();
        if signers.is_empty() {
            let named = |key: &&TrustedKey| Some(key.key().fingerprint()) == evidence.hint;
            let fault = match self.rule.keys().iter().find(named) {
                Some(key) => Fault::Broken(key.name().to_owned()),
                None => Fault::UnknownKey(evidence.hint),
            };
            return self.fault(fault);
        }
        for key in signers {
            let name = key.name().to_owned();
            let known = |signer: &Signer| signer.fingerprint == key.key().fingerprint();
            if let Some(first) = key.not_before().filter(|first| self.today < *first) {
                self.fault(Fault::NotYetValid(name, first));
            } else if let Some(last) = key.not_after().filter(|last| self.today > *last) {
                self.fault(Fault::Expired(name, last));
            } else if !self.by.iter().any(known) {
                self.by.push(Signer { name, fingerprint: key.key().fingerprint(), form });
            }
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.fault = self.fault.take().max(Some(fault));
    }

    /// Whether no more signatures are needed.
    pub(super) fn is_enough(&self) -> bool {
        match self.rule.require() {
            Require::Nothing => true,
            Require::Any => !self.by.is_empty(),
            Require::All => self.by.len() == self.rule.keys().len(),
        }
    }

    /// What came out.
    pub(super) fn weighed(self) -> Weighed {
        if self.is_enough() {
            return Weighed::Enough(self.by);
        }
        match self.fault {
            // Of one whose time is over, that says more than that it is missing.
            Some(fault @ (Fault::Expired(..) | Fault::NotYetValid(..))) => Weighed::Refused(fault),
            _ if !self.by.is_empty() => {
                let signed = |key: &&TrustedKey| self.by.iter().any(|by| by.name == key.name());
                let (have, lack): (Vec<&TrustedKey>, Vec<_>) =
                    self.rule.keys().iter().partition(signed);
                let names = |keys: Vec<&TrustedKey>| {
                    keys.into_iter().map(|key| key.name().to_owned()).collect()
                };
                Weighed::Refused(Fault::NotAll(names(have), names(lack)))
            }
            Some(fault) => Weighed::Refused(fault),
            None => Weighed::Nothing,
        }
    }
}

impl Fault {
    /// The error about this artifact.
    pub(super) fn of(self, artifact: String, rule: &Rule) -> VerifyError {
        let trusted = || {
            let keys = rule.keys().iter();
            let keys = keys.map(|key| format!("{} ({})", key.name(), key.key().fingerprint()));
            list(keys)
        };
        match self {
            Self::Malformed(why) => VerifyError::Malformed { artifact, why },
            Self::UnknownKey(found) => {
                let found = found.map(|found| found.to_string());
                VerifyError::UnknownKey { artifact, found, keys: trusted() }
            }
            Self::OtherDigest(found) => {
                let found = found.map_or_else(|| "none".to_owned(), |found| found.to_string());
                VerifyError::OtherDigest { artifact, found }
            }
            Self::Broken(key) => VerifyError::Broken { artifact, key },
            Self::NotYetValid(key, first) => VerifyError::NotYetValid { artifact, key, first },
            Self::Expired(key, last) => VerifyError::Expired { artifact, key, last },
            Self::NotAll(signed, missing) => {
                VerifyError::NotAll { artifact, signed: list(signed), missing: list(missing) }
            }
        }
    }
}
