//! `cargo xtask completions`

use clap_complete::Shell;

use crate::error::Result;
use crate::steps::print;

/// Print a shell completion script for the command `xtask`.
///
/// No shell completes what stands after `cargo xtask`, so give it a name of one word. In bash:
/// `alias xtask='cargo xtask'` in ~/.bashrc, and once
/// `cargo xtask completions bash > ~/.local/share/bash-completion/completions/xtask`.
#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell to complete for.
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, cli: &mut clap::Command) -> Result<u8> {
        // What is completed is the binary's name, which has no space.
        let mut cli = cli.clone().bin_name("xtask");
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut cli, "xtask", &mut script);
        print(&String::from_utf8_lossy(&script))?;
        Ok(0)
    }
}
