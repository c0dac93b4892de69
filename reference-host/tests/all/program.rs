//! The program `periplasm`, where its outputs go nowhere.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use periplasm_host::Request;

use crate::support::{BOARD, GOOD, bytes, requests, wat, with_section};

/// A folder with a board, the good pipeline, and an app that writes to standard
/// output without an end, or until it is told that nobody reads.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("board.toml", BOARD.as_bytes());
    put("good.wasm", &bytes(&[GOOD]));
    put("talks.wasm", &wat::parse_str(talks()).unwrap());
    folder
}

fn talks() -> String {
    let imports = r#"
      (import "wasi:io/error@0.2.6" (instance $error (export "error" (type (sub resource)))))
      (alias export $error "error" (type $error))
      (import "wasi:io/streams@0.2.6" (instance $streams
        (alias outer 1 $error (type $e)) (export "error" (type $error (eq $e)))
        (export "output-stream" (type $out (sub resource)))
        (type $failure' (variant (case "last-operation-failed" (own $error)) (case "closed")))
        (export "stream-error" (type $failure (eq $failure')))
        (export "[method]output-stream.blocking-write-and-flush" (func
          (param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $failure)))))))
      (alias export $streams "output-stream" (type $out))
      (import "wasi:cli/stdout@0.2.6" (instance $stdout
        (alias outer 1 $out (type $o)) (export "output-stream" (type $q (eq $o)))
        (export "get-stdout" (func (result (own $q))))))"#;
    let with = r#"(with "wasi:io/error@0.2.6" (instance $error))
      (with "wasi:io/streams@0.2.6" (instance $streams)) (with "wasi:cli/stdout@0.2.6" (instance $stdout))"#;
    format!(
        r#"(component {imports}
  (component $app {imports}
    (core module $libc (memory (export "memory") 1))
    (core instance $libc (instantiate $libc))
    (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
      (memory (core memory $libc "memory"))))
    (core func $stdout (canon lower (func $stdout "get-stdout")))
    (core instance $host (export "write" (func $write)) (export "stdout" (func $stdout)))
    (core module $main
      (import "host" "write" (func $write (param i32 i32 i32 i32)))
      (import "host" "stdout" (func $stdout (result i32)))
      (import "libc" "memory" (memory 1))
      (func (export "run") (result i32) (local $out i32)
        (local.set $out (call $stdout))
        (loop
          (call $write (local.get $out) (i32.const 64) (i32.const 4096) (i32.const 0))
          (br_if 0 (i32.eqz (i32.load8_u (i32.const 0)))))
        (i32.const 1)))
    (core instance $main (instantiate $main
      (with "host" (instance $host)) (with "libc" (instance $libc))))
    (func $run (result (result)) (canon lift (core func $main "run")))
    (instance $out (export "run" (func $run)))
    (export "wasi:cli/run@0.2.6" (instance $out)))
  (instance $app (instantiate $app {with}))
  (alias export $app "wasi:cli/run@0.2.6" (instance $run))
  (export "wasi:cli/run@0.2.6" (instance $run)))"#
    )
}

fn periplasm(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_periplasm")));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command
}

/// A file that is always full.
fn full() -> Option<File> {
    OpenOptions::new().write(true).open("/dev/full").ok()
}

/// The end of `child`, or a failed test if it has none.
fn end(mut child: Child) -> Output {
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn an_error_that_nobody_can_read_still_has_its_exit_code() {
    let Some(full) = full() else { return };
    let folder = folder();
    for (args, code) in [
        (&["inspect", "missing.wasm"][..], 66),
        (&["check", "good.wasm", "--board", "missing.toml"], 66),
        (&["run", "good.wasm", "--board", "board.toml"], 65),
        (&["walk"], 64),
    ] {
        let stderr = full.try_clone().unwrap();
        let status = periplasm(folder.path(), args).stderr(stderr).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}

#[test]
fn an_output_that_is_full_is_an_error() {
    let Some(full) = full() else { return };
    let folder = folder();
    for args in [&["inspect", "good.wasm"][..], &["completions", "bash"]] {
        let stdout = full.try_clone().unwrap();
        let output = periplasm(folder.path(), args).stdout(stdout).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(73), "{args:?}: {stderr}");
        assert!(stderr.contains("cannot write the output"), "{args:?}: {stderr}");
    }
}

#[test]
fn an_app_is_told_that_nobody_reads_its_output() {
    let folder = folder();
    let args = ["run", "talks.wasm", "--board", "board.toml"];
    let mut child = periplasm(folder.path(), &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = end(child);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(1), ""));
}

#[test]
fn a_run_ends_in_time_even_if_somebody_holds_its_output() {
    let folder = folder();
    let args = ["run", "talks.wasm", "--board", "board.toml", "--timeout", "300ms"];
    let mut child = periplasm(folder.path(), &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Kept open, and never read.
    let held = child.stdout.take();
    let output = end(child);
    drop(held);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(70), "{stderr}");
    assert!(stderr.contains("the run took longer than 300ms"), "{stderr}");
}

#[test]
fn json_holds_what_a_file_claims_and_steers_no_terminal() {
    let folder = folder();
    let bus = "\u{9b}2J\u{202e}°𝄞";
    let mut requests = requests(&[GOOD]);
    let Request::I2c { bus: claimed, .. } = &mut requests.stages[0].slots[0].request else {
        panic!("the first slot is a bus")
    };
    bus.clone_into(claimed);
    let forged = with_section(&wat(&[GOOD]), &requests.to_bytes());
    std::fs::write(folder.path().join("forged.wasm"), forged).unwrap();
    let output = periplasm(folder.path(), &["inspect", "--json", "forged.wasm"]).output().unwrap();
    assert!(output.stdout.iter().all(|b| matches!(b, b' '..=b'~' | b'\n')));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["slots"][0]["request"]["bus"], bus);
}
