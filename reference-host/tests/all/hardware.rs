//! What a stage can and cannot do with pins, pulses, SPI, serial ports, CAN
//! buses and buffers.

use periplasm_host::Cause;

use crate::hal::answer;
use crate::support::the_next_pipeline_runs;

/// `(i64.load (i32.const 0))` after a call that answers at address 0.
fn at_0(call: &str) -> u64 {
    answer(&format!("{call} (i64.load (i32.const 0))")).unwrap()
}

// `result<_, error>` as in memory: an error, and its code; the same behind the
// four bytes of alignment that a list needs.
const fn error(code: u64) -> u64 {
    1 | code << 8
}
const fn list_error(code: u64) -> u64 {
    1 | code << 32
}

#[test]
fn a_pin_is_driven() {
    assert_eq!(at_0("(call $set (call $open-dc) (i32.const 1) (i32.const 0))"), 0);
}

#[test]
fn a_duty_cycle_above_the_maximum_is_an_error() {
    let set = |duty: u32| {
        at_0(&format!("(call $set-duty (call $open-fan) (i32.const {duty}) (i32.const 0))"))
    };
    assert_eq!(answer("(i64.extend_i32_u (call $max-duty (call $open-fan)))"), Ok(1000));
    assert_eq!((set(1000), set(1001), set(65_535)), (0, error(0), error(0)));
}

const TOO_LONG: u64 = list_error(4);

#[test]
fn an_spi_transfer_over_the_limit_is_too_long() {
    let read = |len: &str| {
        at_0(&format!("(call $spi-read (call $open-dev) (i32.const {len}) (i32.const 0))"))
    };
    assert_eq!(read("256") & 0xff, 0);
    assert_eq!(read("0x100001"), TOO_LONG);
    assert_eq!(read("-1"), TOO_LONG);
    the_next_pipeline_runs();
}

fn transaction(count: i64) -> String {
    // 16 bytes each; what is all zero is a `read(0)`.
    format!(
        "(call $transaction (call $open-dev) (i32.const 256) (i32.const {count}) (i32.const 0))"
    )
}

#[test]
fn more_spi_operations_than_the_limit_are_too_long() {
    assert_eq!(at_0(&transaction(4096)) & 0xff, 0);
    assert_eq!(at_0(&transaction(4097)), TOO_LONG);
}

#[test]
fn the_bytes_of_a_transaction_count_together() {
    let store = |len: u32| {
        format!(
            "(i32.store (i32.const 260) (i32.const {len})) (i32.store (i32.const 276) (i32.const 1))"
        )
    };
    assert_eq!(at_0(&format!("{} {}", store(256), transaction(2))) & 0xff, 0);
    assert_eq!(at_0(&format!("{} {}", store(1 << 20), transaction(2))), TOO_LONG);
}

#[test]
fn a_transaction_that_reaches_out_of_memory_is_a_trap_of_the_stage() {
    for code in [
        transaction(-1),
        // A write of bytes that are not there.
        format!(
            "(i32.store (i32.const 256) (i32.const 1)) (i32.store (i32.const 260) (i32.const -1))
            (i32.store (i32.const 264) (i32.const 64)) {}",
            transaction(1)
        ),
    ] {
        let error = answer(&format!("{code} (i64.const 0)")).unwrap_err();
        assert_eq!(error.stage.as_deref(), Some("hal"));
        assert!(error.to_string().contains("out of bounds"), "{error}");
    }
    the_next_pipeline_runs();
}

#[test]
fn a_started_transaction_is_finished_once() {
    let code = "(local $t i32)
        (local.set $t (call $start (call $open-dev) (i32.const 256) (i32.const 1)))
        (i32.store (i32.const 512) (call $done (local.get $t)))
        (call $any (i32.const 512) (i32.const 1) (i32.const 520))
        (call $finish (local.get $t) (i32.const 0))
        (if (i32.load8_u (i32.const 0)) (then (unreachable)))
        (i64.store (i32.const 0) (i64.const 0))
        (call $finish (local.get $t) (i32.const 0))";
    assert_eq!(at_0(code), list_error(6));
}

#[test]
fn what_transaction_refuses_start_refuses() {
    let code = "(local $t i32)
        (local.set $t (call $start (call $open-dev) (i32.const 256) (i32.const 4097)))
        (call $finish (local.get $t) (i32.const 0))";
    assert_eq!(at_0(code), TOO_LONG);
}

