//! The conformance cases (`tests/conformance`), run natively, on the reference
//! host, and on any other host.
//!
//! `PERIPLASM_HOST` names another host, with its arguments before the
//! pipeline's: `PERIPLASM_HOST="my-host run --board my-board"`. It is given the
//! path of the composed pipeline, runs its app, and passes on what the app
//! prints.

use std::process::Command;

use periplasm_conformance::cases;
use periplasm_tests::{build, root};

mod native;

#[test]
fn native_drivers_over_the_simulated_board_conform() {
    let mut hardware = native::Native::new();
    let mut wrong = Vec::new();
    for case in cases::<native::Native>() {
        if let Err(why) = (case.run)(&mut hardware) {
            wrong.push(format!("{}: {why}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The composed pipeline, as a file.
fn pipeline(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let path = folder.path().join("conformance.wasm");
    std::fs::write(&path, build::pipeline("tests/conformance/pipeline.toml")).unwrap();
    path
}

/// Checks the report that a host printed: every case in its order, and all good.
#[track_caller]
fn check(host: &str, command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{host} does not start: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let names: Vec<_> = cases::<native::Native>().iter().map(|case| case.name).collect();
    let mut expected = format!("TAP version 14\n1..{}\n", names.len());
    for (number, name) in (1..).zip(names) {
        expected.push_str(&format!("ok {number} - {name}\n"));
    }
    assert_eq!(text, expected, "{host} says {errors}");
    assert!(output.status.success(), "{host} ends with {}", output.status);
}

#[test]
fn the_reference_host_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let mut host = Command::new(build::binary("periplasm"));
    host.arg("run").arg(pipeline(&folder)).arg("--board");
    host.arg(root().join("tests/conformance/board.toml"));
    check("the reference host", &mut host);
}

#[test]
fn the_host_that_was_named_conforms() {
    let Ok(named) = std::env::var("PERIPLASM_HOST") else {
        // There is none: nothing to be said about it.
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut words = named.split_whitespace();
    let mut host = Command::new(words.next().expect("PERIPLASM_HOST names a program"));
    host.args(words).arg(pipeline(&folder));
    check(&named, &mut host);
}

/// That a case can fail at all.
#[test]
fn wrong_hardware_is_found() {
    let mut hardware = native::Native::wrong();
    let cases = cases::<native::Native>();
    let failed: Vec<_> =
        cases.iter().filter(|c| (c.run)(&mut hardware).is_err()).map(|c| c.name).collect();
    assert_eq!(
        failed,
        [
            "SpiDevice: an overrun is said, and passes",
            "SpiDevice: what is too long is refused whole",
            "ADC: code and voltage agree",
            "serial: a wrong parity is said once, and the next byte is read",
            "async: two buses at once, and a timer",
            "async: a failed transaction fails alone",
            "Wait: every edge of a wave of 500 Hz is counted",
        ]
    );
}
