//! cosign checks what we sign, and we what it signs.
//!
//! No transparency log is asked or written: with a key pair, none is needed.

use std::process::Command;

use super::Published;
use super::lab::{Lab, refuses, text};
use super::ledger::Ledger;
use super::us;
use crate::debian::Tool;

/// What cosign says of a signature by another key.
const WRONG_KEY: [&str; 2] = ["invalid signature", "no matching"];

/// Types of statements, as cosign calls them.
const STATEMENTS: [&str; 2] = ["slsaprovenance1", "cyclonedx"];

pub(super) fn trials(lab: &Lab, ledger: &mut Ledger, cosign: &Tool, ours: &Published) {
    let version = cosign.upstream_version();
    let by = cosign.shown();
    let run = |args: &[&str]| -> Command {
        let mut command = lab.command(cosign);
        command.args(args);
        command
    };
    let verify = |what: &str, key: &str, more: &[&str], reference: &str| -> Command {
        let mut command = run(&[what, "--key", key, "--insecure-ignore-tlog=true"]);
        command.arg("--allow-http-registry").args(more).arg(reference);
        command
    };
    let at = ours.by_digest();
    ledger.trial(&by, "accepts our signature", || text(verify("verify", "ours.pub", &[], &at)));
    for kind in STATEMENTS {
        ledger.trial(&by, &format!("accepts our signed statement, {kind}"), || {
            text(verify("verify-attestation", "ours.pub", &["--type", kind], &at))
        });
    }
    // A key pair of its own for each version.
    let pair = format!("cosign-{version}");
    let (private, public) = (format!("{pair}.key"), format!("{pair}.pub"));
    let made = ledger.trial(&by, "makes a key pair", || {
        text(run(&["generate-key-pair", "--output-key-prefix", &pair]))
    });
    if made.is_none() {
        return;
    }
    ledger.trial(&by, "refuses our signature under another key", || {
        refuses(verify("verify", &public, &[], &at), &WRONG_KEY)
    });
    for form in forms(&version) {
        let repository = format!("{}/cosign-{version}/{}", lab.first.host, form.name);
        let signed = ledger.trial(&by, &format!("signs, as {}", form.shown), || {
            let reference = us::push_unsigned(lab, &ours.file, &format!("{repository}:1.0.0"))?;
            if form.bundle {
                text(run(&["signing-config", "create", "--out", "signing.json"]))?;
            }
            let mut sign = run(&["sign", "--yes", "--allow-http-registry", "--key", &private]);
            sign.args(form.args).arg(&reference);
            text(sign)?;
            Ok(reference)
        });
        let Some(reference) = signed else {
            ledger.missed("periplasm", &format!("accepts it, {}", form.shown));
            continue;
        };
        ledger.trial("periplasm", &format!("accepts what {by} signed, {}", form.shown), || {
            us::verify(lab, &reference, &public)
        });
        ledger.trial("periplasm", &format!("refuses it under another key, {}", form.shown), || {
            us::refuses(lab, &reference, "ours.pub")
        });
    }
    // One signs with the key that the other made.
    let repository = format!("{}/cosign-{version}/keys", lab.first.host);
    ledger.trial("periplasm", &format!("signs with the key of {by}, which accepts it"), || {
        let published = us::publish(lab, &ours.file, &format!("{repository}:1.0.0"), &private)?;
        text(verify("verify", &public, &[], &published))
    });
    ledger.trial(&by, "signs with our key, and we accept it", || {
        let reference = us::push_unsigned(lab, &ours.file, &format!("{repository}:2.0.0"))?;
        let form = &forms(&version)[0];
        let mut sign = run(&["sign", "--yes", "--allow-http-registry", "--key", "ours.key"]);
        sign.args(form.args).arg(&reference);
        text(sign)?;
        us::verify(lab, &reference, "ours.pub")
    });
}

/// How a version writes a signature down.
struct Form {
    name: &'static str,
    shown: &'static str,
    args: &'static [&'static str],
    bundle: bool,
}

const CLASSIC_2: Form = Form {
    name: "classic",
    shown: "a tag beside the artifact",
    args: &["--tlog-upload=false"],
    bundle: false,
};

/// Later versions write the old form only when they are told to.
const CLASSIC_3: Form = Form {
    args: &["--tlog-upload=false", "--new-bundle-format=false", "--use-signing-config=false"],
    ..CLASSIC_2
};

const BUNDLE: Form = Form {
    name: "bundle",
    shown: "a bundle that refers to the artifact",
    args: &["--signing-config", "signing.json"],
    bundle: true,
};

fn forms(version: &str) -> Vec<Form> {
    let major = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if major < 3 { vec![CLASSIC_2] } else { vec![CLASSIC_3, BUNDLE] }
}
