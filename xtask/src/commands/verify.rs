//! `cargo xtask verify`

use std::path::PathBuf;
use std::time::SystemTime;

use periplasm_registry::{Reference, pull};
use periplasm_trust::{Policy, PublicKey, attestations, rule_for, verify};

use crate::error::Result;
use crate::remote::{RemoteError, RemoteOptions, Transfers};
use crate::steps::print;

/// Find out who signed an artifact, and whether that is enough.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// `registry/repository:version`, or `registry/repository@sha256:…`.
    reference: Reference,
    /// Whose signatures are believed
    /// [default: `$XDG_CONFIG_HOME/periplasm/policy.toml`].
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    policy: Option<PathBuf>,
    /// Ask for a signature by this public key instead. May be given several
    /// times: one of them is enough.
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// Use no network: only what was pulled before.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    remote: RemoteOptions,
}

impl Verify {
    pub(crate) fn run(self) -> Result<u8> {
        let policy = self.policy()?;
        let transfers = Transfers::new();
        let repository = &self.reference.repository;
        rule_for(&policy, repository).map_err(RemoteError::from)?;
        let client = self.remote.client(repository.host(), self.offline, &transfers)?;
        let step = transfers.step("verify");
        let refused = |why| RemoteError::pull(&self.reference, why);
        let found = pull::find(&client, &self.reference).map_err(refused)?;
        let verified = verify(&client, &found.reference, &found.digest, &policy, SystemTime::now())
            .map_err(RemoteError::from)?;
        step.done(found.reference.to_string());
        let mut lines = Vec::new();
        for signer in &verified.by {
            lines.push(format!("signed by {}  {}", signer.name, signer.fingerprint));
        }
        if verified.by.is_empty() {
            lines.push("not signed, which the policy allows".to_owned());
        }
        if let Some(rule) = policy.rule(repository) {
            let keys: Vec<PublicKey> = rule.keys().iter().map(|key| key.key().clone()).collect();
            let said = attestations(&client, repository, &found.digest, &keys);
            for one in said.map_err(RemoteError::from)? {
                lines.push(format!("says       {}", one.statement.predicate_type()));
            }
        }
        print(&lines.join("\n"))?;
        Ok(0)
    }

    fn policy(&self) -> Result<Policy> {
        if self.key.is_empty() {
            return Ok(Policy::find(self.policy.as_deref()).map_err(RemoteError::from)?);
        }
        let read =
            |path: &PathBuf| PublicKey::read(path).map(|key| (path.display().to_string(), key));
        let keys: std::result::Result<Vec<_>, _> = self.key.iter().map(read).collect();
        Ok(Policy::trusting(keys.map_err(RemoteError::from)?))
    }
}
