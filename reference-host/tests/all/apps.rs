//! Apps: exit codes, time, and what of WASI there is.

use std::time::Duration;

use periplasm_host::pipeline::{NamedBy, PipelineError};
use periplasm_host::{Board, Cause, Grants, Machine, Pipeline, RunError, RunOptions};

use crate::support::{BOARD, GOOD, host, pipeline};

/// An app whose `run` is `code`, which returns 0 for success and may use
/// `sleep` (milliseconds) and `exit` (1 for failure).
fn app(code: &str) -> Pipeline {
    Pipeline::from_bytes(wat::parse_str(text(code)).unwrap()).unwrap()
}

fn text(code: &str) -> String {
    let imports = r#"
      (import "wasi:io/poll@0.2.6" (instance $poll
        (export "pollable" (type $p (sub resource)))
        (export "[method]pollable.block" (func (param "self" (borrow $p))))
        (export "[method]pollable.ready" (func (param "self" (borrow $p)) (result bool)))
        (export "poll" (func (param "in" (list (borrow $p))) (result (list u32))))))
      (alias export $poll "pollable" (type $pollable))
      (import "wasi:clocks/monotonic-clock@0.2.6" (instance $clock
        (alias outer 1 $pollable (type $p)) (export "pollable" (type $q (eq $p)))
        (export "now" (func (result u64)))
        (export "subscribe-duration" (func (param "when" u64) (result (own $q))))))
      (import "wasi:cli/exit@0.2.6" (instance $exit
        (export "exit" (func (param "status" (result))))))"#;
    format!(
        r#"(component {imports}
  (component $app {imports}
    (core module $libc (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $libc (instantiate $libc))
    (core func $poll (canon lower (func $poll "poll") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc"))))
    (core func $block (canon lower (func $poll "[method]pollable.block")))
    (core func $ready (canon lower (func $poll "[method]pollable.ready")))
    (core func $now (canon lower (func $clock "now")))
    (core func $subscribe (canon lower (func $clock "subscribe-duration")))
    (core func $exit (canon lower (func $exit "exit")))
    (alias core export $libc "memory" (core memory $memory))
    (core instance $host (export "memory" (memory $memory)) (export "poll" (func $poll)) (export "block" (func $block)) (export "ready" (func $ready))
      (export "now" (func $now)) (export "subscribe" (func $subscribe)) (export "exit" (func $exit)))
    (core module $main
      (import "host" "memory" (memory 1))
      (import "host" "poll" (func $poll (param i32 i32 i32)))
      (import "host" "block" (func $block (param i32)))
      (import "host" "ready" (func $ready (param i32) (result i32)))
      (import "host" "now" (func $now (result i64)))
      (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
      (import "host" "exit" (func $exit (param i32)))
      (func $sleep (param $ms i64)
        (call $block (call $subscribe (i64.mul (local.get $ms) (i64.const 1000000)))))
      (func (export "run") (result i32) {code}))
    (core instance $main (instantiate $main (with "host" (instance $host))))
    (func $run (result (result)) (canon lift (core func $main "run")))
    (instance $out (export "run" (func $run)))
    (export "wasi:cli/run@0.2.6" (instance $out)))
  (instance $app (instantiate $app (with "wasi:io/poll@0.2.6" (instance $poll))
    (with "wasi:clocks/monotonic-clock@0.2.6" (instance $clock))
    (with "wasi:cli/exit@0.2.6" (instance $exit))))
  (alias export $app "wasi:cli/run@0.2.6" (instance $run))
  (export "wasi:cli/run@0.2.6" (instance $run)))"#
    )
}

fn run(code: &str, board: &str, timeout: Option<Duration>) -> (Result<i32, RunError>, Machine) {
    let (pipeline, host) = (app(code), host());
    let board = Board::parse(board, "board.toml").unwrap();
    let (compiled, machine) = (host.compile(&pipeline).unwrap(), Machine::open(&board).unwrap());
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let options = RunOptions { timeout, ..RunOptions::default() };
    let mut running = host.start(&compiled, &machine, &grants, options).unwrap();
    (running.run_app(), machine)
}

#[test]
fn an_apps_exit_code_is_passed_on() {
    for (code, expected) in [
        ("(i32.const 0)", 0),
        ("(i32.const 1)", 1),
        ("(call $exit (i32.const 0)) (i32.const 1)", 0),
        ("(call $exit (i32.const 1)) (i32.const 0)", 1),
    ] {
        assert_eq!(run(code, BOARD, None).0, Ok(expected), "{code}");
    }
}

#[test]
fn an_app_that_sleeps_moves_the_simulated_clock() {
    // A year, in no time.
    let (code, machine) = run("(call $sleep (i64.const 31536000000)) (i32.const 0)", BOARD, None);
    assert_eq!((code, machine.clock().now_ns()), (Ok(0), 31_536_000_000_000_000));
}

#[test]
fn asking_whether_time_has_passed_does_not_make_it_pass() {
    let code = "(call $ready (call $subscribe (i64.const 1)))";
    let (code, machine) = run(code, BOARD, None);
    assert_eq!((code, machine.clock().now_ns()), (Ok(0), 0));
}

#[test]
fn an_app_that_waits_for_several_moments_wakes_up_at_the_first() {
    // 7 s, 2 s and 2 s. The second and the third are ready, at that time.
    let code = "
        (i32.store (i32.const 0) (call $subscribe (i64.const 7000000000)))
        (i32.store (i32.const 4) (call $subscribe (i64.const 2000000000)))
        (i32.store (i32.const 8) (call $subscribe (i64.const 2000000000)))
        (call $poll (i32.const 0) (i32.const 3) (i32.const 16))
        ;; A pointer and a length; then the ready ones' places.
        (if (i32.ne (i32.load (i32.const 20)) (i32.const 2)) (then (unreachable)))
        (if (i32.ne (i32.load (i32.load (i32.const 16))) (i32.const 1)) (then (unreachable)))
        ;; The first one is still to come, and no other is in its way.
        (call $block (i32.load (i32.const 0)))
        (i32.const 0)";
    let (code, machine) = run(code, BOARD, None);
    assert_eq!((code, machine.clock().now_ns()), (Ok(0), 7_000_000_000));
}

#[test]
fn an_app_that_wakes_up_at_the_first_moment_has_not_passed_the_second() {
    let code = "
        (i32.store (i32.const 0) (call $subscribe (i64.const 7000000000)))
        (i32.store (i32.const 4) (call $subscribe (i64.const 2000000000)))
        (call $poll (i32.const 0) (i32.const 2) (i32.const 16))
        (i32.const 0)";
    let (code, machine) = run(code, BOARD, None);
    assert_eq!((code, machine.clock().now_ns()), (Ok(0), 2_000_000_000));
}

#[cfg(target_os = "linux")]
#[test]
fn a_real_sleep_ends_with_the_runs_time() {
    let timeout = Duration::from_millis(50);
    let (end, _) = run(
        "(call $sleep (i64.const 31536000000)) (i32.const 0)",
        "backend = \"linux\"",
        Some(timeout),
    );
    assert_eq!(end.unwrap_err().cause, Cause::Timeout { limit: timeout });
}

#[cfg(target_os = "linux")]
#[test]
fn short_sleeps_never_add_up_to_a_stall() {
    // Twenty times 10 ms with a limit of 100 ms of computation.
    let code = "(local $n i32)
        (loop
            (call $sleep (i64.const 10))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $n) (i32.const 20))))
        (i32.const 0)";
    let board = "backend = \"linux\"\nlimits = { stall-ms = 100 }";
    assert_eq!(run(code, board, None).0, Ok(0));
}

