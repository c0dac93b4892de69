//! A stage fails: the error says which and why, and the host goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use periplasm_host::{Cause, Grants, Machine, Pipeline, RunError, RunOptions, Running};

use crate::support::{
    Bench, GOOD, Stage, board, host, interface, pipeline, the_next_pipeline_runs,
};

fn stage<'a>(code: &'a str) -> Stage<'a> {
    Stage { name: "bad", code, addresses: &[0x50] }
}

/// How a pipeline ends whose second stage is `code`.
fn end(code: &str) -> RunError {
    let mut bench = Bench::of(&[GOOD, stage(code)]);
    let error = bench.probe("bad", 0).unwrap_err();
    assert_eq!(bench.probe("good", 1).unwrap_err().cause, Cause::Ended);
    the_next_pipeline_runs();
    assert_eq!(error.stage.as_deref(), Some("bad"), "{error}");
    error
}

#[test]
fn an_infinite_loop_is_a_stall() {
    let error = end("(func $probe (param $x i64) (result i64) (loop (br 0)) (unreachable))");
    assert_eq!(error.cause, Cause::Stalled { limit: Duration::from_millis(100) });
}

#[test]
fn a_loop_that_calls_the_host_is_no_stall_but_ends_with_the_runs_time() {
    let code = "(func $probe (param $x i64) (result i64)
        (loop (call $wait (i64.const 1)) (br 0)) (unreachable))";
    let timeout = Duration::from_millis(300);
    let options = RunOptions { timeout: Some(timeout), ..RunOptions::default() };
    let mut bench = Bench::start(&pipeline(&[stage(code)]), options).unwrap();
    assert_eq!(bench.probe("bad", 0).unwrap_err().cause, Cause::Timeout { limit: timeout });
    the_next_pipeline_runs();
}

#[test]
fn recursion_without_an_end_overflows_the_stack() {
    let error = end("(func $probe (param $x i64) (result i64)
        (i64.add (call $probe (local.get $x)) (i64.const 1)))");
    assert_eq!(error.cause, Cause::StackOverflow);
}

