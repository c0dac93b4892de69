//! Edges, events and timeouts, on a board whose clock moves when somebody waits.

use std::time::Duration;

use periplasm_host::{Cause, RunOptions};

use crate::hal::{answer, call, running};
use crate::support::the_next_pipeline_runs;

/// The board's button goes high at 100 µs and low at 250 µs.
const WAIT_FOR: &str = "(call $wait-for (call $open-irq)";

#[test]
fn a_wait_ends_with_its_condition_or_its_timeout() {
    // `ok(true)` and `ok(false)`.
    let wait = |condition: u32, timeout: &str| {
        let condition = format!("(i32.const {condition})");
        answer(&format!(
            "{WAIT_FOR} {condition} {timeout} (i32.const 0)) (i64.load16_u (i32.const 0))"
        ))
    };
    let (never, after_50_us) = ("(i32.const 0) (i64.const 0)", "(i32.const 1) (i64.const 50000)");
    assert_eq!(wait(2, never), Ok(0x0100), "it rises");
    assert_eq!(wait(2, after_50_us), Ok(0), "not so soon");
    assert_eq!(wait(1, never), Ok(0x0100), "it is low now");
    assert_eq!(wait(2, "(i32.const 1) (i64.const -1)"), Ok(0x0100), "584 years are enough");
}

#[test]
fn each_edge_is_told_with_its_moment() {
    let next = |timeout: &str| format!("(call $next-edge (local.get $p) {timeout} (i32.const 0))");
    let forever = "(i32.const 0) (i64.const 0)";
    let code =
        |edges: &str| answer(&format!("(local $p i32) (local.set $p (call $open-irq)) {edges}"));
    let at = "(i64.load (i32.const 24))";
    assert_eq!(code(&format!("{} {at}", next(forever))), Ok(100_000));
    assert_eq!(code(&format!("{0} {0} {at}", next(forever))), Ok(250_000));
    // There is no third: nothing, as in memory.
    let third = next("(i32.const 1) (i64.const 1000000)");
    let none = "(i64.load8_u (i32.const 8))";
    assert_eq!(code(&format!("{0} {0} {third} {none}", next(forever))), Ok(0));
}

#[test]
fn the_first_of_several_events_is_found() {
    // A timer of 1 ms, and the button: at 100 µs.
    let code = "(local $p i32)
        (i32.store (i32.const 512) (call $timer (i64.const 1000000)))
        (call $watch (call $open-irq) (i32.const 2) (i32.const 0))
        (i32.store (i32.const 516) (i32.load (i32.const 4)))
        (call $any (i32.const 512) (i32.const 2) (i32.const 0))
        (i64.or (i64.shl (i64.load32_u (i32.const 4)) (i64.const 32))
            (i64.load32_u (i32.load (i32.const 0))))";
    assert_eq!(answer(code), Ok(1 << 32 | 1), "one event, the second");
}

#[test]
fn an_event_that_has_happened_stays_so() {
    let code = "(local $e i32) (local.set $e (call $timer (i64.const 5)))
        (if (call $ready (local.get $e)) (then (unreachable)))
        (i32.store (i32.const 512) (local.get $e))
        (call $any (i32.const 512) (i32.const 1) (i32.const 0))
        (i64.extend_i32_u (call $ready (local.get $e)))";
    assert_eq!(answer(code), Ok(1));
}

/// How a run of 300 ms ends that waits by `code` for what never comes.
fn waits_in_vain(code: &str) {
    let timeout = Duration::from_millis(300);
    let options = RunOptions { timeout: Some(timeout), ..RunOptions::default() };
    let code = format!("(func $probe (param $x i64) (result i64) {code} (i64.const 0))");
    let error = call(&mut running(&code, options), 0).unwrap_err();
    // The board says that 100 ms of computing are a stall; waiting is none.
    assert_eq!(error.cause, Cause::Timeout { limit: timeout });
}

#[test]
fn what_never_comes_ends_with_the_run() {
    let forever = "(i32.const 0) (i64.const 0) (i32.const 0))";
    // Both edges pass, and no third follows.
    let next = format!("(call $next-edge (local.get $p) {forever}");
    waits_in_vain(&format!("(local $p i32) (local.set $p (call $open-irq)) {next} {next} {next}"));
    waits_in_vain(&format!("(call $serial-read (call $open-port) (i32.const 1) {forever}"));
    waits_in_vain(&format!("(call $receive (call $open-net) {forever}"));
    let wait = format!("{WAIT_FOR} (i32.const 2) {forever}");
    waits_in_vain(&format!("{wait} {wait}"));
    // After its only rising edge: an event of a second one.
    waits_in_vain(&format!(
        "{wait} (call $watch (call $open-irq) (i32.const 2) (i32.const 0))
        (i32.store (i32.const 512) (i32.load (i32.const 4)))
        (call $any (i32.const 512) (i32.const 1) (i32.const 0))"
    ));
    the_next_pipeline_runs();
}

fn timers(count: u32, each: &str) -> String {
    format!(
        "(local $n i32) (loop
            ({each} (call $timer (i64.const 0)))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $n) (i32.const {count}))))"
    )
}

#[test]
fn events_that_are_never_dropped_end_at_a_limit() {
    assert_eq!(answer(&format!("{} (i64.const 0)", timers(1024, "drop"))), Ok(0));
    assert_eq!(answer(&format!("{} (i64.const 0)", timers(5000, "call $drop-event"))), Ok(0));
    let error = answer(&format!("{} (i64.const 0)", timers(1025, "drop"))).unwrap_err();
    assert_eq!(error.cause, Cause::TooMuch { limit: "1024 events at once" });
    assert_eq!(error.stage.as_deref(), Some("hal"));
    the_next_pipeline_runs();
}

#[test]
fn a_list_of_events_has_an_end() {
    let any = |count: u32| {
        answer(&format!(
            "(local $n i32) (local $e i32) (local.set $e (call $timer (i64.const 0)))
            (loop
                (i32.store (i32.add (i32.const 512) (i32.mul (local.get $n) (i32.const 4)))
                    (local.get $e))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $n) (i32.const {count}))))
            (call $any (i32.const 512) (i32.const {count}) (i32.const 0))
            (i64.load32_u (i32.const 4))"
        ))
    };
    assert_eq!(any(256), Ok(256));
    assert_eq!(any(257).unwrap_err().cause, Cause::TooMuch { limit: "256 events in one list" });
    the_next_pipeline_runs();
}

#[test]
fn an_event_that_nobody_made_is_a_trap_of_the_stage() {
    for code in [
        "(drop (call $ready (i32.const 77)))",
        // Of another kind.
        "(drop (call $ready (call $open-dc)))",
        "(i32.store (i32.const 512) (i32.const 77))
            (call $any (i32.const 512) (i32.const 1) (i32.const 0))",
        "(call $any (i32.const 512) (i32.const -1) (i32.const 0))",
    ] {
        let error = answer(&format!("{code} (i64.const 0)")).unwrap_err();
        assert_eq!(error.stage.as_deref(), Some("hal"), "{error}");
        let text = error.to_string();
        assert!(text.contains("handle") || text.contains("out of bounds"), "{error}");
    }
    the_next_pipeline_runs();
}
