use std::sync::Mutex;

use periplasm_registry::{
    At, Manifest, Memory, RawManifest, RegistryError, RegistryFault, Repository, pull,
};

use periplasm_trust::{Policy, Statement, attestations, verify};

use super::*;

/// A registry that writes down what is put, and can refuse one kind of it.
#[derive(Default)]
struct Watched {
    memory: Memory,
    puts: Mutex<Vec<String>>,
    refuse: &'static str,
}

impl Watched {
    fn put(&self, what: String) -> Result<(), RegistryError> {
        if !self.refuse.is_empty() && what.starts_with(self.refuse) {
            let (place, limit) = (what, 0);
            return Err(RegistryError { place, fault: RegistryFault::TooLarge { limit } });
        }
        self.puts.lock().unwrap().push(what);
        Ok(())
    }
}

impl Registry for Watched {
    fn manifest(&self, of: &Repository, at: At<'_>) -> Result<RawManifest, RegistryError> {
        self.memory.manifest(of, at)
    }
    fn blob(&self, of: &Repository, blob: &Descriptor, max: u64) -> Result<Vec<u8>, RegistryError> {
        self.memory.blob(of, blob, max)
    }
    fn put_blob(&self, of: &Repository, bytes: &[u8]) -> Result<Digest, RegistryError> {
        self.put("blob".into())?;
        self.memory.put_blob(of, bytes)
    }
    fn put_manifest(
        &self,
        of: &Repository,
        at: At<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Digest, RegistryError> {
        self.put(match at {
            At::Tag(tag) => format!("tag {tag}"),
            At::Digest(_) => "manifest".into(),
        })?;
        self.memory.put_manifest(of, at, media_type, bytes)
    }
    fn referrers(&self, of: &Repository, to: &Digest) -> Result<Vec<Descriptor>, RegistryError> {
        self.memory.referrers(of, to)
    }
    fn put_referrer(&self, of: &Repository, about: &Manifest) -> Result<Digest, RegistryError> {
        self.put(format!("referrer {}", about.artifact_type.clone().unwrap_or_default()))?;
        self.memory.put_referrer(of, about)
    }
    fn tags(&self, of: &Repository) -> Result<Vec<String>, RegistryError> {
        self.memory.tags(of)
    }
}

fn publication() -> Publication {
    let artifact = Artifact::new(b"\0asm\x0d\0\x01\0".to_vec()).unwrap();
    let mut publication = Publication::new(artifact);
    publication.attach(Document::Sbom(b"{}".to_vec()));
    publication.attach(Document::Provenance(b"[]".to_vec()));
    publication
}

fn name() -> Reference {
    "registry.example/a:1.2.0".parse().unwrap()
}

#[test]
fn the_tag_comes_after_all_that_belongs_to_it() {
    let registry = Watched::default();
    let mut told = Vec::new();
    let options = PublishOptions {
        tags: PushOptions { also: vec!["latest".into()], ..Default::default() },
        ..Default::default()
    };
    let mut progress = |step: &PublishStep| told.push(step.clone());
    let published = publish(&publication(), &registry, &name(), &options, &mut progress).unwrap();
    assert_eq!(told, published.steps);
    let puts = registry.puts.lock().unwrap().clone();
    let referrers: Vec<&str> =
        puts.iter().filter_map(|put| put.strip_prefix("referrer ")).collect();
    assert_eq!(referrers, ["application/vnd.cyclonedx+json", "application/vnd.in-toto+json"]);
    assert_eq!(puts[puts.len() - 2..], ["tag 1.2.0", "tag latest"]);
    assert_eq!(puts.iter().filter(|put| put.starts_with("tag")).count(), 2);
    let attached = registry.referrers(&name().repository, &published.digest).unwrap();
    assert_eq!(attached.len(), 2);
}

#[test]
fn what_breaks_off_leaves_no_tag() {
    for refuse in ["referrer application/vnd.in-toto", "referrer", "manifest", "blob"] {
        let registry = Watched { refuse, ..Default::default() };
        let options = PublishOptions::default();
        let result = publish(&publication(), &registry, &name(), &options, &mut |_| {});
        assert!(result.is_err(), "{refuse}");
        assert!(pull(&registry, &name()).unwrap_err().is_missing(), "{refuse}");
    }
}

#[test]
fn publishing_again_changes_nothing() {
    let registry = Watched::default();
    let options = PublishOptions::default();
    let publish = || publish(&publication(), &registry, &name(), &options, &mut |_| {}).unwrap();
    let (first, second) = (publish(), publish());
    assert_eq!((&second.reference, &second.before), (&first.reference, &Before::Same));
    let attached = registry.referrers(&name().repository, &first.digest).unwrap();
    assert_eq!(attached.len(), 2);
}

#[test]
fn a_dry_run_writes_nothing() {
    let registry = Watched::default();
    let options = PublishOptions { dry_run: true, ..Default::default() };
    let found = publish(&publication(), &registry, &name(), &options, &mut |_| {}).unwrap();
    assert_eq!(found.digest, *publication().digest());
    assert!(registry.puts.lock().unwrap().is_empty());
}

#[test]
fn what_is_signed_is_signed_before_it_is_tagged() {
    let registry = Watched::default();
    let key = PrivateKey::generate().unwrap();
    let artifact = publication().artifact().clone();
    let mut publication = Publication::new(artifact);
    let digest = publication.digest().clone();
    let provenance = Statement::about(&digest, "", "https://slsa.dev/provenance/v1", 1.into());
    publication.attach(Document::Sbom(b"{}".to_vec()));
    publication.attach(Document::Provenance(provenance.to_json()));
    let options = PublishOptions { key: Some(key.clone()), ..Default::default() };
    let published = publish(&publication, &registry, &name(), &options, &mut |_| {}).unwrap();

    let puts = registry.puts.lock().unwrap().clone();
    let tag = puts.iter().position(|put| put == "tag 1.2.0").unwrap();
    let signature = puts.iter().position(|put| put.ends_with(".sig")).unwrap();
    assert!(signature < tag && tag == puts.len() - 1, "{puts:?}");

    let keys = [("the key".to_owned(), key.public().clone())];
    let (policy, now) = (Policy::trusting(keys), std::time::SystemTime::now());
    let verified = verify(&registry, &name(), &published.digest, &policy, now).unwrap();
    assert_eq!(verified.by[0].name, "the key");
    let repository = &name().repository;
    let said = attestations(&registry, repository, &digest, &[key.public().clone()]).unwrap();
    let mut said: Vec<&str> = said.iter().map(|one| one.statement.predicate_type()).collect();
    said.sort_unstable();
    assert_eq!(said, ["https://cyclonedx.org/bom", "https://slsa.dev/provenance/v1"]);
}

#[test]
fn a_signature_that_is_not_taken_leaves_no_tag() {
    let registry = Watched { refuse: "tag sha256-", ..Default::default() };
    let key = Some(PrivateKey::generate().unwrap());
    let options = PublishOptions { key, ..Default::default() };
    let publication = Publication::new(publication().artifact().clone());
    let result = publish(&publication, &registry, &name(), &options, &mut |_| {});
    assert!(matches!(result, Err(PublishError::Sign(_))), "{result:?}");
    assert!(pull(&registry, &name()).unwrap_err().is_missing());
}
