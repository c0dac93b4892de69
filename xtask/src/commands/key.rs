//! `cargo xtask key`

use std::path::PathBuf;

use periplasm_trust::PrivateKey;
use periplasm_trust::key::write_pair;

use crate::error::Result;
use crate::remote::{RemoteError, new_password};
use crate::steps::print;

/// Make keys to sign with.
#[derive(clap::Subcommand)]
pub(crate) enum Key {
    Generate(Generate),
}

/// Make a pair of keys, in the form that cosign has, too.
///
/// NAME.key signs; it is encrypted with a password that is asked for, or taken
/// from COSIGN_PASSWORD. NAME.pub goes to those who verify: see
/// docs/signatures.md.
#[derive(clap::Args)]
pub(crate) struct Generate {
    /// What the files are called, without `.key` and `.pub`.
    #[arg(short, long, value_name = "NAME", default_value = "periplasm")]
    output: PathBuf,
}

impl Key {
    pub(crate) fn run(self) -> Result<u8> {
        let Self::Generate(Generate { output }) = self;
        let file = |extension: &str| {
            let mut name = output.clone().into_os_string();
            name.push(extension);
            PathBuf::from(name)
        };
        let (private, public) = (file(".key"), file(".pub"));
        let password = new_password()?;
        let key = PrivateKey::generate().map_err(RemoteError::Random)?;
        write_pair(&key, &password, &private, &public).map_err(RemoteError::from)?;
        print(&format!(
            "{}  keep it to yourself\n{}  for those who verify: {}",
            private.display(),
            public.display(),
            key.public().fingerprint(),
        ))?;
        Ok(0)
    }
}