#[test]
fn an_app_that_leaks_resources_of_wasi_ends_at_a_limit() {
    let code = "(loop (drop (call $subscribe (i64.const 1))) (br 0)) (i32.const 0)";
    let error = run(code, BOARD, None).0.unwrap_err();
    assert!(error.to_string().contains("table"), "{error}");
    crate::support::the_next_pipeline_runs();
}

#[test]
fn a_pipeline_without_an_app_cannot_be_run_and_says_so() {
    let (pipeline, host, board) = (pipeline(&[GOOD]), host(), crate::support::board());
    let (compiled, machine) = (host.compile(&pipeline).unwrap(), Machine::open(&board).unwrap());
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let mut running = host.start(&compiled, &machine, &grants, RunOptions::default()).unwrap();
    assert_eq!(running.run_app().unwrap_err().cause, Cause::NoApp);
}

#[test]
fn an_export_is_an_app_by_its_type_and_not_by_its_name() {
    let other = text("(i32.const 0)")
        .replace("(func $run (result (result)) (canon", "(func $run (result u32) (canon");
    let pipeline = Pipeline::from_bytes(wat::parse_str(other).unwrap()).unwrap();
    assert_eq!(pipeline.exports(), ["wasi:cli/run@0.2.6"]);
    assert_eq!(pipeline.run_export(), None);
    assert_eq!(app("(i32.const 0)").run_export(), Some("wasi:cli/run@0.2.6"));
}

#[test]
fn a_stage_without_slots_is_known_by_what_somebody_claims_or_by_its_place() {
    let name = |text: String| {
        let pipeline = Pipeline::from_bytes(wat::parse_str(text).unwrap()).unwrap();
        let stage = &pipeline.stages()[0];
        (stage.name().to_owned(), stage.named_by())
    };
    // Names in the text end up in the name section.
    let named = text("(i32.const 0)");
    assert_eq!(name(named.clone()), ("app".to_owned(), NamedBy::Claim));
    let nameless =
        named.replace("(instance $app (", "(instance (").replace("export $app", "export 3");
    assert_eq!(name(nameless), ("#1".to_owned(), NamedBy::Place));
    let impossible = named.replace("$app", "$a-b");
    assert_eq!(name(impossible), ("#1".to_owned(), NamedBy::Place));
}

#[test]
fn a_network_is_given_to_nobody() {
    let text = text("(i32.const 0)").replacen(
        "(component ",
        "(component (import \"wasi:sockets/tcp-create-socket@0.2.6\" (instance (export \"x\" (func)))) ",
        1,
    );
    let error = Pipeline::from_bytes(wat::parse_str(text).unwrap()).unwrap_err();
    let PipelineError::UnknownImport { name, help } = error else { panic!("{error}") };
    assert_eq!(name, "wasi:sockets/tcp-create-socket@0.2.6");
    assert_eq!(help, "this host gives no stage a network");
}
