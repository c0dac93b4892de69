//! What is in a machine at the start.

use std::path::{Path, PathBuf};

use super::error::PrepareError;
use super::files::read;
use super::initramfs::Initramfs;
use super::modules;
use crate::cargo::root;
use crate::lab::machine::Machine;

/// What goes in.
pub(super) struct Contents<'a> {
    pub(super) machine: Machine,
    /// The folder of busybox's package.
    pub(super) busybox: &'a Path,
    /// The folder with the kernel's modules.
    pub(super) modules: &'a Path,
    /// Programs, for `/lab/bin`.
    pub(super) programs: &'a [PathBuf],
    /// Components, for `/lab/pipelines`.
    pub(super) pipelines: &'a [PathBuf],
    /// Other files that can be run: where each goes, and where it is.
    pub(super) extra: &'a [(String, PathBuf)],
}

/// Who there is: root, and somebody who may do nothing.
const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n";
const GROUP: &str = "root:x:0:\nnogroup:x:65534:\n";

impl Contents<'_> {
    /// The archive with all of it.
    pub(super) fn archive(&self) -> Result<Vec<u8>, PrepareError> {
        let tests = root().join("tests/lab");
        let mut archive = Initramfs::new();
        for folder in ["proc", "sys", "tmp", "mnt", "root", "sbin", "lab/cache"] {
            archive.folder(folder)?;
        }
        // The kernel opens it for /init, before there is a /dev.
        archive.device("dev/console", (5, 1))?;
        archive.program("bin/busybox", &read(&self.busybox.join("bin/busybox"))?)?;
        archive.link("bin/sh", "busybox")?;
        archive.program("init", &read(&tests.join("init"))?)?;
        archive.file("etc/passwd", PASSWD.as_bytes())?;
        archive.file("etc/group", GROUP.as_bytes())?;
        let mut order = String::new();
        for module in modules::in_order(self.modules, self.machine.modules())? {
            archive.file(&format!("lib/modules/{}", module.file), &module.content)?;
            order.push_str(&module.file);
            order.push('\n');
        }
        archive.file("lib/modules/order", order.as_bytes())?;
        for program in self.programs {
            archive.program(&within("lab/bin", program), &read(program)?)?;
        }
        for (to, file) in self.extra {
            archive.program(to, &read(file)?)?;
        }
        archive.folder("lab/pipelines")?;
        for pipeline in self.pipelines {
            archive.file(&within("lab/pipelines", pipeline), &read(pipeline)?)?;
        }
        archive.folder("lab/boards")?;
        let boards = tests.join("boards");
        if boards.is_dir() {
            copy(&mut archive, &boards, "lab/boards")?;
        }
        archive.finish()
    }
}

/// The file `path` in the folder `folder` of the archive.
fn within(folder: &str, path: &Path) -> String {
    format!("{folder}/{}", path.file_name().unwrap_or_default().to_string_lossy())
}

/// Puts all that is in `folder` below `to`, in the order of names.
fn copy(archive: &mut Initramfs, folder: &Path, to: &str) -> Result<(), PrepareError> {
    let entries = std::fs::read_dir(folder).map_err(|e| PrepareError::file(folder, e))?;
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        let to = within(to, &path);
        if path.is_dir() {
            copy(archive, &path, &to)?;
        } else {
            archive.file(&to, &read(&path)?)?;
        }
    }
    Ok(())
}
