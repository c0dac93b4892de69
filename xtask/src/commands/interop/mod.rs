//! `cargo xtask interop`

use crate::cargo::{failed, shown};
use crate::debian::{Suite, Tool, tool, tool_of};
use crate::error::{Error, Result};
use crate::steps::print;

/// Try publishing, signing and composing with the programs of other people.
///
/// They are Debian's packages, unpacked into `target/tools`: nothing is
/// installed. Needs the network once.
#[derive(clap::Args)]
pub(crate) struct Interop {}

impl Interop {
    pub(crate) fn run(self) -> Result<u8> {
        for name in ["docker-registry", "skopeo", "oras", "cosign"] {
            starts(name, &tool(name)?)?;
        }
        for name in ["oras", "cosign"] {
            starts(name, &tool_of(name, Suite::Forky)?)?;
        }
        Ok(0)
    }
}

/// Runs `tool` once, and prints which one it is.
fn starts(name: &str, tool: &Tool) -> Result<()> {
    let mut ask = tool.command();
    ask.arg(if matches!(name, "oras" | "cosign") { "version" } else { "--version" });
    let output = ask.output().map_err(|source| Error::Start {
        program: name.into(),
        source,
        help: format!("is {} of this machine's kind?", tool.path.display()),
    })?;
    if !output.status.success() {
        return Err(failed(&ask, &output.stderr));
    }
    print(&format!("{name} {} ({}) {}", tool.version, tool.from, shown(&tool.path)))
}
