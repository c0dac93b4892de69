//! USB takes real time, on a board whose clock moves when somebody waits.

use std::time::{Duration, Instant};

use periplasm_host::{Cause, RunOptions};

use super::fake::{Fake, LATE, MUTE};
use super::stage::{answer, call, machine, start};

const SECOND: u64 = 1_000_000_000;

#[test]
fn a_wait_for_a_device_lets_it_answer() {
    // Some of a thousand seconds: on the board's clock they would pass at once.
    let wait = format!("(i32.const 1) (i64.const {})", 1000 * SECOND);
    let code = format!(
        "(local $p i32) (local.set $p (call $endpoint (i32.const {LATE})))
        (call $submit-in (local.get $p) (i32.const 1) (i32.const 0))
        (call $wait (local.get $p) {wait} (i32.const 0)) (i64.load8_u (i32.load (i32.const 16)))"
    );
    assert_eq!(answer(&code), Ok(7));
    let code = format!(
        "(call $transfer-in (call $endpoint (i32.const {LATE})) (i32.const 1) {wait} (i32.const 0))
        (i64.load8_u (i32.load (i32.const 12)))"
    );
    assert_eq!(answer(&code), Ok(7));
}

#[test]
fn a_timer_beside_a_device_takes_real_time_too() {
    let first = |timer_ns: u64, endpoint: u8| {
        answer(&format!(
            "(local $p i32) (local.set $p (call $endpoint (i32.const {endpoint})))
            (call $submit-in (local.get $p) (i32.const 1) (i32.const 0))
            (i32.store (i32.const 512) (call $timer (i64.const {timer_ns})))
            (i32.store (i32.const 516) (call $ready (local.get $p)))
            (call $any (i32.const 512) (i32.const 2) (i32.const 0))
            (i64.load32_u (i32.load (i32.const 0)))"
        ))
    };
    assert_eq!(first(1000 * SECOND, LATE), Ok(1), "the device");
    let start = Instant::now();
    assert_eq!(first(20_000_000, MUTE), Ok(0), "the timer");
    assert!(start.elapsed() >= Duration::from_millis(20), "{:?}", start.elapsed());
}

#[test]
fn a_transfer_that_never_ends_times_out() {
    let begin = Instant::now();
    let code = format!(
        "(call $transfer-in (call $endpoint (i32.const {MUTE})) (i32.const 1) (i32.const 1)
            (i64.const 20000000) (i32.const 0)) (i64.load16_u (i32.const 4))"
    );
    assert_eq!(answer(&code), Ok(1 | 2 << 8), "an error, timeout");
    assert!(begin.elapsed() >= Duration::from_millis(20));
}

#[test]
fn waiting_for_a_device_is_no_stall_and_ends_with_the_run() {
    // The board says that 100 ms of computing are a stall.
    let code = format!(
        "(call $transfer-in (call $endpoint (i32.const {MUTE})) (i32.const 1) (i32.const 0)
            (i64.const 0) (i32.const 0)) (i64.const 0)"
    );
    let timeout = Duration::from_millis(300);
    let options = RunOptions { timeout: Some(timeout), ..RunOptions::default() };
    let error = call(&mut start(&machine(&Fake::default()), &code, options)).unwrap_err();
    assert_eq!(error.cause, Cause::Timeout { limit: timeout });
}

/// How a run ends that another thread stops while it does this for ever.
fn stopped(code: &str) -> Cause {
    let machine = machine(&Fake::default());
    let mut running = start(&machine, code, RunOptions::default());
    let stopper = running.stopper();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        stopper.stop();
    });
    let error = call(&mut running).unwrap_err();
    thread.join().unwrap();
    error.cause
}

#[test]
fn whoever_waits_or_computes_is_stopped() {
    let forever = "(i32.const 0) (i64.const 0) (i32.const 0)";
    let transfer = format!("(call $endpoint (i32.const {MUTE})) (i32.const 1) {forever}");
    for code in [
        format!("(call $transfer-in {transfer})"),
        format!("(call $port-wait (call $open-port) {forever})"),
        format!(
            "(local $p i32) (local.set $p (call $endpoint (i32.const {MUTE})))
            (call $submit-in (local.get $p) (i32.const 1) (i32.const 0))
            (i32.store (i32.const 512) (call $ready (local.get $p)))
            (call $any (i32.const 512) (i32.const 1) (i32.const 0))"
        ),
        // It calls the host all the time.
        "(loop (drop (call $open-usb)) (call $drop-event (call $timer (i64.const 1))) (br 0))"
            .into(),
    ] {
        assert_eq!(stopped(&format!("{code} (i64.const 0)")), Cause::Stopped, "{code}");
    }
}

#[test]
fn who_was_stopped_before_it_ran_does_not_run() {
    let machine = machine(&Fake::default());
    let code = "(call $port-wait (call $open-port) (i32.const 0) (i64.const 0) (i32.const 0))
        (i64.const 0)";
    let mut running = start(&machine, code, RunOptions::default());
    running.stopper().stop();
    assert_eq!(call(&mut running).unwrap_err().cause, Cause::Stopped);
}
