use Direction::{Both, Nothing, Read, Write};
use proptest::prelude::*;

use super::*;

const LINUX: Limits = Limits { bytes: 4096, transfers: MAX_TRANSFERS };

fn one(direction: Direction, len: usize, delay_us: u16) -> Transfer {
    Transfer { direction, len, delay_us }
}

#[test]
fn a_command_and_its_answer_are_one_call() {
    let mut answer = [0; 3];
    let operations = [Operation::Write(&[0x9f]), Operation::Read(&mut answer)];
    assert_eq!(calls(&operations, LINUX), [[one(Write, 1, 0), one(Read, 3, 0)]]);
}

#[test]
fn adjacent_operations_of_one_direction_are_one_transfer() {
    let (mut a, mut b, mut c, mut d) = ([0; 1], [0; 2], [0; 3], [0; 4]);
    let operations = [
        Operation::Write(&[1]),
        Operation::Write(&[]),
        Operation::Write(&[2, 3]),
        Operation::Read(&mut a),
        Operation::Transfer(&mut b, &[]),
        Operation::TransferInPlace(&mut c),
        Operation::Transfer(&mut d, &[1; 6]),
        Operation::Transfer(&mut [], &[7]),
    ];
    let expected = [one(Write, 3, 0), one(Read, 3, 0), one(Both, 9, 0), one(Write, 1, 0)];
    assert_eq!(calls(&operations, LINUX), [expected]);
}

#[test]
fn a_transaction_of_nothing_still_drives_chip_select() {
    assert_eq!(calls(&[], LINUX), [[one(Nothing, 0, 0)]]);
    assert_eq!(calls(&[Operation::Read(&mut [])], LINUX), [[one(Nothing, 0, 0)]]);
}

#[test]
fn a_delay_stands_behind_its_transfer_and_is_never_shortened() {
    let operations = [
        Operation::DelayNs(1),
        Operation::Write(&[1]),
        Operation::DelayNs(1001),
        Operation::DelayNs(999),
        Operation::Write(&[2]),
        Operation::DelayNs(65_535_000),
        Operation::DelayNs(1),
    ];
    let expected = [one(Nothing, 0, 1), one(Write, 1, 2), one(Write, 1, 65535), one(Nothing, 0, 1)];
    assert_eq!(calls(&operations, LINUX), [expected]);
}

#[test]
fn bytes_beyond_the_buffer_go_into_another_call() {
    let bytes = [0; 10_000];
    let expected = [[one(Write, 4096, 0)], [one(Write, 4096, 0)], [one(Write, 1808, 5)]];
    let operations = [Operation::Write(&bytes), Operation::DelayNs(5000)];
    assert_eq!(calls(&operations, LINUX), expected);
}

#[test]
fn a_transaction_of_several_calls_is_refused_where_chip_select_cannot_be_held() {
    let bytes = [0; 5000];
    let long = [Operation::Write(&bytes)];
    let refused = SpiError::TooLong { bytes: 5000, most: 4096 };
    assert_eq!(plan(&long, LINUX, false), Err(refused));
    assert_eq!(plan(&long, LINUX, true).map(|calls| calls.len()), Ok(2));
    // What fits is told as it is: short transfers with pauses fill it sooner.
    let short: Vec<_> =
        (0..33).flat_map(|_| [Operation::Write(&[1]), Operation::DelayNs(1000)]).collect();
    assert_eq!(plan(&short, LINUX, false), Err(SpiError::TooLong { bytes: 33, most: 32 }));
    let most = [Operation::Write(&bytes[..4096])];
    assert_eq!(plan(&most, LINUX, false).map(|calls| calls.len()), Ok(1));
}

#[test]
fn what_is_sent_and_what_is_received_have_a_buffer_each() {
    let (out, mut answer, mut both) = ([0; 4096], [0; 4096], [0; 1]);
    let operations = [
        Operation::Write(&out),
        Operation::Read(&mut answer),
        Operation::TransferInPlace(&mut both),
    ];
    let expected = [vec![one(Write, 4096, 0), one(Read, 4096, 0)], vec![one(Both, 1, 0)]];
    assert_eq!(calls(&operations, LINUX), expected);
}

