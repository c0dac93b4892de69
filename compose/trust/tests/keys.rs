//! Files of keys: what is written is read again, by others too, and what is no
//! key has its own error.

mod common;

use std::fs;
use std::process::Command;

use common::data;
use periplasm_trust::key::write_pair;
use periplasm_trust::{KeyFault, PrivateKey, PublicKey};
use proptest::prelude::*;

#[test]
fn a_pair_is_written_once_and_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let (private, public) = (folder.path().join("a.key"), folder.path().join("a.pub"));
    let key = PrivateKey::generate().unwrap();
    write_pair(&key, "pass", &private, &public).unwrap();
    assert_eq!(PublicKey::read(&public).unwrap(), *key.public());
    assert_eq!(PrivateKey::read(&private, Some("pass")).unwrap().public(), key.public());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = fs::read(&private).unwrap();
    let error = write_pair(&key, "other", &private, &public).unwrap_err();
    assert!(matches!(error.fault, KeyFault::Exists), "{error}");
    assert_eq!(fs::read(&private).unwrap(), before);
}

#[test]
fn of_a_pair_that_cannot_be_written_nothing_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (private, public) = (folder.path().join("a.key"), folder.path().join("a.pub"));
    fs::write(&public, "somebody's").unwrap();
    let key = PrivateKey::generate().unwrap();
    let error = write_pair(&key, "", &private, &public).unwrap_err();
    assert!(matches!(error.fault, KeyFault::Exists), "{error}");
    assert!(!private.exists());
    assert_eq!(fs::read(&public).unwrap(), b"somebody's");
}

/// `openssl` is on most machines; without it the rest of the test still holds.
#[test]
fn pkcs_8_is_read_as_others_write_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new("openssl");
        let ran = command.args(arguments).current_dir(folder.path()).output();
        ran.is_ok_and(|output| output.status.success())
    };
    let curve = "ec_paramgen_curve:P-256";
    if !run(&["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", "a.key"]) {
        eprintln!("skipped: there is no openssl");
        return;
    }
    assert!(run(&["pkey", "-in", "a.key", "-pubout", "-out", "a.pub"]));
    assert!(run(&["pkey", "-in", "a.key", "-pubout", "-outform", "DER", "-out", "a.der"]));
    let key = PrivateKey::read(&folder.path().join("a.key"), None).unwrap();
    assert_eq!(PublicKey::read(&folder.path().join("a.pub")).unwrap(), *key.public());
    let der = fs::read(folder.path().join("a.der")).unwrap();
    assert_eq!(key.public().fingerprint(), periplasm_registry::Digest::of(&der));
    let other = "ec_paramgen_curve:P-384";
    assert!(run(&["genpkey", "-algorithm", "EC", "-pkeyopt", other, "-out", "b.key"]));
    let error = PrivateKey::read(&folder.path().join("b.key"), None).unwrap_err();
    assert!(matches!(error.fault, KeyFault::OtherCurve), "{error}");
}

#[test]
fn a_key_in_place_of_the_other_is_told() {
    let folder = data("cosign-3.1.1");
    let error = PublicKey::read(&folder.join("cosign.key")).unwrap_err();
    assert!(matches!(&error.fault, KeyFault::Other { found, .. } if found == "a private key"));
    let error = PrivateKey::read(&folder.join("cosign.pub"), None).unwrap_err();
    assert!(matches!(&error.fault, KeyFault::Other { found, .. } if found == "a public key"));
}

#[test]
fn a_file_may_not_ask_for_all_memory() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    for (n, r, p, costly) in [
        (1u64 << 40, 8, 1, true),
        (1 << 16, 1 << 20, 1, true),
        (1 << 16, 8, 1 << 20, true),
        (u64::MAX, u32::MAX, u32::MAX, true),
        (3, 8, 1, false),
        (0, 8, 1, false),
        (1 << 10, 0, 1, false),
        (1 << 10, 8, 0, false),
    ] {
        let sealed = format!(
            r#"{{"kdf":{{"name":"scrypt","params":{{"N":{n},"r":{r},"p":{p}}},"salt":""}},
            "cipher":{{"name":"nacl/secretbox","nonce":"{}"}},"ciphertext":""}}"#,
            engine.encode([0; 24])
        );
        let lines = engine.encode(sealed).into_bytes();
        let lines: Vec<_> = lines.chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
        let label = "ENCRYPTED SIGSTORE PRIVATE KEY";
        let pem = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"));
        let error = PrivateKey::from_pem(&pem, Some("")).unwrap_err();
        match costly {
            true => assert!(matches!(error, KeyFault::TooCostly { .. }), "{error}"),
            false => assert!(matches!(error, KeyFault::Sealed { .. }), "{error}"),
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(body in "[A-Za-z0-9+/=\n-]{0,200}", private in any::<bool>()) {
        let label = if private { "PRIVATE KEY" } else { "PUBLIC KEY" };
        let pem = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
        prop_assert!(PrivateKey::from_pem(&pem, Some("")).is_err());
        prop_assert!(PublicKey::from_pem(&pem).is_err());
    }
}
