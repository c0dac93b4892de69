//! oras reads what we publish, and publishes what we run.

use std::path::Path;
use std::process::Command;

use super::Published;
use super::lab::{Lab, output, read, same, text, write};
use super::ledger::Ledger;
use super::us;
use crate::debian::Tool;
use crate::error::{Error, Result};

/// What we attach, and what it is called here.
const ATTACHED: [(&str, &str); 2] = [
    ("application/vnd.cyclonedx+json", "the list of ingredients"),
    ("application/vnd.in-toto+json", "the provenance"),
];

pub(super) fn trials(lab: &Lab, ledger: &mut Ledger, oras: &Tool, ours: &Published) {
    let version = oras.upstream_version();
    let by = oras.shown();
    let run = |args: &[&str]| -> Command {
        let mut command = lab.command(oras);
        command.args(args).arg("--plain-http");
        command
    };
    ledger.trial(&by, "finds the digest that we said", || {
        let found = text(run(&["resolve", &ours.reference]))?;
        same("digest", found, ours.digest.clone())
    });
    ledger.trial(&by, "reads in the config which slots ours has", || {
        let config = json(&output(run(&["manifest", "fetch-config", &ours.reference]))?)?;
        let imports = config["component"]["imports"].as_array().cloned().unwrap_or_default();
        let has = |name: &str| imports.iter().any(|import| import == name);
        same("whether the slot is there", has(ours.slot), true)
    });
    ledger.trial(&by, "pulls our component, byte for byte", || {
        let folder = format!("oras-{version}");
        text(run(&["pull", &ours.reference, "--output", &folder]))?;
        let bytes = read(&only_file(&lab.path(&folder))?)?;
        same("the component", bytes == ours.bytes, true)
    });
    for (kind, name) in ATTACHED {
        ledger.trial(&by, &format!("discovers {name} of ours, and reads it"), || {
            let found = text(run(&["discover", "--format", "json", &ours.reference]))?;
            let found = json(found.as_bytes())?;
            // 1.2 and 1.3 name the list differently.
            let list = [&found["manifests"], &found["referrers"]];
            let mut list = list.iter().filter_map(|list| list.as_array()).flatten();
            let one = list.find(|one| one["artifactType"] == kind);
            let Some(reference) = one.and_then(|one| one["reference"].as_str()) else {
                return Err(Error::Disagree {
                    what: "attachments".into(),
                    found: found.to_string(),
                    expected: kind.into(),
                });
            };
            let manifest = json(&output(run(&["manifest", "fetch", reference]))?)?;
            let digest = manifest["layers"][0]["digest"].as_str().unwrap_or_default();
            let repository = reference.split('@').next().unwrap_or_default();
            let blob = format!("{repository}@{digest}");
            json(&output(run(&["blob", "fetch", "--output", "-", &blob]))?).map(drop)
        });
    }
    let theirs = format!("{}/oras/{version}:1.0.0", lab.first.host);
    let pushed = ledger.trial(&by, "pushes a component in the layout", || {
        write(&lab.path("component.wasm"), &ours.bytes)?;
        let config = output(run(&["manifest", "fetch-config", &ours.reference]))?;
        write(&lab.path("config.json"), &config)?;
        let config = "config.json:application/vnd.wasm.config.v0+json";
        text(run(&["push", &theirs, "--config", config, "component.wasm:application/wasm"]))
    });
    ledger.after(pushed, &by, "what it pushed, we pull and run", |_| {
        let bytes = us::pull(lab, &theirs)?;
        same("the component that was pushed", bytes == ours.bytes, true)?;
        us::run(lab, &theirs)
    });
}

fn json(bytes: &[u8]) -> Result<serde_json::Value> {
    serde_json::from_slice(bytes).map_err(|error| Error::Disagree {
        what: error.to_string(),
        found: String::from_utf8_lossy(bytes).into_owned(),
        expected: "JSON".into(),
    })
}

/// The file in `folder` that is alone there.
fn only_file(folder: &Path) -> Result<std::path::PathBuf> {
    let wrong = |found: String| Error::Input {
        path: folder.to_owned(),
        found,
        help: "one file was to be pulled into it".into(),
    };
    let entries = std::fs::read_dir(folder).map_err(|e| wrong(e.to_string()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    match (files.pop(), files.pop()) {
        (Some(file), None) => Ok(file),
        (_, more) => Err(wrong(if more.is_some() { "several files" } else { "no file" }.into())),
    }
}
