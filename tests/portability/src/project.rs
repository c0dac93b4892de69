//! A cargo project of its own that depends on one driver and on the SDK.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::error::{Error, Result, file};
use crate::list::Entry;
use crate::names::Dependency;

/// What drivers are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where projects are made, and with what.
#[derive(Clone, Debug)]
pub struct Workshop {
    /// The project's root: where the SDK and its lock file are.
    pub root: PathBuf,
    /// Where the generated crates go.
    pub folder: PathBuf,
    /// The target folder that they all share.
    pub target: PathBuf,
    /// How many compilers run at once; cargo's choice if there is no number.
    pub jobs: Option<usize>,
}

/// A driver that cargo has fetched.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name on crates.io.
    pub name: String,
    /// The version that was chosen.
    pub version: String,
    /// Its name in Rust.
    pub krate: String,
    /// What it depends on, by the names in its source.
    pub dependencies: BTreeMap<String, Dependency>,
}

pub(crate) struct Project<'a> {
    workshop: &'a Workshop,
    folder: PathBuf,
    entry: &'a Entry,
}

impl<'a> Project<'a> {
    /// Writes the project, with nothing in it but the dependency.
    pub(crate) fn new(workshop: &'a Workshop, entry: &'a Entry) -> Result<Self> {
        let mut name = entry.name.clone();
        for part in entry.version.iter().chain(&entry.features) {
            name.push('-');
            name.extend(part.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
        }
        let folder = workshop.folder.join(name);
        let project = Self { workshop, folder, entry };
        let source = project.folder.join("src");
        std::fs::create_dir_all(&source).map_err(file(&source))?;
        // The SDK's dependencies in the versions that are compiled already.
        for copied in ["Cargo.lock", "rust-toolchain.toml"] {
            let (from, to) = (workshop.root.join(copied), project.folder.join(copied));
            if from.is_file() {
                std::fs::copy(&from, &to).map_err(file(&to))?;
            }
        }
        project.manifest(&BTreeMap::new(), &BTreeSet::new())?;
        project.write("src/lib.rs", "#![no_std]\n")?;
        Ok(project)
    }

    /// Writes the manifest. `also` can be named by generated code as in the
    /// driver's source; `beside` are packages of the same family.
    pub(crate) fn manifest(
        &self,
        also: &BTreeMap<String, Dependency>,
        beside: &BTreeSet<(String, String)>,
    ) -> Result<()> {
        let quoted = |path: &Path| format!("{:?}", path.display().to_string());
        let sdk = quoted(&self.workshop.root.join("sdk/driver"));
        let version = match &self.entry.version {
            Some(version) => format!("={version}"),
            None => "*".to_owned(),
        };
        let mut text = format!(
            "[package]\nname = \"periplasm-instantiation\"\nversion = \"0.0.0\"\n\
             edition = \"2024\"\npublish = false\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
             [workspace]\n\n[profile.dev]\npanic = \"abort\"\ndebug = false\n\n\
             # As in a component: one object, with the section that describes its imports.\n\
             [profile.dev.package.periplasm-hal]\ncodegen-units = 1\n\n\
             [dependencies]\nperiplasm-driver = {{ path = {sdk} }}\n\
             {} = {{ version = {version:?}, features = {:?}, default-features = {} }}\n",
            self.entry.name, self.entry.features, self.entry.default_features,
        );
        // Writing to a string cannot fail.
        for (name, dependency) in also {
            let Dependency { package, version } = dependency;
            if *package != self.entry.name && *package != "periplasm-driver" {
                let _ = writeln!(
                    text,
                    "{name} = {{ package = {package:?}, version = \"={version}\", \
                     default-features = false }}"
                );
            }
        }
        for (package, version) in beside {
            if also.values().all(|d| d.package != *package) {
                let _ = writeln!(text, "{package} = {version:?}");
            }
        }
        self.write("Cargo.toml", &text)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        // Unchanged, it is not compiled anew.
        if std::fs::read(&path).is_ok_and(|before| before == text.as_bytes()) {
            return Ok(());
        }
        std::fs::write(&path, text).map_err(file(&path))
    }

    /// Fetches the driver and says what it is.
    pub(crate) fn package(&self) -> Result<Package> {
        let output =
            self.run(&["metadata", "--format-version", "1", "--filter-platform", TARGET])?;
        let krate = self.entry.shown();
        if !output.status.success() {
            let found = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::Fetch { krate, found });
        }
        let wrong = |found: &str| Error::Package { krate: krate.clone(), found: found.to_owned() };
        let metadata: Value =
            serde_json::from_slice(&output.stdout).map_err(|e| wrong(&e.to_string()))?;
        package(&metadata, &self.entry.name).map_err(wrong)
    }

