//! `cargo xtask publish`

mod source;

use std::path::{Path, PathBuf};

use periplasm_publish::{
    Built, Publication, PublishOptions, PublishStep, Published, bill, provenance, publish,
};
use periplasm_registry::artifact::Kind;
use periplasm_registry::{Artifact, Before, PushOptions, Reference, Repository, tags};
use serde_json::json;

use super::compose::BuildOptions;
use crate::error::Result;
use crate::remote::{RemoteError, StageOptions, Transfers, private_key};
use crate::steps::{print, size};
use source::{Given, Source};

/// Publish a pipeline, a driver, a component or a WIT package to a registry.
///
/// The tag comes last: when others find it, the signature and all that is known
/// of the artifact are there. The same source gives the same digest.
#[derive(clap::Args)]
pub(crate) struct Publish {
    /// A `pipeline.toml` or its folder, a driver's or app's crate, a component
    /// (`.wasm`), or a folder of WIT.
    source: PathBuf,
    /// `registry/repository:version`. Without a version, that of the crate, the
    /// pipeline's app or the WIT package.
    reference: String,
    /// Take SOURCE for a folder of WIT, whatever else is in it.
    #[arg(long)]
    wit: bool,
    /// Sign it with this private key. An encrypted one's password is asked for,
    /// or taken from COSIGN_PASSWORD.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A further tag, which moves: `latest`, `1`, `1.2`. May be given several
    /// times.
    #[arg(long, value_name = "TAG")]
    also: Vec<String>,
    /// Take the version's tag from another artifact.
    #[arg(long)]
    force: bool,
    /// Build it, and look whether it could be published, but write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print what was done as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stages: StageOptions,
    #[command(flatten)]
    build: BuildOptions,
}

impl Publish {
    pub(crate) fn run(mut self) -> Result<u8> {
        self.build.stages = self.stages.clone();
        self.check()?;
        let source = Source::of(&self.source, self.wit)?;
        // The password is asked for first, too.
        let key = self.key.as_deref().map(private_key).transpose()?;
        let given = source.get(&self.build)?;
        let reference = self.name(&given)?;
        let publication = self.publication(&given, &reference)?;

        let transfers = Transfers::new();
        let host = reference.repository.host();
        let client = self.stages.remote.client(host, false, &transfers)?;
        let tags = PushOptions { force: self.force, also: self.also.clone() };
        let signed = key.is_some();
        let options = PublishOptions { tags, key, dry_run: self.dry_run };
        let step = transfers.step("publish");
        let mut progress = |done: &PublishStep| step.detail(said(done));
        let published = publish(&publication, &client, &reference, &options, &mut progress)
            .map_err(RemoteError::from)?;
        step.done(summary(&publication, &published, self.dry_run));
        if !signed && !self.dry_run {
            eprintln!(
                "  It is not signed: others refuse it, unless their policy says that it need not \
                 be. `--key` signs it."
            );
        }
        self.show(&published)?;
        Ok(0)
    }

    /// What can be known to be wrong is, before minutes of building.
    fn check(&self) -> Result<()> {
        let name = bare(&self.reference);
        let Ok(reference) = name.parse::<Reference>() else {
            // It may be without a version; then it is a repository's name.
            let parsed = match name.rsplit('/').next().is_some_and(|last| last.contains([':', '@']))
            {
                true => name.parse::<Reference>().map(drop),
                false => name.parse::<Repository>().map(drop),
            };
            return Ok(parsed.map_err(RemoteError::from)?);
        };
        if let Some(tag) = &reference.tag {
            let version = tags::version(tag).map_err(RemoteError::from)?;
            for alias in &self.also {
                tags::alias(alias, &version).map_err(RemoteError::from)?;
            }
        }
        Ok(())
    }

