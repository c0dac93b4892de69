//! `cargo xtask lab`

use crate::error::Result;
use crate::lab::{Machine, list, names, run};
use crate::steps::print;

/// Run the host on real Linux kernels, with chips and devices that QEMU emulates.
///
/// Kernels, QEMU and what else is needed are Debian's packages, unpacked into
/// `target/tools`: nothing is installed, and nobody need be root. Needs the
/// network once, and builds the host for both machines, which takes minutes the
/// first time.
///
/// All is tried, even after something failed; it ends with a report. What was
/// done and seen is in `target/machines/<machine>/log.txt`.
#[derive(clap::Args)]
pub(crate) struct Lab {
    /// The machine; both without one.
    machine: Option<Machine>,
    /// Only these runs.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(names()), hide_possible_values = true)]
    run: Vec<String>,
    /// Say which runs there are, and do none.
    #[arg(long)]
    list: bool,
}

impl Lab {
    pub(crate) fn run(self) -> Result<u8> {
        if self.list {
            print(&list())?;
        } else {
            run(self.machine, &self.run)?;
        }
        Ok(0)
    }
}
