//! The program `periplasm`, where its outputs go nowhere.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use periplasm_host::{Grants, Host, HostOptions, Machine, Request, RunOptions};

use crate::hal;
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

/// A folder with a pipeline of every kind of slot and an app, and its board.
fn hal_folder(board: &str) -> tempfile::TempDir {
    let app = r#"
      (component $app
        (core module $m (func (export "run") (result i32) (i32.const 0)))
        (core instance $m (instantiate $m))
        (func $run (result (result)) (canon lift (core func $m "run")))
        (instance $out (export "run" (func $run)))
        (export "wasi:cli/run@0.2.6" (instance $out)))
      (instance $app (instantiate $app))
      (alias export $app "wasi:cli/run@0.2.6" (instance $run))
      (export "wasi:cli/run@0.2.6" (instance $run)))"#;
    let code = "(func $probe (param $x i64) (result i64) (i64.const 0))";
    let text = hal::wat(&["hal"], code);
    let text = text.strip_suffix(')').unwrap().to_owned() + app;
    let folder = tempfile::tempdir().unwrap();
    let pipeline = with_section(&text, &hal::requests(&["hal"], |_| {}).to_bytes());
    std::fs::write(folder.path().join("hal.wasm"), pipeline).unwrap();
    std::fs::write(folder.path().join("board.toml"), board).unwrap();
    folder
}

#[test]
fn each_kind_of_slot_is_shown_in_plain_words() {
    let folder = hal_folder(hal::BOARD);
    let lines = "
  hal-dc    drive pin screen-dc
  hal-irq   read and wait for pin button
  hal-fan   set the duty cycle of fan
  hal-dev   send and receive on SPI device flash
  hal-port  send and receive on serial port gps
  hal-net   send and receive frames on CAN bus vehicle
";
    for args in [&["inspect", "hal.wasm"][..], &["check", "hal.wasm", "--board", "board.toml"]] {
        let output = periplasm(folder.path(), args).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(stdout.contains(lines), "{args:?}: {stdout}");
        assert_eq!(output.status.code(), Some(0));
    }
    let output = periplasm(folder.path(), &["inspect", "hal.wasm"]).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    for line in [
        "periplasm:hal/wait@0.1.0        waiting for the first of several things",
        "periplasm:hal/start@0.1.0       using two buses at once",
        "periplasm:hal/buffer@0.1.0      sharing bytes with other stages",
    ] {
        assert!(stdout.contains(line), "{stdout}");
    }
}

#[test]
fn a_run_leaves_a_picture_of_each_display() {
    let folder = hal_folder(&hal::BOARD.replace("\"registers\"", "\"ssd1306\""));
    let args = ["run", "hal.wasm", "--board", "board.toml", "--pictures", "shown"];
    let output = periplasm(folder.path(), &args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let files: Vec<_> = std::fs::read_dir(folder.path().join("shown"))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(files, ["flash.png"]);
    let picture = File::open(folder.path().join("shown/flash.png")).unwrap();
    let reader = png::Decoder::new(std::io::BufReader::new(picture)).read_info().unwrap();
    assert_eq!((reader.info().width, reader.info().height), (128, 64));
}

#[test]
fn what_is_done_with_every_kind_of_hardware_is_traced() {
    let code = "(func $probe (param $x i64) (result i64)
        (call $set (call $open-dc) (i32.const 1) (i32.const 0))
        (call $set-duty (call $open-fan) (i32.const 250) (i32.const 0))
        (call $serial-write (call $open-port) (i32.const 64) (i32.const 2) (i32.const 0))
        (call $wait-for (call $open-irq) (i32.const 2) (i32.const 0) (i64.const 0) (i32.const 0))
        (i64.const 0))";
    let (pipeline, board) = (hal::pipeline(&["hal"], code), hal::board());
    let lines = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = lines.clone();
    let machine = Machine::new(&board).traced(move |name, entry| {
        told.lock().unwrap().push(format!("{name}  {entry}"));
    });
    let host = Host::new(HostOptions::default()).unwrap();
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let compiled = host.compile(&pipeline).unwrap();
    let mut running = host.start(&compiled, &machine, &grants, RunOptions::default()).unwrap();
    hal::call(&mut running, 0).unwrap();
    let lines = lines.lock().unwrap();
    let names: Vec<_> = lines.iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["screen-dc", "fan", "gps", "button"], "{lines:?}");
}