#[test]
fn transactions_that_are_never_dropped_end_at_a_limit() {
    let code = "(loop (drop (call $start (call $open-dev) (i32.const 256) (i32.const 1))) (br 0))
        (unreachable)";
    let error = answer(code).unwrap_err();
    assert_eq!(error.cause, Cause::TooMuch { limit: "32 transactions started at once" });
    the_next_pipeline_runs();
}

#[test]
fn a_serial_port_gives_no_more_than_there_is() {
    let write = "(local $p i32) (local.set $p (call $open-port))
        (call $serial-write (local.get $p) (i32.const 64) (i32.const 3) (i32.const 0))";
    assert_eq!(at_0(write), 3 << 32);
    let read = "(call $serial-read (local.get $p) (i32.const -1) (i32.const 0) (i64.const 0)
        (i32.const 0)) (i64.load (i32.const 4))";
    assert_eq!(answer(&format!("{write} {read}")).unwrap() >> 32, 3);
}

fn transmit(id: u32, kind: u32, a: u32, b: u32) -> String {
    format!(
        "(call $transmit (call $open-net) (i32.const 0) (i32.const {id}) (i32.const {kind})
        (i32.const {a}) (i32.const {b}) (i32.const 0) (i64.const 0) (i32.const 0))"
    )
}

#[test]
fn a_frame_that_cannot_be_is_other() {
    const OTHER: u64 = error(7);
    assert_eq!(at_0(&transmit(1, 0, 64, 8)), 1 << 8, "a good one: `ok(true)`");
    assert_eq!(at_0(&transmit(1, 0, 64, 9)), OTHER);
    assert_eq!(at_0(&transmit(0x800, 0, 64, 1)), OTHER);
    assert_eq!(at_0(&transmit(1, 1, 9, 0)), OTHER);
}

#[test]
fn a_frame_comes_with_its_identifier() {
    let code = format!(
        "{} (call $receive (call $open-net) (i32.const 0) (i64.const 0) (i32.const 0))
        (i64.load32_u (i32.const 12))",
        transmit(0x123, 0, 64, 8)
    );
    assert_eq!(answer(&code), Ok(0x124));
}

#[test]
fn a_buffer_keeps_to_its_end() {
    let write = |offset: i32, len: i32| {
        at_0(&format!(
            "(call $buffer-write (call $buffer (i32.const 10)) (i32.const {offset}) (i32.const 64)
            (i32.const {len}) (i32.const 0))"
        ))
    };
    assert_eq!((write(0, 10), write(10, 0)), (0, 0));
    assert_eq!((write(8, 3), write(11, 0), write(-1, 2)), (error(0), error(0), error(0)));
    let read = |offset: i32, len: i32| {
        let code = format!(
            "(call $buffer-read (call $buffer (i32.const 10)) (i32.const {offset})
            (i32.const {len}) (i32.const 0))"
        );
        at_0(&code) & 0xff
    };
    assert_eq!((read(0, 10), read(10, 0)), (0, 0));
    assert_eq!((read(5, 6), read(-1, -1)), (1, 1));
}

#[test]
fn what_is_written_into_a_buffer_is_read_from_it() {
    let code = "(local $b i32) (local.set $b (call $buffer (i32.const 16)))
        (i64.store (i32.const 64) (i64.const 0x1122334455667788))
        (call $buffer-write (local.get $b) (i32.const 3) (i32.const 64) (i32.const 8) (i32.const 0))
        (call $buffer-read (local.get $b) (i32.const 4) (i32.const 8) (i32.const 0))
        (i64.load (i32.load (i32.const 4)))";
    assert_eq!(answer(code), Ok(0x0011_2233_4455_6677));
}

#[test]
fn buffers_of_one_pipeline_share_a_limit() {
    let mebibytes = |count: u32, keep: &str| {
        answer(&format!(
            "(local $n i32) (loop
                ({keep} (call $buffer (i32.const 0x100000)))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $n) (i32.const {count}))))
            (i64.const 0)"
        ))
    };
    assert_eq!(mebibytes(16, "drop"), Ok(0));
    // A handle that is dropped gives its bytes back.
    assert_eq!(mebibytes(100, "call $drop-buffer"), Ok(0));
    let error = mebibytes(17, "drop").unwrap_err();
    assert_eq!(error.cause, Cause::TooMuch { limit: "16 MiB of buffers at once" });
    let error = answer("(drop (call $buffer (i32.const -1))) (i64.const 0)").unwrap_err();
    assert_eq!(error.stage.as_deref(), Some("hal"));
    assert_eq!(
        error.to_string(),
        "stage `hal` asked the host for more than 16 MiB of buffers at once"
    );
    the_next_pipeline_runs();
}
