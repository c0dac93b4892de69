//! Debian's packages that a machine needs, unpacked.

use std::path::PathBuf;

use super::cross;
use crate::debian::{Packages, Suite, Tool, tool_in, unpack_all, version_of};
use crate::error::Result;
use crate::lab::machine::Machine;

/// Where everything is.
pub(super) struct Sources {
    /// The emulator.
    pub(super) qemu: Tool,
    /// Folders with what the emulator reads.
    pub(super) data: Vec<PathBuf>,
    /// The kernel's package.
    pub(super) kernel: PathBuf,
    /// The kernel's version as a package, which its own name lacks.
    pub(super) kernel_version: String,
    pub(super) busybox: PathBuf,
    /// The compiler of device trees, where one is needed.
    pub(super) dtc: Option<Tool>,
    /// The cross compiler, where one is needed.
    pub(super) compiler: Option<PathBuf>,
}

/// Fetches what is not there yet.
pub(super) fn sources(machine: Machine) -> Result<Sources> {
    let architecture = machine.architecture();
    let (emulator, program) = machine.emulator();
    let mut qemu = vec![emulator, "qemu-system-common", "qemu-system-data"];
    if machine == Machine::Q35 {
        // What a PC begins with.
        qemu.push("seabios");
    }
    let (kernel, busybox) = ([format!("linux-image-{architecture}")], ["busybox-static"]);
    let kernel = kernel.each_ref().map(String::as_str);
    let compiler = cross::packages(machine)?.unwrap_or_default();
    let compiler: Vec<_> = compiler.iter().map(String::as_str).collect();

    let suite = Suite::BookwormBackports;
    let own = |names| Packages::new(Suite::Bookworm, names);
    let mut wanted = vec![
        // The kernel of Debian 12, which has the devices of both machines; the
        // package names it and holds nothing.
        Packages { architecture, dependencies: true, ..own(&kernel) },
        // Debian 12 itself has no QEMU with the i.MX 8M Plus.
        Packages::new(suite, &qemu),
        Packages { architecture, ..own(&busybox) },
    ];
    let tree = machine == Machine::Imx8mp;
    if tree {
        wanted.push(own(&["device-tree-compiler"]));
    }
    if !compiler.is_empty() {
        wanted.push(own(&compiler));
    }
    let mut folders = unpack_all(&wanted)?.into_iter();
    // One for each of those above, in their order.
    let mut next = || folders.next().unwrap_or_default();
    let (kernel, qemu, busybox) = (next(), next(), next());
    let dtc = if tree { Some(tool_in(&next(), "dtc", Suite::Bookworm)?) } else { None };
    let compiler = (!compiler.is_empty()).then(next);
    let data = ["usr/share/qemu", "usr/share/seabios"].map(|data| qemu.join(data));
    Ok(Sources {
        qemu: tool_in(&qemu, program, suite)?,
        data: data.into_iter().filter(|folder| folder.is_dir()).collect(),
        kernel_version: version_of(&kernel),
        kernel,
        busybox,
        dtc,
        compiler,
    })
}
