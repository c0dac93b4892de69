//! Handles, in whatever order they are used and dropped.

use periplasm_host::RunOptions;

use super::fake::{Fake, MUTE, SOURCE};
use super::stage::{answer, answer_with, call, machine, start};
use crate::support::the_next_pipeline_runs;

#[test]
fn what_comes_in_stands_in_the_guests_memory() {
    // The sum of the bytes 0 to 9; an option of a completion is at address 0.
    let code = format!(
        "(local $p i32) (local $at i32) (local $end i32) (local $sum i64)
        (local.set $p (call $endpoint (i32.const {SOURCE})))
        (call $submit-in (local.get $p) (i32.const 10) (i32.const 0))
        (call $wait (local.get $p) (i32.const 0) (i64.const 0) (i32.const 0))
        (local.set $at (i32.load (i32.const 16)))
        (local.set $end (i32.add (local.get $at) (i32.load (i32.const 20))))
        (loop
            (local.set $sum (i64.add (local.get $sum) (i64.load8_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $at) (local.get $end))))
        (i64.or (local.get $sum) (i64.shl (i64.load32_u (i32.const 12)) (i64.const 32)))"
    );
    assert_eq!(answer(&code), Ok(45 | 10 << 32));
}

#[test]
fn what_does_not_fit_a_buffer_is_an_overflow() {
    let wait_into = |offset: u32| {
        answer(&format!(
            "(local $p i32) (local.set $p (call $endpoint (i32.const {SOURCE})))
            (call $submit-in (local.get $p) (i32.const 10) (i32.const 0))
            (call $wait-into (local.get $p) (i32.const 0) (i64.const 0)
                (call $buffer (i32.const 16)) (i32.const {offset}) (i32.const 0))
            (i64.or (i64.load16_u (i32.const 8)) (i64.shl (i64.load32_u (i32.const 20)) (i64.const 32)))"
        ))
    };
    assert_eq!(
        (wait_into(6), wait_into(7), wait_into(99)),
        (Ok(0), Ok(1 | 4 << 8), Ok(1 | 4 << 8))
    );
}

#[test]
fn handles_may_be_dropped_in_any_order() {
    let drops = [
        "$drop-device (local.get $d)",
        "$drop-interface (local.get $i)",
        "$drop-pipe (local.get $p)",
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let fake = Fake::default();
        let dropped: String = order.iter().map(|n| format!("(call {})", drops[*n])).collect();
        let code = format!(
            "(local $d i32) (local $i i32) (local $p i32) (local $e i32)
            (local.set $d (call $device))
            (call $claim (local.get $d) (i32.const 0) (i32.const 0))
            (local.set $i (i32.load (i32.const 4)))
            (call $pipe (local.get $i) (i32.const {MUTE}) (i32.const 0))
            (local.set $p (i32.load (i32.const 4)))
            (call $submit-in (local.get $p) (i32.const 5) (i32.const 0))
            (local.set $e (call $ready (local.get $p)))
            {dropped} (drop (call $event-ready (local.get $e))) (i64.const 1)"
        );
        let machine = machine(&fake);
        let mut running = start(&machine, &code, RunOptions::default());
        assert_eq!(call(&mut running), Ok(1), "{order:?}");
        assert_eq!(fake.left(), (1, false), "{order:?}");
    }
}

#[test]
fn a_pipeline_that_ends_gives_everything_back() {
    let fake = Fake::default();
    let code = format!(
        "(call $submit-in (call $endpoint (i32.const {MUTE})) (i32.const 5) (i32.const 0))
        (unreachable)"
    );
    assert!(answer_with(&fake, &code).is_err());
    assert_eq!(fake.left(), (1, false));
    the_next_pipeline_runs();
}

#[test]
fn an_interface_is_one_handles_at_a_time() {
    let busy = "(local $d i32) (local.set $d (call $device))
        (call $claim (local.get $d) (i32.const 0) (i32.const 0))
        (call $claim (local.get $d) (i32.const 0) (i32.const 0))
        (i64.add (i64.load8_u (i32.const 0)) (i64.load8_u (i32.const 4)))";
    assert_eq!(answer(busy), Ok(1 + 6));
}

#[test]
fn a_number_that_was_never_listed_is_gone() {
    let gone = |call: &str| {
        answer(&format!(
            "(call {call} (call $open-usb) (i64.const 77) (i32.const 0))
            (i64.load16_u (i32.const 0))"
        ))
    };
    assert_eq!(gone("$descriptors"), Ok(1), "an error, and its number 0");
    // The guard knows it not.
    assert_eq!(
        answer(
            "(call $open (call $open-usb) (i64.const 77) (i32.const 0))
        (i64.load8_u (i32.const 4))"
        ),
        Ok(8)
    );
}

#[test]
fn each_transfer_is_a_line_of_the_trace() {
    use std::sync::{Arc, Mutex};

    use periplasm_host::{Board, Machine};
    let (lines, fake) = (Arc::new(Mutex::new(Vec::new())), Fake::default());
    let sink = lines.clone();
    let machine = Machine::new(&Board::parse(super::stage::BOARD, "b.toml").unwrap())
        .traced(move |name, entry| sink.lock().unwrap().push(format!("{name}  {entry}")));
    machine.put_usb("desk", Arc::new(fake));
    let code = format!(
        "(call $transfer-in (call $endpoint (i32.const {SOURCE})) (i32.const 10) (i32.const 0)
            (i64.const 0) (i32.const 0))
        (call $control-in (call $device) (i32.const 0x80) (i32.const 0) (i32.const 0)
            (i32.const 0) (i32.const 2) (i32.const 1) (i64.const 0) (i32.const 0)) (i64.const 0)"
    );
    call(&mut start(&machine, &code, RunOptions::default())).unwrap();
    // GET_STATUS of the device (USB 2.0, 9.4.5), which it does not answer.
    let expected = [
        "desk  16c0:05dc  0x81  in 10 of 10 bytes  ok",
        "desk  16c0:05dc  0x00  setup 80 00 00 00 00 00 02 00  in 0 of 2 bytes  cancelled",
    ];
    assert_eq!(*lines.lock().unwrap(), expected);
}
