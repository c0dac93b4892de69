//! What a stage can and cannot do with a bus.

use std::sync::{Arc, Mutex};

use periplasm_host::{Grants, Machine, RunOptions};

use crate::logged::logged;
use crate::support::{Bench, Stage, board, host, interface, pipeline, the_next_pipeline_runs};

/// What the stage finds at address 0 after a call, little-endian.
fn answer(call: &str, addresses: &[u16]) -> u64 {
    let code = format!("(func $probe (param $x i64) (result i64) {call} (i64.load (i32.const 0)))");
    Bench::of(&[Stage { name: "asks", code: &code, addresses }]).probe("asks", 0).unwrap()
}

// `result<_, error-code>`, as in memory: an error, its code, its source.
const ADDRESS_NOT_ACKNOWLEDGED: u64 = 0x00_02_01;
const OTHER: u64 = 0x04_01;
// The same behind the four bytes of alignment that a list needs.
const LIST_ADDRESS_NOT_ACKNOWLEDGED: u64 = 0x02_0000_0001;
const LIST_OTHER: u64 = 0x04_0000_0001;

fn write(address: &str) -> String {
    format!(
        "(call $write (call $open) (i32.const {address}) (i32.const 64) (i32.const 1) (i32.const 0))"
    )
}

#[test]
fn what_is_granted_answers() {
    assert_eq!(answer(&write("0x50"), &[0x50]), 0);
}

#[test]
fn what_is_not_granted_does_not_exist() {
    // There is a device at 0x51, and none at 0x20; the stage cannot tell.
    assert_eq!(answer(&write("0x51"), &[0x50]), ADDRESS_NOT_ACKNOWLEDGED);
    assert_eq!(answer(&write("0x20"), &[0x20]), ADDRESS_NOT_ACKNOWLEDGED);
    // The 10-bit address of the same number is another.
    assert_eq!(answer(&write("0xa050"), &[0x50]), ADDRESS_NOT_ACKNOWLEDGED);
}

#[test]
fn a_number_that_is_no_address_is_answered_with_other() {
    for number in ["0x80", "0x9fff", "0xa400", "0xffff"] {
        assert_eq!(answer(&write(number), &[0x50]), OTHER, "{number}");
    }
}

#[test]
fn a_length_over_the_limit_is_answered_with_other() {
    let read = |len: &str| {
        format!("(call $read (call $open) (i32.const 0x50) (i64.const {len}) (i32.const 0))")
    };
    assert_eq!(answer(&read("8192"), &[0x50]) & 0xff, 0);
    for len in ["8193", "0xffffffffffffffff"] {
        assert_eq!(answer(&read(len), &[0x50]), LIST_OTHER, "{len}");
    }
    let write =
        "(call $write (call $open) (i32.const 0x50) (i32.const 64) (i32.const 8193) (i32.const 0))";
    assert_eq!(answer(write, &[0x50]), OTHER);
    let write_read = "(call $write-read (call $open) (i32.const 0x50)
        (i32.const 64) (i32.const 1) (i64.const 8193) (i32.const 0))";
    assert_eq!(answer(write_read, &[0x50]), LIST_OTHER);
    the_next_pipeline_runs();
}

#[test]
fn more_operations_than_the_limit_are_answered_with_other() {
    let transaction = |count: u32| {
        format!("
        (call $transaction (call $open) (i32.const 0x50) (i32.const 256) (i32.const {count}) (i32.const 0))")
    };
    // Operation 0 is `read(0)`, which all-zero memory is full of.
    assert_eq!(answer(&transaction(42), &[0x50]) & 0xff, 0);
    assert_eq!(answer(&transaction(43), &[0x50]), LIST_OTHER);
    // 16 bytes each: grow the memory for a million.
    let million = format!("(drop (memory.grow (i32.const 0x38))) {}", transaction(200_000));
    assert_eq!(answer(&million, &[0x50]), LIST_OTHER);
}

#[test]
fn a_list_that_reaches_out_of_memory_is_a_trap_of_the_stage() {
    for call in [
        "(call $write (call $open) (i32.const 0x50) (i32.const 64) (i32.const 0x40000000) (i32.const 0))",
        "(call $write (call $open) (i32.const 0x50) (i32.const -1) (i32.const 2) (i32.const 0))",
        "(call $transaction (call $open) (i32.const 0x50) (i32.const 256) (i32.const -1) (i32.const 0))",
    ] {
        let code = format!("(func $probe (param $x i64) (result i64) {call} (i64.const 0))");
        let mut bench = Bench::of(&[Stage { name: "asks", code: &code, addresses: &[0x50] }]);
        let error = bench.probe("asks", 0).unwrap_err();
        assert_eq!(error.stage.as_deref(), Some("asks"));
        assert!(error.to_string().contains("out of bounds"), "{error}");
    }
    the_next_pipeline_runs();
}

#[test]
fn forged_and_dropped_handles_are_traps_of_the_stage() {
    for call in [
        // Never opened.
        "(call $write (i32.const 7) (i32.const 0x50) (i32.const 64) (i32.const 1) (i32.const 0))",
        // Of another resource.
        "(call $write (call $voice) (i32.const 0x50) (i32.const 64) (i32.const 1) (i32.const 0))",
        // Dropped twice.
        "(local $h i32) (local.set $h (call $open)) (call $drop (local.get $h)) (call $drop (local.get $h))",
    ] {
        let code = format!("(func $probe (param $x i64) (result i64) {call} (i64.const 0))");
        let mut bench = Bench::of(&[Stage { name: "asks", code: &code, addresses: &[0x50] }]);
        let error = bench.probe("asks", 0).unwrap_err();
        assert_eq!(error.stage.as_deref(), Some("asks"), "{error}");
        assert!(error.to_string().contains("handle"), "{error}");
    }
    the_next_pipeline_runs();
}

#[test]
fn handles_that_are_never_dropped_end_at_a_limit() {
    let code = "(func $probe (param $x i64) (result i64)
        (loop (drop (call $open)) (br 0)) (unreachable))";
    let mut bench = Bench::of(&[Stage { name: "leaks", code, addresses: &[0x50] }]);
    let error = bench.probe("leaks", 0).unwrap_err();
    assert!(error.to_string().contains("handle"), "{error}");
    the_next_pipeline_runs();
}

