//! The commands, one a file.

mod bench;
mod build;
mod ci;
mod completions;
pub(crate) mod compose;
mod demo;
mod interop;
mod key;
mod lab;
mod new;
mod portability;
mod publish;
mod pull;
mod run;
mod sbom;
mod test;
mod verify;

use clap::Subcommand;

use crate::error::Result;

/// What `cargo xtask` can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),
    Build(build::Build),
    Compose(compose::Compose),
    Publish(publish::Publish),
    Pull(pull::Pull),
    Verify(verify::Verify),
    Sbom(sbom::Sbom),
    #[command(subcommand)]
    Key(key::Key),
    Run(run::Run),
    Test(test::Test),
    Bench(bench::Bench),
    #[command(subcommand)]
    New(new::New),
    Portability(portability::Portability),
    Interop(interop::Interop),
    Lab(lab::Lab),
    Ci(ci::Ci),
    Completions(completions::Completions),
}

impl Command {
    /// Does it, and gives the exit code. `cli` is the whole command line's
    /// definition, for completions.
    pub(crate) fn run(self, cli: &mut clap::Command) -> Result<u8> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Build(command) => command.run(),
            Self::Compose(command) => command.run(),
            Self::Publish(command) => command.run(),
            Self::Pull(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Sbom(command) => command.run(),
            Self::Key(command) => command.run(),
            Self::Run(command) => command.run(),
            Self::Test(command) => command.run(),
            Self::Bench(command) => command.run(),
            Self::New(command) => command.run(),
            Self::Portability(command) => command.run(),
            Self::Interop(command) => command.run(),
            Self::Lab(command) => command.run(),
            Self::Ci(command) => command.run(),
            Self::Completions(command) => command.run(cli),
        }
    }
}
