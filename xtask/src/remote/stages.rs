//! Stages of pipelines that are in registries.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use periplasm_compose::{Fetch, FetchError, Fetched, Remote};
use periplasm_publish::fetch::{fetch_stage, resolve};
use periplasm_registry::Reference;
use periplasm_registry::package::PackageConfig;
use periplasm_trust::Policy;

use super::{RemoteError, RemoteOptions, Transfers};
use crate::error;

/// How stages in registries are fetched.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct StageOptions {
    /// Whose signatures are believed of what is in registries
    /// [default: `$XDG_CONFIG_HOME/periplasm/policy.toml`, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) remote: RemoteOptions,
}

/// Fetches stages. Nothing is read before the first one: a pipeline without
/// such stages needs neither a policy nor settings.
#[derive(Debug)]
pub(crate) struct Stages {
    options: StageOptions,
    offline: bool,
    transfers: Arc<Transfers>,
}

impl Stages {
    pub(crate) fn new(options: &StageOptions, offline: bool) -> Self {
        Self { options: options.clone(), offline, transfers: Transfers::new() }
    }

    /// Fetches one, as far as the policy allows.
    pub(crate) fn get(&self, remote: &Remote, pinned: Option<&str>) -> error::Result<Fetched> {
        let policy = Policy::find(self.options.policy.as_deref()).map_err(RemoteError::from)?;
        let packages = PackageConfig::load(None).map_err(RemoteError::from)?;
        // Of a package the host is not known before it was asked for.
        let host = pinned.unwrap_or(remote.as_str()).parse::<Reference>();
        let host = host.map(|named| named.repository.host().to_owned()).unwrap_or_default();
        let client = self.options.remote.client(&host, self.offline, &self.transfers)?;
        let stage = resolve(remote, pinned, &packages, &client)
            .and_then(|reference| fetch_stage(&client, &reference, &policy, SystemTime::now()));
        Ok(stage.map_err(RemoteError::from)?)
    }
}

impl Fetch for Stages {
    fn fetch(&self, remote: &Remote, pinned: Option<&str>) -> Result<Fetched, FetchError> {
        self.get(remote, pinned).map_err(FetchError::new)
    }
}