#[test]
fn a_slot_tells_what_it_was_granted_in_the_order_of_the_request() {
    let call = "(call $addresses (i32.const 32))
        (i64.store (i32.const 0) (i64.load (i32.load (i32.const 32))))
        (i32.store8 (i32.const 7) (i32.load (i32.const 36)))";
    // Three numbers of 16 bits, and their count.
    let granted = answer(call, &[0x51, 0xa150, 0x50]);
    assert_eq!(granted & 0xff00_ffff_ffff_ffff, 0x0300_0050_a150_0051);
}

#[test]
fn a_read_after_an_error_returns_nothing() {
    let read = "(call $read (call $open) (i32.const 0x20) (i64.const 4) (i32.const 0))";
    assert_eq!(answer(read, &[0x20]), LIST_ADDRESS_NOT_ACKNOWLEDGED);
}

#[test]
fn transactions_of_two_pipelines_never_interleave() {
    // Each transaction writes its own number twice, in two operations.
    let code = "(func $probe (param $x i64) (result i64) (local $bus i32) (local $n i32)
        (local.set $bus (call $open))
        (i64.store (i32.const 128) (local.get $x))
        (loop $again
            (i32.store8 (i32.const 256) (i32.const 1))
            (i32.store (i32.const 264) (i32.const 128)) (i32.store (i32.const 268) (i32.const 2))
            (i32.store8 (i32.const 272) (i32.const 1))
            (i32.store (i32.const 280) (i32.const 128)) (i32.store (i32.const 284) (i32.const 2))
            (call $transaction (local.get $bus) (i32.const 0x50) (i32.const 256) (i32.const 2) (i32.const 0))
            (if (i32.load8_u (i32.const 0)) (then (unreachable)))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $n) (i32.const 300))))
        (i64.const 0))";
    let stages = |name| [Stage { name, code, addresses: &[0x50] }];
    let (host, board) = (host(), board());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let machine = Machine::new(&board)
        .traced(move |bus, entry| sink.lock().unwrap().push(format!("{bus} {entry}")));
    std::thread::scope(|scope| {
        for (name, x) in [("a", 0xaaaa), ("b", 0xbbbb)] {
            let (host, machine, board) = (&host, &machine, &board);
            scope.spawn(move || {
                let pipeline = pipeline(&stages(name));
                let grants = Grants::decide(&pipeline, board).unwrap();
                let compiled = host.compile(&pipeline).unwrap();
                let options = RunOptions::default();
                let mut running = host.start(&compiled, machine, &grants, options).unwrap();
                let probe =
                    running.typed_func::<(u64,), (u64,)>(&interface(name), "probe").unwrap();
                running.call(&probe, (x,)).unwrap();
            });
        }
    });
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 600);
    for line in seen.iter() {
        let whole = ["main 0x50  w aa aa  w aa aa  ok", "main 0x50  w bb bb  w bb bb  ok"];
        assert!(whole.contains(&line.as_str()), "{line}");
    }
}

#[test]
fn what_is_out_of_bounds_is_warned_of_once_with_stage_and_slot() {
    let read = "(call $read (call $open) (i32.const 0x50) (i64.const -1) (i32.const 0))";
    let text = logged(|| {
        answer(&read.repeat(3), &[0x50]);
    });
    let lines: Vec<_> = text.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    let expected = "asked for 18446744073709551615 bytes in one operation; at most 8192 are moved \
                    stage=\"asks\" slot=\"bus\"";
    assert!(lines[0].ends_with(expected), "{text}");
}
