//! `cargo xtask interop`

mod cargo_component;
mod cosign;
mod lab;
mod ledger;
mod oras;
mod server;
mod skopeo;
mod us;
mod wasm_tools;
mod wkg;

use std::path::PathBuf;

use crate::cargo::{cargo, quiet, root};
use crate::debian::{Suite, Tool, tool, tool_of};
use crate::error::{Error, Result};
use crate::steps::Step;
use lab::Lab;
use ledger::Ledger;

/// Try publishing, signing and composing with the programs of other people.
///
/// skopeo, oras, cosign and docker-registry are Debian's packages, unpacked into
/// `target/tools`; wkg's library, wasm-tools and cargo-component are built from
/// crates.io. Nothing is installed. Needs the network once.
///
/// All is tried, even after something failed; it ends with a table.
#[derive(clap::Args)]
pub(crate) struct Interop {
    /// Try only with these.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(PARTS))]
    only: Vec<String>,
}

const PARTS: [&str; 7] =
    ["skopeo", "oras", "cosign", "wkg", "wasm-tools", "cargo-component", "wasmtime"];

/// The versions of Debian whose oras and cosign are tried: the first that have
/// them, and the newest.
const SUITES: [Suite; 2] = [Suite::Trixie, Suite::Forky];

/// What was published, and all programs look at.
struct Published {
    /// The composed component.
    file: PathBuf,
    bytes: Vec<u8>,
    /// One of its slots.
    slot: &'static str,
    /// Its name with a tag.
    reference: String,
    digest: String,
}

impl Published {
    fn by_digest(&self) -> String {
        // The host has a colon of its own.
        let name = self.reference.rsplit_once(':').map_or(&*self.reference, |(name, _)| name);
        format!("{name}@{}", self.digest)
    }
}

impl Interop {
    pub(crate) fn run(self) -> Result<u8> {
        let wanted = |part: &str| self.only.is_empty() || self.only.iter().any(|only| only == part);
        let mut ledger = Ledger::default();
        let lab = Lab::open(&tool("docker-registry")?)?;
        if ["skopeo", "oras", "cosign", "wkg"].into_iter().any(wanted) {
            self.registries(&lab, &mut ledger, wanted)?;
        }
        if wanted("wasm-tools") || wanted("cargo-component") {
            components(&lab, &mut ledger, wanted)?;
        }
        if wanted("wasmtime") {
            ledger.long("wasmtime", "runs the pipeline `bare` with nothing but WASI", || {
                let test = ["test", "--package", "periplasm-tests", "--test", "bare"];
                let step = Step::start("bare");
                quiet(cargo(test), &step)?;
                step.done("cargo test --test bare");
                Ok(())
            });
        }
        ledger.finish()?;
        Ok(0)
    }

    fn registries(
        &self,
        lab: &Lab,
        ledger: &mut Ledger,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<()> {
        let Some(ours) = ledger.long("periplasm", "publishes a pipeline, signed", || publish(lab))
        else {
            return Ok(());
        };
        ledger.trial("periplasm", "runs it from its registry", || us::run(lab, &ours.reference));
        if wanted("skopeo") {
            with(ledger, "skopeo", Suite::Bookworm, |ledger, skopeo| {
                skopeo::trials(lab, ledger, skopeo, &ours);
            });
        }
        for suite in SUITES {
            if wanted("oras") {
                with(ledger, "oras", suite, |ledger, oras| oras::trials(lab, ledger, oras, &ours));
            }
            if wanted("cosign") {
                with(ledger, "cosign", suite, |ledger, cosign| {
                    cosign::trials(lab, ledger, cosign, &ours);
                });
            }
        }
        if wanted("wkg") {
            wkg::trials(lab, ledger, &ours);
        }
        Ok(())
    }
}

/// Tries with a program of Debian's. One that cannot be had has failed.
fn with(ledger: &mut Ledger, name: &str, suite: Suite, trials: impl FnOnce(&mut Ledger, &Tool)) {
    let had = ledger.long(name, &format!("is had, of {}", suite.name()), || tool_of(name, suite));
    if let Some(tool) = had {
        trials(ledger, &tool);
    }
}

/// Composes the example and publishes it, with a key pair that is made for it.
fn publish(lab: &Lab) -> Result<Published> {
    let manifest = root().join("compose/pipelines/thermometer/pipeline.toml");
    let file = lab.path("thermometer.wasm");
    let options = super::compose::BuildOptions::default();
    let (composed, _) = super::compose::compose(&manifest, Some(file.clone()), &options)?;
    us::key(lab, "ours")?;
    let reference = format!("{}/pipelines/thermometer:1.0.0", lab.first.host);
    let published = us::publish(lab, &manifest, &reference, "ours.key")?;
    let Some((_, digest)) = published.split_once('@') else {
        return Err(Error::Disagree {
            what: "the published reference".into(),
            found: published,
            expected: "one with a digest".into(),
        });
    };
    let digest = digest.to_owned();
    Ok(Published { file, bytes: composed.component, slot: "room-bus", reference, digest })
}

/// Tries what is done with components themselves, on all that the project has.
fn components(lab: &Lab, ledger: &mut Ledger, wanted: impl Fn(&str) -> bool) -> Result<()> {
    let Some(wasm_tools) = ledger.long("wasm-tools", "is had", || wasm_tools::WASM_TOOLS.path())
    else {
        return Ok(());
    };
    if wanted("cargo-component") {
        let program = &cargo_component::CARGO_COMPONENT;
        if let Some(had) = ledger.long("cargo-component", "is had", || program.path()) {
            cargo_component::trials(lab, ledger, &had, &wasm_tools);
        }
    }
    if wanted("wasm-tools") {
        let components = super::build::all_components()?;
        wasm_tools::trials(lab, ledger, &wasm_tools, "components", &components);
        wasm_tools::trials(lab, ledger, &wasm_tools, "pipelines", &pipelines()?);
    }
    Ok(())
}

/// Composes all example pipelines.
fn pipelines() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for manifest in super::build::manifests()? {
        let options = super::compose::BuildOptions::default();
        files.push(super::compose::compose(&manifest, None, &options)?.1);
    }
    Ok(files)
}