    fn show(&self, published: &Published) -> Result<()> {
        if !self.json {
            return print(&published.reference.to_string());
        }
        let before = match &published.before {
            Before::Nothing => json!("nothing"),
            Before::Same => json!("same"),
            Before::Other(digest) => json!({ "other": digest }),
        };
        let shown = json!({
            "reference": published.reference.to_string(),
            "digest": published.digest,
            "before": before,
            "steps": published.steps,
            "dry-run": self.dry_run,
        });
        // Strings, numbers and lists of them: nothing that JSON cannot say.
        print(&serde_json::to_string_pretty(&shown).unwrap_or_default())
    }

    /// The name on the command line, with the source's own version if it has none.
    fn name(&self, given: &Given) -> Result<Reference> {
        let error = match self.reference.parse::<Reference>() {
            Ok(reference) => return Ok(reference),
            Err(error) => error,
        };
        match (bare(&self.reference).parse::<Repository>(), &given.about.version) {
            (Ok(repository), Some(version)) => {
                Ok(repository.tagged(&version.to_string()).map_err(RemoteError::from)?)
            }
            _ => Err(RemoteError::from(error).into()),
        }
    }

    fn publication(&self, given: &Given, reference: &Reference) -> Result<Publication> {
        let artifact = Artifact::new(given.bytes.clone()).map_err(|why| {
            let path = self.source.clone();
            RemoteError::Content { path, why }
        })?;
        // It is published as this version, whatever its crate says.
        let tag = reference.tag.as_deref().and_then(|tag| tag.parse().ok());
        let mut about = given.about.clone();
        about.version = tag.or(about.version);
        let artifact = about.annotate(artifact).file_name(format!("{}.wasm", given.name));
        let epoch = epoch()?;
        let artifact = match epoch {
            Some(seconds) => artifact.created(seconds),
            None => artifact,
        };
        let mut publication = Publication::new(artifact);
        // A WIT package is made of nothing but itself.
        if publication.artifact().contents().kind == Kind::Component {
            let bill = bill(&publication, &about, epoch).map_err(RemoteError::from)?;
            publication.attach(bill);
        }
        let (folder, lock) = (given.folder.as_deref(), given.lock.as_ref());
        // The folder of a manifest that is named without one is this one.
        let folder = folder.map(|path| if path == Path::new("") { Path::new(".") } else { path });
        let built = Built { source: &self.source, folder, lock };
        publication.attach(provenance(&publication, reference, &about, &built));
        Ok(publication)
    }
}

/// The name without `oci://` before it.
fn bare(reference: &str) -> &str {
    reference.strip_prefix("oci://").unwrap_or(reference)
}

/// SOURCE_DATE_EPOCH (reproducible-builds.org), if it is set.
fn epoch() -> Result<Option<u32>> {
    let Some(found) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = found.to_str().and_then(|text| text.parse().ok());
    match seconds {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(RemoteError::Epoch { found: found.to_string_lossy().into_owned() }.into()),
    }
}

fn said(step: &PublishStep) -> String {
    match step {
        PublishStep::Upload { .. } => "the component is there".to_owned(),
        PublishStep::Attach { what, .. } => format!("the {what} is there"),
        PublishStep::Sign { .. } => "it is signed".to_owned(),
        PublishStep::Tag { tag } => format!("{tag} names it"),
        _ => String::new(),
    }
}

fn summary(publication: &Publication, published: &Published, dry_run: bool) -> String {
    let bytes = size(publication.artifact().bytes().len());
    let before = match &published.before {
        Before::Same => ", was there already",
        Before::Other(_) if dry_run => ", would replace another artifact",
        Before::Other(_) => ", replaced another artifact",
        Before::Nothing => "",
    };
    let not = if dry_run { ", nothing written" } else { "" };
    let has = |wanted: fn(&PublishStep) -> bool| published.steps.iter().any(wanted);
    let signed = match has(|step| matches!(step, PublishStep::Sign { .. })) {
        true => ", signed",
        false => "",
    };
    format!("{bytes}{signed}{before}{not}")
}
