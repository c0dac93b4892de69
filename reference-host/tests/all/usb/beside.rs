//! `periplasm run --beside`.
#![cfg(unix)]

use std::process::{Command, Output};

/// An app whose `run` is this code; it returns 0 or 1.
fn app(code: &str) -> String {
    format!(
        r#"(component
  (component $app
    (core module $main (func (export "run") (result i32) {code}))
    (core instance $main (instantiate $main))
    (func $run (result (result)) (canon lift (core func $main "run")))
    (instance $out (export "run" (func $run)))
    (export "wasi:cli/run@0.2.6" (instance $out)))
  (instance $app (instantiate $app))
  (alias export $app "wasi:cli/run@0.2.6" (instance $out))
  (export "wasi:cli/run@0.2.6" (instance $out)))"#
    )
}

/// A gadget whose `run` is this code; it leaves the address of its result.
fn gadget(code: &str) -> String {
    let types = r#"
      (type $fault' (enum "bus" "arbitration-loss" "no-acknowledge" "overrun" "other"))
      (export "bus-fault" (type $fault (eq $fault')))
      (type $error' (variant (case "bus" $fault) (case "invalid-data") (case "not-ready")
        (case "gone")))
      (export "error" (type $error (eq $error')))"#;
    format!(
        r#"(component
  (import "periplasm:device/types@0.1.0" (instance $types {types}))
  (component $gadget
    (import "periplasm:device/types@0.1.0" (instance $types {types}))
    (alias export $types "error" (type $error))
    (core module $main (memory (export "memory") 1)
      (func (export "run") (result i32) {code}))
    (core instance $main (instantiate $main))
    (type $run' (func (result (result (error $error)))))
    (func $run (type $run') (canon lift (core func $main "run")
      (memory (core memory $main "memory"))))
    (instance $out (export "run" (func $run)))
    (export "periplasm:device/gadget@0.1.0" (instance $out)))
  (instance $gadget (instantiate $gadget (with "periplasm:device/types@0.1.0" (instance $types))))
  (alias export $gadget "periplasm:device/gadget@0.1.0" (instance $out))
  (export "periplasm:device/gadget@0.1.0" (instance $out)))"#
    )
}

const OK: &str = "(i32.const 0)";
/// `err(gone)` at address 16.
const GONE: &str =
    "(i32.store8 (i32.const 16) (i32.const 1)) (i32.store8 (i32.const 17) (i32.const 3))
    (i32.const 16)";
const FOREVER: &str = "(loop (br 0)) (unreachable)";

/// Runs the first beside the others, on a board where computing for 20 s is no
/// stall.
fn run(main: &str, beside: &[String]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let board = folder.path().join("board.toml");
    std::fs::write(&board, "backend = \"sim\"\nlimits = { stall-ms = 20_000 }").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_periplasm"));
    command.arg("run").arg(put("main.wasm", main)).arg("--board").arg(board);
    for (number, text) in beside.iter().enumerate() {
        command.arg("--beside").arg(put(&format!("beside{number}.wasm"), text));
    }
    let Output { status, stderr, .. } = command.output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_run_ends_with_the_main_pipeline() {
    // The watchdog would end the one that computes 20 s later, and say so.
    assert_eq!(run(&app(OK), &[gadget(FOREVER), gadget(OK)]), (Some(0), String::new()));
    assert_eq!(run(&app("(i32.const 1)"), &[gadget(FOREVER)]), (Some(1), String::new()));
}

#[test]
fn a_gadget_is_run_without_an_app() {
    assert_eq!(run(&gadget(OK), &[]), (Some(0), String::new()));
    let (code, said) = run(&gadget(GONE), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("the pipeline ended as a gadget: its device is gone"), "{said}");
}

#[test]
fn what_fails_beside_is_told_and_the_main_pipeline_goes_on() {
    let (code, said) = run(&app(OK), &[gadget("(unreachable)"), gadget(GONE)]);
    assert_eq!(code, Some(0));
    for words in ["beside, pipeline `unnamed`: ", "gave up without saying why", "device is gone"] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_pipeline_beside_that_cannot_start_stops_all() {
    let missing = app(OK).replace("wasi:cli/run@0.2.6", "test:nothing/here");
    let (code, said) = run(&app(OK), &[missing]);
    assert_eq!(code, Some(65), "{said}");
    assert!(said.contains("beside0.wasm, to run beside") && said.contains("no gadget"), "{said}");
}
