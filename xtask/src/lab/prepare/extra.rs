//! What goes into a PC besides: Debian's client of USB/IP, and Raw Gadget, which
//! Debian's kernel is built without.

use std::path::PathBuf;
use std::process::Command;

use super::error::PrepareError;
use super::files::write;
use crate::cargo::target_dir;
use crate::debian::{Packages, Suite, Tool, own_architecture, unpack_all};
use crate::error::Result;
use crate::lab::machine::Machine;
use crate::steps::Step;

/// Where the module's source is in Linux's.
const SOURCE: &str = "drivers/usb/gadget/legacy/raw_gadget.c";

/// Files for `machine`, whose kernel is `release` of the package `version`: where
/// each goes, and where it is here.
pub(super) fn files(
    machine: Machine,
    release: &str,
    version: &str,
) -> Result<Vec<(String, PathBuf)>> {
    if machine != Machine::Q35 {
        return Ok(Vec::new());
    }
    let mut files = usbip(machine)?;
    // The kernel's own tools for modules are programs of its architecture.
    if own_architecture() == machine.architecture() {
        files.push(("lib/modules/raw_gadget.ko".into(), raw_gadget(release, version)?));
    }
    Ok(files)
}

/// `usbip`, with its libraries, as the kernel's own tools have it.
fn usbip(machine: Machine) -> Result<Vec<(String, PathBuf)>> {
    let of = |names| Packages {
        architecture: machine.architecture(),
        ..Packages::new(Suite::Bookworm, names)
    };
    let folders = unpack_all(&[of(&["usbip", "libudev1"]), of(&["libc6"])])?;
    let [usbip, libc] = folders.as_slice() else { return Ok(Vec::new()) };
    let libraries = "lib/x86_64-linux-gnu";
    Ok(vec![
        ("bin/usbip".into(), usbip.join("usr/sbin/usbip")),
        (
            format!("{libraries}/libudev.so.1"),
            usbip.join("usr").join(libraries).join("libudev.so.1"),
        ),
        (format!("{libraries}/libc.so.6"), libc.join(libraries).join("libc.so.6")),
        // Its name is in the program.
        ("lib64/ld-linux-x86-64.so.2".into(), libc.join(libraries).join("ld-linux-x86-64.so.2")),
    ])
}

/// The module, built once for each version of the kernel.
fn raw_gadget(release: &str, version: &str) -> Result<PathBuf> {
    let folder =
        target_dir()?.join("tools/kernels").join(format!("raw_gadget_{release}_{version}"));
    let module = folder.join("raw_gadget.ko");
    if module.is_file() {
        return Ok(module);
    }
    let names = headers(release);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (major, source) = (names[2].trim_start_matches("linux-kbuild-"), names[3]);
    let own = |names| Packages::new(Suite::Bookworm, names);
    // The headers' programs need libelf.
    let folders =
        unpack_all(&[own(&[names[0], names[1], names[2], "libelf1", "zlib1g"]), own(&[source])])?;
    let [headers, sources] = folders.as_slice() else { return Ok(module) };
    let step = Step::start("raw_gadget");
    step.detail(SOURCE);
    let build = folder.join("build");
    std::fs::create_dir_all(&build).map_err(|e| PrepareError::file(&build, e))?;
    let mut extract = Command::new("tar");
    extract.args(["--extract", "--xz", "--occurrence=1", "--strip-components=5", "--directory"]);
    extract.arg(&build).arg("--file").arg(sources.join(format!("usr/src/{source}.tar.xz")));
    run(extract.arg(format!("{source}/{SOURCE}")))?;
    write(&build.join("Kbuild"), b"obj-m := raw_gadget.o\n")?;
    step.detail("make");
    let at = headers.join("usr/src");
    // With the libraries that this machine lacks.
    let mut make = Tool::new("make".into(), headers).command();
    make.arg("-C").arg(at.join(names[0])).arg("-f").arg(at.join(names[1]).join("Makefile"));
    make.arg(format!("M={}", build.display()));
    if Command::new("gcc-12").arg("--version").output().is_err() {
        make.arg("CC=cc");
    }
    run(make.arg("modules"))?;
    // What appears under its name is whole.
    std::fs::rename(build.join("raw_gadget.ko"), &module)
        .map_err(|e| PrepareError::file(&module, e))?;
    // One file of 140 MB was needed.
    let _ = std::fs::remove_dir_all(&build);
    let _ = std::fs::remove_dir_all(sources);
    step.done(format!("for Linux {release}, from {source} {major}"));
    Ok(module)
}

/// The packages that modules of the kernel `release`, such as `6.1.0-50-amd64`,
/// are built with: its headers, those of all its kind, their tools, the source.
fn headers(release: &str) -> [String; 4] {
    let common = release.rsplit_once('-').map_or(release, |(common, _)| common);
    let mut numbers = release.split('.');
    let major = numbers.next().unwrap_or_default();
    let line = format!("{major}.{}", numbers.next().unwrap_or_default());
    [
        format!("linux-headers-{release}"),
        format!("linux-headers-{common}-common"),
        format!("linux-kbuild-{line}"),
        format!("linux-source-{line}"),
    ]
}

/// Runs `command` to its end.
fn run(command: &mut Command) -> std::result::Result<(), PrepareError> {
    let line = crate::cargo::line(command);
    let said = match command.output() {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(PrepareError::Build { command: line, said })
}

#[cfg(test)]
mod tests {
    use super::headers;

    #[test]
    fn packages_are_named_after_the_kernel() {
        let expected = [
            "linux-headers-6.1.0-50-amd64",
            "linux-headers-6.1.0-50-common",
            "linux-kbuild-6.1",
            "linux-source-6.1",
        ];
        assert_eq!(headers("6.1.0-50-amd64"), expected);
    }
}
