//! `periplasm verify`.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::SystemTime;

use periplasm_host::remote;
use periplasm_trust::rule_for;

use super::exit::{Failure, verify_error};
use super::remote::{RemoteArgs, reference};

/// Tells who signed an artifact of a registry, and whether the policy allows it.
///
/// Its code is not fetched. What is verified is the digest that its name has now:
/// a tag can be moved, a digest cannot.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The artifact: registry.example/pipelines/weather:1.0.0, or with a digest.
    reference: String,
    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) fn verify(args: &Args) -> Result<ExitCode, Failure> {
    let reference = reference(&args.reference)?;
    let policy = args.remote.policy()?;
    rule_for(&policy, &reference.repository).map_err(verify_error)?;
    let client = args.remote.client(&reference)?;
    let found = remote::look(&client, &reference)?;
    let now = SystemTime::now();
    let verified = periplasm_trust::verify(&client, &reference, &found.digest, &policy, now)
        .map_err(verify_error)?;
    let mut text = format!("{} may be used\n  policy     {}\n", found.reference, policy.name());
    for signer in &verified.by {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  signed by  {}  {}", signer.name, signer.fingerprint);
    }
    if verified.by.is_empty() {
        text.push_str("  signed by  nobody: the policy asks for no signature\n");
    }
    super::screen::print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