    /// The driver's source as the compiler expands it.
    pub(crate) fn expand(&self, package: &Package) -> Result<std::result::Result<String, Vec<u8>>> {
        let of = format!("{}@{}", package.name, package.version);
        let mut command = self.cargo(&["rustc", "--quiet", "--lib", "--package", &of]);
        command.args(["--target", TARGET, "--", "-Zunpretty=expanded"]);
        // The compiler's one way to show what macros became; for this crate
        // alone, so that no other is compiled as with a nightly compiler.
        command.env("RUSTC_BOOTSTRAP", &package.krate);
        let output = command.output().map_err(Error::Cargo)?;
        if !output.status.success() {
            return Ok(Err(output.stderr));
        }
        Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// Runs cargo on the generated crate: `check` or `build`, with messages
    /// for programs.
    pub(crate) fn compile(&self, what: &str) -> Result<Output> {
        self.run(&[what, "--quiet", "--target", TARGET, "--message-format", "json"])
    }

    /// The core module that `compile("build")` made.
    pub(crate) fn module(&self) -> Result<Vec<u8>> {
        let folder = self.workshop.target.join(TARGET).join("debug");
        let path = folder.join("periplasm_instantiation.wasm");
        std::fs::read(&path).map_err(file(&path))
    }

    fn run(&self, args: &[&str]) -> Result<Output> {
        self.cargo(args).output().map_err(Error::Cargo)
    }

    fn cargo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.current_dir(&self.folder).args(args);
        command.env("CARGO_TARGET_DIR", &self.workshop.target);
        command.env_remove("RUSTFLAGS");
        if let Some(jobs) = self.workshop.jobs
            && args.first() != Some(&"metadata")
        {
            command.env("CARGO_BUILD_JOBS", jobs.to_string());
        }
        command
    }
}

/// Fetches a crate and says what it is and what it depends on.
///
/// # Errors
///
/// When cargo cannot fetch it, or it is no library: see [`Error`].
pub fn fetch(workshop: &Workshop, entry: &Entry) -> Result<Package> {
    Project::new(workshop, entry)?.package()
}

fn package(metadata: &Value, name: &str) -> std::result::Result<Package, &'static str> {
    let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = list(&metadata["resolve"]["nodes"]);
    let node = |id: &Value| nodes.iter().find(|node| node["id"] == *id).cloned();
    let ours = node(&metadata["resolve"]["root"]).ok_or("cargo does not say what it chose")?;
    let packages = list(&metadata["packages"]);
    let of = |id: &Value| packages.iter().find(|package| package["id"] == *id);

    let normal = |dep: &Value| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
    let ids: Vec<Value> = list(&ours["deps"]).iter().map(|dep| dep["pkg"].clone()).collect();
    let id = ids.iter().find(|id| of(id).is_some_and(|p| p["name"] == name));
    let id = id.ok_or("it has no library for this platform")?;
    let package = of(id).ok_or("cargo does not say what it is")?;
    let targets = list(&package["targets"]);
    let is_lib = |target: &&Value| {
        let kinds = list(&target["kind"]);
        kinds.iter().any(|kind| kind == "lib" || kind == "rlib")
    };
    let library = targets.iter().find(is_lib).ok_or("it has no library")?;

    let mut dependencies = BTreeMap::new();
    for dep in node(id).map(|n| list(&n["deps"])).unwrap_or_default() {
        if let Some(package) = of(&dep["pkg"]).filter(|_| normal(&dep)) {
            let (package, version) = (text(&package["name"]), text(&package["version"]));
            dependencies.insert(text(&dep["name"]), Dependency { package, version });
        }
    }
    Ok(Package {
        name: name.to_owned(),
        version: text(&package["version"]),
        krate: text(&library["name"]).replace('-', "_"),
        dependencies,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_renamed_dependency_is_known_by_its_name_in_the_source() {
        let kinds = json!([{ "kind": null }]);
        let metadata = json!({
            "packages": [
                { "id": "chip", "name": "chip-x", "version": "1.2.0",
                  "targets": [{ "kind": ["lib"], "name": "chip_x" }] },
                { "id": "hal", "name": "embedded-hal", "version": "0.2.7" },
            ],
            "resolve": { "root": "ours", "nodes": [
                { "id": "ours", "deps": [{ "name": "chip_x", "pkg": "chip", "dep_kinds": kinds }] },
                { "id": "chip", "deps": [
                    { "name": "hal", "pkg": "hal", "dep_kinds": kinds },
                    { "name": "mock", "pkg": "hal", "dep_kinds": [{ "kind": "dev" }] },
                ] },
            ] },
        });
        let package = package(&metadata, "chip-x").unwrap();
        assert_eq!((package.krate.as_str(), package.version.as_str()), ("chip_x", "1.2.0"));
        let hal = Dependency { package: "embedded-hal".into(), version: "0.2.7".into() };
        assert_eq!(package.dependencies, BTreeMap::from([("hal".to_owned(), hal)]));
    }

    #[test]
    fn a_crate_without_a_library_is_refused() {
        assert!(package(&json!({}), "chip").is_err());
    }
}
