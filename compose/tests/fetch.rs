//! Stages that are fetched.

mod common;

use std::path::Path;
use std::sync::{Arc, Mutex};

use miette::Diagnostic as _;
use periplasm_compose::{
    ComposeError, Composed, Fetch, FetchError, Fetched, Options, Remote, SourceReport, compose,
};

const DRIVER: &str = "
package test:meter;
world meter { export test:device/meter@0.1.0; }
package test:device@0.1.0 {
    interface meter { read: func() -> u32; }
}";

const MANIFEST: &str = "[pipeline]\nname = \"p\"\nexports = [\"one\"]\n\
    [stages.one]\noci = \"oci://registry.example/meter:1\"\n\
    [stages.two]\noci = \"registry.example/meter:1\"\n\
    [stages.other]\npackage = \"acme:meter@1.2.0\"\n";

/// Gives `component` for everything, and keeps what it was asked.
#[derive(Debug)]
struct Shelf {
    component: Vec<u8>,
    digest: String,
    asked: Mutex<Vec<String>>,
}

impl Shelf {
    fn new(component: Vec<u8>, digest: &str) -> Arc<Self> {
        Arc::new(Self { component, digest: digest.to_owned(), asked: Mutex::default() })
    }
}

impl Fetch for Shelf {
    fn fetch(&self, remote: &Remote, pinned: Option<&str>) -> Result<Fetched, FetchError> {
        self.asked.lock().unwrap().push(format!("{remote} {pinned:?}"));
        let reference = format!("registry.example/meter@{}", self.digest);
        Ok(Fetched { component: self.component.clone(), reference })
    }
}

/// Has nothing.
#[derive(Debug)]
struct Empty;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("the shelf is empty")]
#[diagnostic(help("fill it"))]
struct Nothing;

impl Fetch for Empty {
    fn fetch(&self, _: &Remote, _: Option<&str>) -> Result<Fetched, FetchError> {
        Err(FetchError::new(Nothing))
    }
}

fn run(folder: &Path, fetch: Arc<dyn Fetch>) -> Result<Composed, ComposeError> {
    std::fs::write(folder.join("pipeline.toml"), MANIFEST).unwrap();
    compose(folder, &Options { fetch: Some(fetch), ..Options::default() }, &mut ())
}

fn digest() -> String {
    format!("sha256:{}", "0a".repeat(32))
}

#[test]
fn a_stage_is_fetched_once_and_the_report_says_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(common::component("meter.wit", DRIVER), &digest());
    let composed = run(folder.path(), shelf.clone()).unwrap();
    let asked = ["oci registry.example/meter:1 None", "package acme:meter@1.2.0 None"];
    assert_eq!(*shelf.asked.lock().unwrap(), asked);
    let resolved = format!("registry.example/meter@{}", digest());
    let oci = SourceReport::Oci {
        reference: "registry.example/meter:1".to_owned(),
        resolved: resolved.clone(),
    };
    let package = SourceReport::Package { name: "acme:meter@1.2.0".to_owned(), resolved };
    let found: Vec<&SourceReport> = composed.report.stages.iter().flat_map(|s| &s.source).collect();
    assert_eq!(found, [&oci, &oci, &package]);
    let text = composed.report.to_string();
    assert!(text.contains("oci registry.example/meter@sha256:0a0a"), "{text}");
    let json = serde_json::to_value(&composed.report).unwrap();
    assert_eq!(json["stages"][0]["source"]["oci"]["reference"], "registry.example/meter:1");
}

#[test]
fn what_is_no_component_or_has_no_digest_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = run(folder.path(), Shelf::new(b"\0asm\x01\0\0\0".to_vec(), &digest())).unwrap_err();
    assert!(error.problems()[0].to_string().contains("it is a core module"), "{error:?}");
    let component = common::component("meter.wit", DRIVER);
    let error = run(folder.path(), Shelf::new(component, "latest")).unwrap_err();
    let text = error.problems()[0].to_string();
    assert!(text.contains("a reference with a digest was asked for"), "{text}");
}

#[test]
fn why_nothing_came_is_told_with_its_help() {
    let folder = tempfile::tempdir().unwrap();
    let error = run(folder.path(), Arc::new(Empty)).unwrap_err();
    let problem = &error.problems()[0];
    assert_eq!(problem.to_string(), "stage `one` cannot be fetched");
    let source = problem.diagnostic_source().unwrap();
    assert_eq!(source.to_string(), "the shelf is empty");
    assert_eq!(source.help().unwrap().to_string(), "fill it");
}