#[test]
fn a_shadow_stack_that_overflows_is_told_honestly() {
    // Rust's own stack grows down from 64 KiB or so towards address 0.
    let error = end("(global $sp (mut i32) (i32.const 0x8000))
        (func $probe (param $x i64) (result i64)
            (global.set $sp (i32.sub (global.get $sp) (i32.const 0x1000)))
            (i64.store (global.get $sp) (local.get $x))
            (return_call $probe (local.get $x)))");
    assert_eq!(error.cause, Cause::OutOfBounds);
    assert!(error.to_string().contains("or its stack overflowed"), "{error}");
}

#[test]
fn a_panic_is_told_in_the_stages_own_words() {
    let error = end(r#"(data (i32.const 16) "index 7\n\1b[2Jsrc/lib.rs")
        (func $probe (param $x i64) (result i64)
            (call $panicked (call $voice) (i32.const 16) (i32.const 12)
                (i32.const 1) (i32.const 28) (i32.const 10) (i32.const 12) (i32.const 5))
            (unreachable))"#);
    assert_eq!(
        error.cause,
        Cause::Panic {
            message: "index 7⏎\\u{1b}[2J".into(),
            location: Some("src/lib.rs:12:5".into())
        }
    );
}

#[test]
fn a_stage_cannot_put_its_panic_on_another() {
    let liar = Stage {
        name: "liar",
        code: r#"(data (i32.const 16) "I was it")
            (func $probe (param $x i64) (result i64)
                (call $panicked (call $voice) (i32.const 16) (i32.const 8)
                    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
                (i64.const 0))"#,
        addresses: &[],
    };
    let silent = stage("(func $probe (param $x i64) (result i64) (unreachable))");
    let mut bench = Bench::of(&[liar, silent]);
    assert_eq!(bench.probe("liar", 0), Ok(0));
    let error = bench.probe("bad", 0).unwrap_err();
    assert_eq!((error.stage.as_deref(), error.cause), (Some("bad"), Cause::Aborted));
}

#[test]
fn memory_that_was_refused_is_named_when_the_stage_gives_up_on_it() {
    // 65,534 pages more than the two it has: 4 GiB.
    let error = end("(func $probe (param $x i64) (result i64)
        (if (i32.eq (memory.grow (i32.const 65534)) (i32.const -1)) (then (unreachable)))
        (i64.const 0))");
    // The two stages have two pages each.
    let asked = (65_534 + 4) << 16;
    assert_eq!(error.cause, Cause::OutOfMemory { asked, limit: 4 << 20, message: None });
}

#[test]
fn a_stage_that_lives_without_the_memory_may() {
    let code = "(func $probe (param $x i64) (result i64)
        (drop (memory.grow (i32.const 65534)))
        (call $wait (i64.const 1))
        (if (i64.eqz (local.get $x)) (then (unreachable)))
        (i64.const 7))";
    let mut bench = Bench::of(&[stage(code)]);
    assert_eq!(bench.probe("bad", 1), Ok(7));
    assert_eq!(bench.probe("bad", 0).unwrap_err().cause, Cause::Aborted);
}

#[test]
fn the_memories_of_all_stages_share_one_limit() {
    // 30 pages: two stages fit into 4 MiB, three do not.
    let grow = |name| Stage {
        name,
        code: "(func $probe (param $x i64) (result i64)
            (i64.extend_i32_s (memory.grow (i32.const 26))))",
        addresses: &[],
    };
    let mut bench = Bench::of(&[grow("a"), grow("b"), grow("c")]);
    assert_eq!(bench.probe("a", 0), Ok(2));
    assert_eq!(bench.probe("b", 0), Ok(2));
    assert_eq!(bench.probe("c", 0), Ok(u64::MAX));
}

#[test]
fn a_memory_too_large_from_the_start_stops_the_start() {
    let code = "(memory 65) (func $probe (param $x i64) (result i64) (i64.const 0))";
    let error = Bench::start(&pipeline(&[stage(code)]), RunOptions::default()).err().unwrap();
    let asked = (65 + 2) << 16;
    assert_eq!(error.cause, Cause::OutOfMemory { asked, limit: 4 << 20, message: None });
    the_next_pipeline_runs();
}

#[test]
fn a_start_function_that_loops_stops_the_start() {
    let code = "(start $forever) (func $forever (loop (br 0)))
        (func $probe (param $x i64) (result i64) (i64.const 0))";
    let error = Bench::start(&pipeline(&[stage(code)]), RunOptions::default()).err().unwrap();
    assert_eq!(error.stage.as_deref(), Some("bad"));
    assert_eq!(error.cause, Cause::Stalled { limit: Duration::from_millis(100) });
}

#[test]
fn every_other_trap_is_named() {
    let error = end("(func $probe (param $x i64) (result i64)
        (i64.div_s (i64.const 1) (local.get $x)))");
    assert_eq!(error.cause, Cause::Trap { message: "integer divide by zero".into() });
}

#[test]
fn a_log_that_floods_is_cut_off_and_said_so_once() {
    let code = r#"(data (i32.const 16) "0123456789")
        (func $probe (param $x i64) (result i64) (local $voice i32) (local $n i32)
            (local.set $voice (call $voice))
            (loop
                (call $say (local.get $voice) (i32.const 2) (i32.const 16) (i32.const 10))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $n) (i32.const 100000))))
            (i64.const 0))"#;
    let flood = |name| Stage { name, code, addresses: &[] };
    let mut bench = Bench::of(&[flood("loud"), flood("also")]);
    bench.probe("loud", 0).unwrap();
    let lines = bench.log.lines();
    assert_eq!(lines.len(), 501, "five hundred messages of ten bytes, and one warning");
    assert_eq!(lines[499], "loud Info 0123456789");
    assert!(lines[500].starts_with("loud Warn"), "{}", lines[500]);
    bench.probe("also", 0).unwrap();
    assert_eq!(bench.log.lines().len(), 1002, "one stage's flood is not another's");
}

#[test]
fn a_message_that_is_too_long_is_cut() {
    let code = "(func $probe (param $x i64) (result i64)
        (memory.fill (i32.const 256) (i32.const 97) (i32.const 60000))
        (call $say (call $voice) (i32.const 0) (i32.const 256) (i32.const 60000)) (i64.const 0))";
    let mut bench = Bench::of(&[stage(code)]);
    bench.probe("bad", 0).unwrap();
    let cut = format!("bad Error {}…", "a".repeat(periplasm_host::MAX_LOG_MESSAGE_BYTES));
    assert_eq!(bench.log.lines(), [cut]);
}

