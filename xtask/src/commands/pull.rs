//! `cargo xtask pull`

use std::path::PathBuf;
use std::time::SystemTime;

use periplasm_registry::{Reference, pull};
use periplasm_trust::{Policy, rule_for, verify};

use crate::error::{Error, Result};
use crate::remote::{RemoteError, RemoteOptions, Transfers};
use crate::steps::{print, size};

/// Pull a component from a registry into a file, if the policy trusts it.
///
/// What is pulled stays in a cache, by digest, and is used again.
#[derive(clap::Args)]
pub(crate) struct Pull {
    /// `registry/repository:version`, or `registry/repository@sha256:…`.
    reference: Reference,
    /// Where the component goes [default: `NAME.wasm` in this folder].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Whose signatures are believed
    /// [default: `$XDG_CONFIG_HOME/periplasm/policy.toml`].
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Use no network: only what was pulled before.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    remote: RemoteOptions,
}

impl Pull {
    pub(crate) fn run(self) -> Result<u8> {
        let policy = Policy::find(self.policy.as_deref()).map_err(RemoteError::from)?;
        let transfers = Transfers::new();
        let repository = &self.reference.repository;
        let client = self.remote.client(repository.host(), self.offline, &transfers)?;
        let step = transfers.step("pull");
        let refused = |why| RemoteError::pull(&self.reference, why);
        rule_for(&policy, repository).map_err(RemoteError::from)?;
        let found = pull::find(&client, &self.reference).map_err(refused)?;
        // Before the layer: what is not trusted is not fetched.
        let verified = verify(&client, &found.reference, &found.digest, &policy, SystemTime::now())
            .map_err(RemoteError::from)?;
        let pulled = pull::fetch(&client, found).map_err(refused)?;
        let output = match self.output {
            Some(output) => output,
            None => {
                let name = repository.path().rsplit('/').next().unwrap_or_default();
                format!("{name}.wasm").into()
            }
        };
        write(&output, &pulled.component)?;
        let signed = match verified.by.as_slice() {
            [] => "not signed, which the policy allows".to_owned(),
            by => {
                let names: Vec<&str> = by.iter().map(|signer| signer.name.as_str()).collect();
                format!("signed by {}", names.join(", "))
            }
        };
        let bytes = size(pulled.component.len());
        step.done(format!("{}  {bytes}, {signed}", output.display()));
        print(&pulled.reference.to_string())?;
        Ok(0)
    }
}

/// Writes all of it, or nothing: a temporary file, then a rename.
fn write(output: &std::path::Path, bytes: &[u8]) -> Result<()> {
    periplasm_compose::write(output, bytes).map_err(Error::from)
}
