//! What a machine starts from.

use std::path::PathBuf;

use super::error::LabError;
use super::machine::Machine;
use crate::debian::Tool;
use crate::error::Result;

/// What a machine starts from.
pub(super) struct Prepared {
    /// The emulator.
    pub(super) qemu: Tool,
    /// Folders with what it reads.
    pub(super) data: Vec<PathBuf>,
    pub(super) kernel: PathBuf,
    pub(super) initramfs: PathBuf,
    /// The device tree, where the emulator does not make one.
    pub(super) dtb: Option<PathBuf>,
    /// What is used and in which version, for the log and the report.
    pub(super) versions: Vec<(String, String)>,
}

/// Makes what `machine` starts from.
pub(super) fn prepare(machine: Machine) -> Result<Prepared> {
    Err(LabError::Gone { said: format!("{} has nothing to start from", machine.name()) }.into())
}