#[test]
fn a_trap_between_two_stages_is_the_callers() {
    // The list that `caller` hands over reaches out of its memory. The engine
    // finds that in code of its own, which belongs to no stage. Its offsets count
    // from elsewhere; `callee` is large so that they would fall into it.
    let text = r#"(component
      (component $callee
        (core module $m (memory (export "memory") 1) (data (i32.const 0) "PADDING")
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
          (func (export "take") (param i32 i32)))
        (core instance $m (instantiate $m))
        (func (export "take") (param "x" (list u8)) (canon lift (core func $m "take")
          (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
      (component $caller
        (import "take" (func $take (param "x" (list u8))))
        (core module $libc (memory (export "memory") 1))
        (core instance $libc (instantiate $libc))
        (core func $take (canon lower (func $take) (memory (core memory $libc "memory"))))
        (core module $m (import "" "take" (func $take (param i32 i32)))
          (func (export "probe") (call $take (i32.const 0xfff0) (i32.const 17))))
        (core instance $m (instantiate $m (with "" (instance (export "take" (func $take))))))
        (func $probe (canon lift (core func $m "probe")))
        (instance $out (export "probe" (func $probe)))
        (export "test:caller/probe@0.1.0" (instance $out)))
      (instance $callee (instantiate $callee))
      (alias export $callee "take" (func $take))
      (instance $caller (instantiate $caller (with "take" (func $take))))
      (alias export $caller "test:caller/probe@0.1.0" (instance $out))
      (export "test:caller/probe@0.1.0" (instance $out)))"#;
    let text = text.replace("PADDING", &"x".repeat(0x8000));
    let pipeline = Pipeline::from_bytes(wat::parse_str(text).unwrap()).unwrap();
    let mut bench = Bench::start(&pipeline, RunOptions::default()).unwrap();
    let probe = bench.running.typed_func::<(), ()>(&interface("caller"), "probe").unwrap();
    let error = bench.running.call(&probe, ()).unwrap_err();
    assert_eq!(error.stage.as_deref(), Some("caller"));
    let Cause::Trap { message } = error.cause else { panic!("{error}") };
    assert!(message.contains("out-of-bounds"), "{message}");
}

#[test]
fn empty_messages_use_up_the_log_too() {
    let code = "(func $probe (param $x i64) (result i64) (local $voice i32) (local $n i32)
        (local.set $voice (call $voice))
        (loop
            (call $say (local.get $voice) (i32.const 2) (i32.const 16) (i32.const 0))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $n) (i32.const 10000))))
        (i64.const 0))";
    let mut bench = Bench::of(&[stage(code)]);
    bench.probe("bad", 0).unwrap();
    assert_eq!(bench.log.lines().len(), 5000 / 8 + 1, "5,000 bytes of log, and one warning");
}

#[test]
fn a_sink_of_the_hosts_owner_that_panics_ends_its_pipeline_and_no_other() {
    let write = "(func $probe (param $x i64) (result i64)
        (call $write (call $open) (i32.const 0x50) (i32.const 64) (i32.const 1) (i32.const 0))
        (i64.load (i32.const 0)))";
    let (host, board) = (host(), board());
    let broken = Arc::new(AtomicBool::new(true));
    let breaks = broken.clone();
    let machine = Machine::new(&board).traced(move |_, _| assert!(!breaks.load(Relaxed), "broken"));
    let pipeline = pipeline(&[stage(write)]);
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let compiled = host.compile(&pipeline).unwrap();
    let start = || host.start(&compiled, &machine, &grants, RunOptions::default()).unwrap();
    let probe = |running: &mut Running| {
        let probe = running.typed_func::<(u64,), (u64,)>(&interface("bad"), "probe").unwrap();
        running.call(&probe, (0,))
    };
    let (mut first, mut second) = (start(), start());
    let panicked = catch_unwind(AssertUnwindSafe(|| probe(&mut first)));
    assert!(panicked.is_err(), "the panic is the owner's to see");
    broken.store(false, Relaxed);
    assert_eq!(probe(&mut first).unwrap_err().cause, Cause::Ended);
    // The same bus, whose lock the panic went through.
    assert_eq!(probe(&mut second), Ok((0,)));
    drop(first);
    the_next_pipeline_runs();
}
