//! `cargo xtask completions`

use clap_complete::Shell;

use crate::error::Result;

/// Print a shell completion script.
///
/// For bash: `cargo xtask completions bash >> ~/.local/share/bash-completion/completions/xtask`
#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell to complete for.
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, cli: &mut clap::Command) -> Result<u8> {
        // What is completed is the binary's name, which has no space.
        let mut cli = cli.clone().bin_name("xtask");
        clap_complete::generate(self.shell, &mut cli, "xtask", &mut std::io::stdout());
        Ok(0)
    }
}
