//! Registries, as the commands use them: how they are asked, what is shown, and
//! what can go wrong.

mod bars;
mod error;
mod password;
mod stages;

use std::path::PathBuf;
use std::sync::Arc;

use periplasm_registry::{Client, Settings};

use crate::error::Result;

pub(crate) use bars::Transfers;
pub(crate) use error::RemoteError;
pub(crate) use password::{new_password, private_key};
pub(crate) use stages::{StageOptions, Stages};

/// How registries are asked.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct RemoteOptions {
    /// How registries are asked: mirrors, certificates, patience
    /// [default: `$XDG_CONFIG_HOME/periplasm/registries.toml`, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) registries: Option<PathBuf>,
    /// Speak plain http to the registry, although it is another machine. A
    /// password is not sent over it.
    #[arg(long)]
    pub(crate) plain_http: bool,
}

impl RemoteOptions {
    /// A client for `host` and others, that shows what it does in `transfers`.
    pub(crate) fn client(
        &self,
        host: &str,
        offline: bool,
        transfers: &Arc<Transfers>,
    ) -> Result<Client> {
        let settings = Settings::load(self.registries.as_deref()).map_err(RemoteError::from)?;
        let settings = settings.offline(offline);
        let settings = if self.plain_http { settings.plain_http(host) } else { settings };
        Ok(Client::new(settings, transfers.clone()).map_err(RemoteError::from)?)
    }
}
