//! The device tree of a machine whose emulator makes none: the kernel's own, and
//! what the lab changes in it.

use std::path::{Path, PathBuf};

use super::error::PrepareError;
use super::files::{read, write};
use crate::cargo::root;
use crate::debian::Tool;

/// In the kernel's package: the trees of the chips by Freescale, now NXP.
const TREES: &str = "freescale";

/// Makes the tree in `folder`. `tree` is the kernel's package, with the kernel
/// `release`, and `dtc` compiles device trees.
pub(super) fn imx8mp(
    dtc: &Tool,
    tree: &Path,
    release: &str,
    folder: &Path,
) -> Result<PathBuf, PrepareError> {
    let trees = tree.join("usr/lib").join(format!("linux-image-{release}")).join(TREES);
    let board = trees.join("imx8mp-evk.dtb");
    let mut source = compiled(dtc, ["dtb", "dts"], &board)?;
    source.extend(read(&root().join("tests/lab/imx8mp.dtsi"))?);
    let whole = folder.join("imx8mp.dts");
    write(&whole, &source)?;
    let made = folder.join("imx8mp.dtb");
    write(&made, &compiled(dtc, ["dts", "dtb"], &whole)?)?;
    Ok(made)
}

/// The file `path`, turned from one form into another.
fn compiled(dtc: &Tool, [from, to]: [&str; 2], path: &Path) -> Result<Vec<u8>, PrepareError> {
    let refused = |said| PrepareError::Tree { path: path.to_owned(), said };
    let mut command = dtc.command();
    // Warnings are about the kernel's tree, which lost its names.
    command.args(["-q", "-q", "-I", from, "-O", to]).arg(path);
    let output = command.output().map_err(|e| refused(format!("dtc cannot be started: {e}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