#[test]
fn a_short_transfer_takes_as_much_as_its_alignment() {
    // 32 transfers of 128 bytes fill the buffer, though they are one byte each.
    let operations: Vec<_> =
        (0..33).flat_map(|_| [Operation::Write(&[1]), Operation::DelayNs(1000)]).collect();
    let lens: Vec<_> = calls(&operations, LINUX).iter().map(Vec::len).collect();
    assert_eq!(lens, [32, 1]);
}

#[test]
fn a_call_has_no_more_transfers_than_its_number_has_room_for() {
    // 4.29 s is 66 pauses of at most 65.535 ms.
    let operations: [_; 10] = std::array::from_fn(|_| Operation::DelayNs(u32::MAX));
    let calls = calls(&operations, LINUX);
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [511, 145]);
    let total: u64 = calls.iter().flatten().map(|t| u64::from(t.delay_us)).sum();
    assert_eq!(total, (10 * u64::from(u32::MAX)).div_ceil(1000));
}

/// Direction, length and pause of an operation.
type Made = (u8, usize, u32);

fn made() -> impl Strategy<Value = Vec<Made>> {
    let delay = prop_oneof![0..3u32, 1_000..3_000_000u32, Just(200_000_000)];
    prop::collection::vec((0..5u8, 0..700usize, delay), 0..40)
}

proptest! {
    /// Whatever the operations and the limits: each call fits, and all calls
    /// together are the bytes and the pauses of the operations, in their order.
    #[test]
    fn every_plan_fits_and_leaves_nothing_out(
        made in made(),
        bytes in prop_oneof![1..128usize, 128..5000usize],
        transfers in 1..20usize,
    ) {
        let limits = Limits { bytes, transfers };
        let out = vec![0; 700];
        let mut buffers = vec![vec![0; 700]; made.len()];
        let mut operations = Vec::new();
        for (&(kind, len, delay), buffer) in made.iter().zip(&mut buffers) {
            operations.push(match kind {
                0 => Operation::Write(&out[..len]),
                1 => Operation::Read(&mut buffer[..len]),
                2 => Operation::TransferInPlace(&mut buffer[..len]),
                3 => Operation::Transfer(&mut buffer[..len / 2], &out[..len]),
                _ => Operation::DelayNs(delay),
            });
        }
        let calls = calls(&operations, limits);

        prop_assert!(!calls.is_empty());
        let alignment = alignment(limits);
        for call in &calls {
            prop_assert!((1..=transfers).contains(&call.len()));
            let taken = |uses: fn(Direction) -> bool| -> usize {
                let taken = call.iter().filter(|t| uses(t.direction));
                taken.map(|t| t.len.next_multiple_of(alignment)).sum()
            };
            prop_assert!(taken(Direction::writes) <= bytes);
            prop_assert!(taken(Direction::reads) <= bytes);
            for transfer in call {
                prop_assert_eq!(transfer.len == 0, transfer.direction == Nothing);
            }
        }

        // The order: which wires each byte uses, and the pauses between them
        // in nanoseconds, of which a plan may have up to 1000 more each.
        let mut planned = Vec::new();
        for transfer in calls.iter().flatten() {
            planned.extend(vec![(transfer.direction, 0); transfer.len]);
            pause(&mut planned, u64::from(transfer.delay_us) * 1000);
        }
        let mut wanted = Vec::new();
        for operation in &operations {
            let (direction, len) = shape(operation);
            wanted.extend(vec![(direction, 0); len]);
            if let Operation::DelayNs(ns) = operation {
                pause(&mut wanted, u64::from(*ns));
            }
        }
        prop_assert_eq!(planned.len(), wanted.len());
        for (planned, wanted) in planned.iter().zip(&wanted) {
            prop_assert_eq!(planned.0, wanted.0);
            prop_assert!(planned.1 >= wanted.1 && planned.1 < wanted.1 + 1000);
        }
    }
}

/// Adds a pause behind the last byte, or before the first.
fn pause(bytes: &mut Vec<(Direction, u64)>, ns: u64) {
    match bytes.last_mut() {
        Some(last) => last.1 += ns,
        None if ns > 0 => bytes.push((Nothing, ns)),
        None => {}
    }
}
