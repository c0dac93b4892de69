//! wkg's own library fetches what we publish, and publishes what we fetch.

use std::path::PathBuf;
use std::process::Command;

use super::lab::{Lab, read, same, text, write};
use super::ledger::Ledger;
use super::us;
use crate::cargo::{cargo_in, quiet, root, target_dir};
use crate::error::Result;
use crate::steps::Step;

/// The library's version, in `tests/interop/Cargo.toml`.
const VERSION: &str = "0.16.1";

pub(super) fn trials(lab: &Lab, ledger: &mut Ledger, ours: &super::Published) {
    let by = format!("wasm-pkg-client {VERSION}");
    let Some(client) = ledger.long(&by, "builds, with a lock of its own", build) else { return };
    let host = &lab.first.host;
    let config = lab.path("wkg.toml");
    let run = |args: &[&str]| -> Command {
        let mut command = Command::new(&client);
        lab.seclude(&mut command);
        command.arg(&config).args(args);
        command
    };
    let configured = ledger.trial(&by, "reads its configuration", || {
        let text = format!(
            "default_registry = {host:?}\n[registry.{host:?}]\ntype = \"oci\"\n\
             [registry.{host:?}.oci]\nprotocol = \"http\"\n"
        );
        write(&config, text.as_bytes())
    });
    let published =
        ledger.after(configured, &by, "fetches a WIT package that we published", |()| {
            us::publish_wit(lab, &root().join("wit/device"), &format!("{host}/periplasm/device"))?;
            text(run(&["get", "periplasm:device@0.1.0", "device.wasm"]))
        });
    ledger.after(published, &by, "publishes it under a name of its own, which we fetch", |_| {
        text(run(&["publish", "device.wasm", "periplasm:device@0.1.1"]))?;
        let bytes = us::pull(lab, &format!("{host}/periplasm/device:0.1.1"))?;
        same("the package", bytes == read(&lab.path("device.wasm"))?, true)
    });
    // It publishes no component, whose world has no version: only WIT packages.
    ledger.trial(&by, "fetches a pipeline that we published, byte for byte", || {
        us::push_unsigned(lab, &ours.file, &format!("{host}/acme/thermometer:1.0.0"))?;
        text(run(&["get", "acme:thermometer@1.0.0", "fetched.wasm"]))?;
        same("the component", read(&lab.path("fetched.wasm"))? == ours.bytes, true)
    });
    ledger.trial(&by, "lists the versions that we pushed", || {
        us::push_unsigned(lab, &ours.file, &format!("{host}/acme/list:1.2.0"))?;
        us::push_unsigned(lab, &ours.file, &format!("{host}/acme/list:1.10.0"))?;
        let mut versions: Vec<_> =
            text(run(&["versions", "acme:list"]))?.split(' ').map(str::to_owned).collect();
        versions.sort();
        same("versions", versions.join(" "), "1.10.0 1.2.0".into())
    });
}

fn build() -> Result<PathBuf> {
    let mut build = cargo_in(&root().join("tests/interop"), ["build", "--locked"]);
    let target = target_dir()?;
    build.env("CARGO_TARGET_DIR", &target);
    let step = Step::start("wkg-client");
    quiet(build, &step)?;
    step.done(VERSION);
    Ok(target.join("debug/wkg-client"))
}
