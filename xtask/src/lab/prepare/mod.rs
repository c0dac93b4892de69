//! What a machine starts from: Debian's packages, the host compiled for it, the
//! pipelines, and all of that in an archive that its kernel unpacks.
//!
//! Packages, and what is made of them alone, are in `target/tools` and stay; the
//! rest is made anew each time, which takes a second where nothing has changed.

mod contents;
mod cross;
mod devicetree;
mod error;
mod extra;
mod files;
mod fresh;
mod initramfs;
mod kernel;
mod modules;
mod sources;

use std::path::{Path, PathBuf};

use super::machine::Machine;
use super::pipelines;
use crate::cargo::{root, target_dir};
use crate::commands::compose::{BuildOptions, compose_from};
use crate::debian::{Tool, version_of};
use crate::error::Result;
pub(crate) use error::PrepareError;

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

/// Makes what `machine` starts from, in `folder`.
pub(super) fn prepare(machine: Machine, folder: &Path) -> Result<Prepared> {
    let sources = sources::sources(machine)?;
    let release = kernel::release(&sources.kernel)?;
    let cache = target_dir()?.join("tools/kernels");
    let kernel = kernel::kernel(&sources.kernel, &release, &sources.kernel_version, &cache)?;
    let dtb = match &sources.dtc {
        Some(dtc) => Some(devicetree::imx8mp(dtc, &sources.kernel, &release, folder)?),
        None => None,
    };
    let programs = cross::programs(machine, sources.compiler.as_deref())?;
    let pipelines = composed(machine, folder)?;
    let extra = extra::files(machine, &release, &sources.kernel_version)?;
    let contents = contents::Contents {
        machine,
        busybox: &sources.busybox,
        modules: &sources.kernel.join("lib/modules").join(&release),
        programs: &programs,
        pipelines: &pipelines,
        extra: &extra,
    };
    let initramfs = folder.join("initramfs");
    files::write(&initramfs, &contents.archive()?)?;
    let versions = vec![
        ("QEMU".to_owned(), sources.qemu.upstream_version()),
        ("Linux".to_owned(), format!("{release} ({})", sources.kernel_version)),
        ("busybox".to_owned(), version_of(&sources.busybox)),
    ];
    Ok(Prepared { qemu: sources.qemu, data: sources.data, kernel, initramfs, dtb, versions })
}

/// Composes the pipelines for `machine` and gives where they are.
fn composed(machine: Machine, folder: &Path) -> Result<Vec<PathBuf>> {
    let ours = pipelines::ALL.iter().filter(|pipeline| pipeline.machines.contains(&machine));
    let folder = folder.join("pipelines");
    std::fs::create_dir_all(&folder).map_err(|e| PrepareError::file(&folder, e))?;
    ours.map(|pipeline| {
        let output = folder.join(format!("{}.wasm", pipeline.name));
        let manifest = root().join(pipeline.manifest);
        let options = BuildOptions::default();
        fresh::once(&output, || compose_from(&manifest, output.clone(), &options))?;
        Ok(output)
    })
    .collect()
}
