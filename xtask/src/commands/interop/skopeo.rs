//! skopeo copies what we publish, without knowing what it is.

use std::process::Command;

use periplasm_registry::Digest;

use super::Published;
use super::lab::{Lab, output, same, text};
use super::ledger::Ledger;
use super::us;
use crate::debian::Tool;

pub(super) fn trials(lab: &Lab, ledger: &mut Ledger, skopeo: &Tool, ours: &Published) {
    let by = skopeo.shown();
    let run = |args: &[&str]| -> Command {
        let mut command = lab.command(skopeo);
        // It wants a policy of its own for what it copies; this is ours alone.
        command.arg("--insecure-policy").args(args);
        command
    };
    ledger.trial(&by, "shows our manifest, byte for byte", || {
        let at = format!("docker://{}", ours.by_digest());
        let raw = output(run(&["inspect", "--tls-verify=false", "--raw", &at]))?;
        same("digest of the manifest", Digest::of(&raw).to_string(), ours.digest.clone())
    });
    let copied = format!("{}/copied/thermometer:1.0.0", lab.second.host);
    let there = ledger.trial(&by, "copies ours to another registry, the same digest", || {
        let (from, to) = (format!("docker://{}", ours.by_digest()), format!("docker://{copied}"));
        text(run(&["copy", "--src-tls-verify=false", "--dest-tls-verify=false", &from, &to]))?;
        let raw = output(run(&["inspect", "--tls-verify=false", "--raw", &to]))?;
        same("digest of the copy", Digest::of(&raw).to_string(), ours.digest.clone())
    });
    ledger.after(there, &by, "a copy's digest is what we pull", |()| {
        let bytes = us::pull(lab, &format!("{}@{}", copied, ours.digest))?;
        same("the copy's component", bytes == ours.bytes, true)
    });
    let layout = "oci:layout:1.0.0";
    let folder = ledger.trial(&by, "copies ours to a folder", || {
        let from = format!("docker://{}", ours.by_digest());
        text(run(&["copy", "--src-tls-verify=false", &from, layout]))
    });
    ledger.after(folder, &by, "copies the folder back, and we pull it by the old digest", |_| {
        let back = format!("{}/back/thermometer", lab.first.host);
        let to = format!("docker://{back}:1.0.0");
        text(run(&["copy", "--dest-tls-verify=false", layout, &to]))?;
        let bytes = us::pull(lab, &format!("{back}@{}", ours.digest))?;
        same("the component that came back", bytes == ours.bytes, true)
    });
}
