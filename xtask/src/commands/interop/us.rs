//! Our own side, by the commands that users have.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::lab::{self, Lab, read, text, write};
use crate::cargo::{build_host, root};
use crate::error::{Error, Result};

/// Runs a remote pipeline whatever its signature: this is the trials' own
/// registry. Only `verify` and `refuses` are about signatures.
const OPEN: &str = "unsigned = true";

/// `cargo xtask`, this program.
fn xtask(lab: &Lab, args: &[&str]) -> Result<Command> {
    let itself = std::env::current_exe().map_err(|source| Error::Start {
        program: "xtask".into(),
        source,
        help: "it starts itself".into(),
    })?;
    let mut command = Command::new(itself);
    lab.seclude(&mut command);
    command.args(args);
    Ok(command)
}

/// Makes a key pair, `NAME.key` and `NAME.pub`.
pub(super) fn key(lab: &Lab, name: &str) -> Result<()> {
    text(xtask(lab, &["key", "generate", "--output", name])?).map(drop)
}

/// Publishes `what`, signed and with all attachments. Gives the reference with
/// its digest.
pub(super) fn publish(lab: &Lab, what: &Path, reference: &str, key: &str) -> Result<String> {
    let mut publish = xtask(lab, &["publish", "--json", "--key", key])?;
    publish.arg(what).arg(reference);
    published(publish)
}

/// Publishes `what` without a signature.
pub(super) fn push_unsigned(lab: &Lab, what: &Path, reference: &str) -> Result<String> {
    let mut publish = xtask(lab, &["publish", "--json"])?;
    publish.arg(what).arg(reference);
    published(publish)
}

/// Publishes a folder with a WIT package.
pub(super) fn publish_wit(lab: &Lab, folder: &Path, reference: &str) -> Result<String> {
    let mut publish = xtask(lab, &["publish", "--json", "--wit"])?;
    publish.arg(folder).arg(reference);
    published(publish)
}

fn published(publish: Command) -> Result<String> {
    let said = text(publish)?;
    let json: serde_json::Value = serde_json::from_str(&said).unwrap_or_default();
    json["reference"].as_str().map(str::to_owned).ok_or_else(|| Error::Disagree {
        what: "what `publish --json` prints".into(),
        found: said,
        expected: "a reference with a digest".into(),
    })
}

/// What is pulled, whoever signed it.
pub(super) fn pull(lab: &Lab, reference: &str) -> Result<Vec<u8>> {
    let file = lab.path("pulled.wasm");
    // What an earlier pull left is not to be taken for this one's.
    let _ = std::fs::remove_file(&file);
    let mut pull = xtask(lab, &["pull", reference, "--output"])?;
    pull.arg(&file).arg("--policy").arg(open_policy(lab)?);
    text(pull)?;
    read(&file)
}

/// Fails unless `reference` is signed with the key in `public`.
pub(super) fn verify(lab: &Lab, reference: &str, public: &str) -> Result<()> {
    let policy = strict_policy(lab, public)?;
    let mut verify = xtask(lab, &["verify", reference, "--policy"])?;
    verify.arg(policy);
    text(verify).map(drop)
}

/// Fails unless `reference` is refused because it is signed with another key
/// than the one in `public`.
pub(super) fn refuses(lab: &Lab, reference: &str, public: &str) -> Result<()> {
    let policy = strict_policy(lab, public)?;
    let mut verify = xtask(lab, &["verify", reference, "--policy"])?;
    verify.arg(policy);
    lab::refuses(verify, &["is signed, by"])
}

/// Runs a pipeline from its registry, on the example's simulated board.
pub(super) fn run(lab: &Lab, reference: &str) -> Result<()> {
    let mut run = Command::new(build_host("dev")?);
    lab.seclude(&mut run);
    run.args(["run", &format!("oci://{reference}"), "--policy"]).arg(open_policy(lab)?);
    run.arg("--board").arg(board());
    text(run).map(drop)
}

/// The board of the pipeline that is published.
fn board() -> PathBuf {
    root().join("compose/pipelines/thermometer/board.toml")
}

fn open_policy(lab: &Lab) -> Result<PathBuf> {
    policy(lab, "open.toml", OPEN)
}

/// One that takes what is signed with the key in `public`, and nothing else.
fn strict_policy(lab: &Lab, public: &str) -> Result<PathBuf> {
    policy(lab, "strict.toml", &format!("keys = [{{ file = {public:?} }}]"))
}

/// A policy with one rule, for both registries.
fn policy(lab: &Lab, name: &str, rule: &str) -> Result<PathBuf> {
    let path = lab.path(name);
    let all = [&lab.first.host, &lab.second.host].map(|host| format!("{host}/**"));
    write(&path, format!("[[trust]]\nrepositories = {all:?}\n{rule}\n").as_bytes())?;
    Ok(path)
}
