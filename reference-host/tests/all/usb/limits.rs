//! What a pipeline may have in flight and open.

use periplasm_host::{Cause, MAX_USB_BYTES, MAX_USB_HANDLES, MAX_USB_TRANSFERS};

use super::fake::{Fake, MUTE, SINK, SOURCE};
use super::stage::{answer, answer_with};
use crate::support::the_next_pipeline_runs;

/// `error` of the interface, in the order of its cases.
const INVALID: u64 = 9;
const EXHAUSTED: u64 = 10;

/// A `result<_, error>` at address 0, as 0 or the number of its error and 1.
const RESULT: &str = "(if (result i64) (i32.load8_u (i32.const 0))
    (then (i64.add (i64.load8_u (i32.const 4)) (i64.const 1))) (else (i64.const 0)))";

fn submit_in(endpoint: u8, len: &str) -> u64 {
    answer(&format!(
        "(call $submit-in (call $endpoint (i32.const {endpoint})) (i32.const {len}) (i32.const 0))
        {RESULT}"
    ))
    .unwrap()
}

#[test]
fn a_transfer_of_a_gibibyte_is_refused_before_it_is_allocated() {
    assert_eq!(submit_in(MUTE, &MAX_USB_BYTES.to_string()), 0);
    for len in [MAX_USB_BYTES + 1, 1 << 30, u32::MAX as usize] {
        assert_eq!(submit_in(SOURCE, &len.to_string()), EXHAUSTED + 1, "{len}");
    }
    the_next_pipeline_runs();
}

#[test]
fn bytes_in_flight_count_together_and_come_back() {
    let half = MAX_USB_BYTES / 2 + 1;
    let submit = format!(
        "(call $submit-in (local.get $p) (i32.const {half}) (i32.const 0)) (local.set $r {RESULT})"
    );
    let code = |between: &str| {
        format!(
            "(local $p i32) (local $r i64) (local.set $p (call $endpoint (i32.const {MUTE})))
            {submit} {between} {submit} (local.get $r)"
        )
    };
    assert_eq!(answer(&code("")), Ok(EXHAUSTED + 1));
    // A pipe that is dropped gives back what it has in flight.
    let again = format!(
        "(call $drop-pipe (local.get $p))
        (call $pipe (i32.load (i32.const 1000)) (i32.const {MUTE}) (i32.const 0))
        (local.set $p (i32.load (i32.const 4)))"
    );
    assert_eq!(answer(&code(&again)), Ok(0));
}

#[test]
fn the_thousand_and_twenty_fifth_transfer_is_refused() {
    let submits = |count: usize| {
        answer(&format!(
            "(local $p i32) (local $n i32) (local.set $p (call $endpoint (i32.const {MUTE})))
            (loop
                (call $submit-in (local.get $p) (i32.const 1) (i32.const 0))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $n) (i32.const {count}))))
            {RESULT}"
        ))
    };
    assert_eq!(submits(MAX_USB_TRANSFERS), Ok(0));
    assert_eq!(submits(MAX_USB_TRANSFERS + 1), Ok(EXHAUSTED + 1));
    the_next_pipeline_runs();
}

#[test]
fn handles_that_are_never_dropped_end_at_a_limit() {
    let opens = |count: usize| {
        answer(&format!(
            "(local $n i32) (local $h i32) (local.set $h (call $open-usb))
            (loop
                (call $open (local.get $h) (i64.const 1) (i32.const 0))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $n) (i32.const {count}))))
            {RESULT}"
        ))
    };
    assert_eq!(opens(MAX_USB_HANDLES), Ok(0));
    assert_eq!(opens(MAX_USB_HANDLES + 1), Ok(EXHAUSTED + 1));
    // A function without an error to say so.
    let error = answer(
        "(local $d i32) (local.set $d (call $device))
        (loop (drop (call $control (local.get $d))) (br 0)) (i64.const 0)",
    )
    .unwrap_err();
    assert_eq!(error.cause, Cause::TooMuch { limit: "256 USB pipes at once" });
}

#[test]
fn lists_that_lie_are_refused() {
    let iso = |ptr: u32, count: i64| {
        answer(&format!(
            "(i32.store (i32.const 256) (i32.const -1)) (i32.store (i32.const 260) (i32.const -1))
            (call $submit-iso-in (call $endpoint (i32.const {MUTE})) (i32.const {ptr})
                (i32.const {count}) (i32.const 0)) {RESULT}"
        ))
    };
    assert_eq!(iso(256, 2), Ok(EXHAUSTED + 1), "8 GiB");
    assert_eq!(iso(1024, 1024), Ok(0));
    assert_eq!(iso(1024, 1025), Ok(EXHAUSTED + 1));
    assert!(iso(256, -1).is_err(), "it reaches out of memory");
    let out_from = |offset: u32, len: i64| {
        answer(&format!(
            "(call $submit-out-from (call $endpoint (i32.const {SINK})) (call $buffer (i32.const 64))
                (i32.const {offset}) (i32.const {len}) (i32.const 0)) {RESULT}"
        ))
    };
    assert_eq!(
        (out_from(0, 64), out_from(1, 64), out_from(64, 0)),
        (Ok(0), Ok(INVALID + 1), Ok(0))
    );
    assert_eq!(out_from(0, -1), Ok(INVALID + 1));
}

#[test]
fn a_control_request_must_fit_its_direction() {
    let control_in = |request_type: u32| {
        answer(&format!(
            "(call $control-in (call $device) (i32.const {request_type}) (i32.const 0)
                (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 1) (i64.const 0) (i32.const 0))
            (i64.load16_u (i32.const 4))"
        ))
    };
    // GET_STATUS of the device, without an answer in time; and with the bit of
    // the other direction.
    assert_eq!(control_in(0x80), Ok(1 | 2 << 8), "timeout");
    assert_eq!(control_in(0x00), Ok(1 | INVALID << 8));
}

#[test]
fn memory_of_transfers_is_used_again() {
    let fake = Fake::default();
    let code = format!(
        "(local $p i32) (local $n i32) (local.set $p (call $endpoint (i32.const {SINK})))
        (loop
            (i32.store8 (i32.const 4096) (local.get $n))
            (call $submit-out (local.get $p) (i32.const 4096) (i32.const 512) (i32.const 0))
            (call $wait (local.get $p) (i32.const 0) (i64.const 0) (i32.const 0))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $n) (i32.const 3))))
        (i64.const 0)"
    );
    answer_with(&fake, &code).unwrap();
    let sent = fake.sent();
    let firsts: Vec<_> = sent.iter().map(|(bytes, _)| (bytes.len(), bytes[0])).collect();
    assert_eq!(firsts, [(512, 0), (512, 1), (512, 2)]);
    assert!(sent.iter().all(|(_, at)| *at == sent[0].1), "one vector for all");
}
