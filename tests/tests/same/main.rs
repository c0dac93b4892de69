//! The claim of the whole project: an embedded-hal call does the same in a
//! component as natively. Any sequence of calls, on buses with faults, gives
//! the same results and the same transcript on the wires, times included.

use std::sync::{Arc, Mutex};

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
use periplasm_backend::native::{NativeDelay, NativeI2c};
use periplasm_backend::trace::Entry;
use periplasm_host::{Board, Machine};
use periplasm_tests::{Rig, build, ok};
use player::{Address, Call, Outcome, Step};
use proptest::collection::vec;
use proptest::prelude::*;

mod wire;

const SLOTS: &str =
    "bus = { i2c = \"bus\", addresses = [0x50, 0x51, 0x52], ten-bit-addresses = [0x050, 0x3ff] }";

/// Three register files and two addresses where nobody answers, one of each
/// width among both; `faults` are the devices' faults.
fn board(faults: &[Option<String>; 3]) -> String {
    let mut board = String::from(
        "backend = \"sim\"\n[i2c.bus]\nallow = [0x50, 0x51, 0x52]\nallow-ten-bit = [0x050, 0x3ff]\n",
    );
    let devices = ["address = 0x50", "address = 0x51\nread-only = true", "ten-bit-address = 0x050"];
    for (device, fault) in devices.iter().zip(faults) {
        board.push_str("[[i2c.bus.devices]]\nmodel = \"registers\"\n");
        board.push_str("contents = [11, 22, 33, 44, 55, 66, 77, 88]\n");
        board.push_str(device);
        board.push('\n');
        if let Some(fault) = fault {
            board.push_str(fault);
            board.push('\n');
        }
    }
    board
}

/// A machine whose transactions are written down.
fn recorded(machine: Machine) -> (Machine, Arc<Mutex<Vec<Entry>>>) {
    let entries = Arc::new(Mutex::new(Vec::new()));
    let sink = entries.clone();
    let machine = machine.traced(move |_, entry| sink.lock().unwrap().push(entry.clone()));
    (machine, entries)
}

fn natively(board: &str, calls: &[Call]) -> (Vec<Outcome>, Vec<Entry>) {
    let board = ok(Board::parse(board, "board.toml"));
    let (machine, entries) = recorded(Machine::new(&board));
    let mut bus = NativeI2c::new(ok(machine.i2c("bus")));
    let mut delay = NativeDelay::new(machine.clock().clone());
    let outcomes = player::play(&mut bus, &mut delay, calls);
    let entries = std::mem::take(&mut *entries.lock().unwrap());
    (outcomes, entries)
}

fn in_a_component(board: &str, calls: &[Call]) -> (Vec<Outcome>, Vec<Entry>) {
    let component = build::driver("tests/guests/replay", SLOTS);
    let mut written = None;
    let mut rig = Rig::start(component, board, |machine| {
        let (machine, entries) = recorded(machine);
        written = Some(entries);
        machine
    });
    let calls: Vec<wire::Call> = calls.iter().map(wire::Call::from).collect();
    let (outcomes,): (Vec<Result<Vec<Vec<u8>>, wire::Kind>>,) =
        ok(rig.call(wire::REPLAY, "play", (calls,)));
    let outcomes = outcomes.into_iter().map(|o| o.map_err(ErrorKind::from)).collect();
    let entries = std::mem::take(&mut *written.unwrap().lock().unwrap());
    (outcomes, entries)
}

/// Those with a chip most often, and also the absent and the impossible. Not
/// the ungranted: natively there is no grant to lack (`faults` has that).
fn address() -> impl Strategy<Value = Address> {
    prop_oneof![
        6 => prop_oneof![Just(0x50), Just(0x51)].prop_map(Address::Seven),
        3 => Just(Address::Ten(0x050)),
        1 => prop_oneof![Just(0x52), 0x80..=u8::MAX].prop_map(Address::Seven),
        1 => prop_oneof![Just(0x3ff), 0x400..=u16::MAX].prop_map(Address::Ten),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![8 => vec(any::<u8>(), 0..6), 1 => vec(any::<u8>(), 0..400)]
}

fn len() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0..10usize, 1 => 0..600usize]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![len().prop_map(Step::Read), bytes().prop_map(Step::Write)]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        3 => (address(), len()).prop_map(|(a, n)| Call::Read(a, n)),
        3 => (address(), bytes()).prop_map(|(a, b)| Call::Write(a, b)),
        4 => (address(), bytes(), len()).prop_map(|(a, b, n)| Call::WriteRead(a, b, n)),
        4 => (address(), vec(step(), 0..12)).prop_map(|(a, s)| Call::Transaction(a, s)),
        1 => any::<u32>().prop_map(Call::DelayNs),
        1 => any::<u32>().prop_map(Call::DelayUs),
        1 => any::<u32>().prop_map(Call::DelayMs),
    ]
}

fn fault() -> impl Strategy<Value = Option<String>> {
    let kind = prop_oneof![
        Just("no-acknowledge\", source = \"address"),
        Just("no-acknowledge\", source = \"data"),
        Just("arbitration-loss"),
        Just("stuck-bus"),
    ];
    let passing = (kind, 0..8u32, 1..4u32).prop_map(|(kind, after, times)| {
        format!("fault = {{ kind = \"{kind}\", after = {after}, times = {times} }}")
    });
    let lasting =
        (0..8u32).prop_map(|after| format!("fault = {{ kind = \"disappears\", after = {after} }}"));
    prop_oneof![4 => Just(None), 4 => passing.prop_map(Some), 1 => lasting.prop_map(Some)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_calls_does_the_same_natively_and_in_a_component(
        calls in vec(call(), 1..24),
        faults in [fault(), fault(), fault()],
    ) {
        let board = board(&faults);
        let (native, on_native_wires) = natively(&board, &calls);
        let (component, on_component_wires) = in_a_component(&board, &calls);
        prop_assert_eq!(native, component);
        prop_assert_eq!(on_native_wires, on_component_wires);
    }
}

/// That the property above can see a difference at all.
#[test]
fn the_sequences_reach_the_chips_and_their_faults() {
    let disappears = Some("fault = { kind = \"disappears\", after = 1 }".to_owned());
    let board = board(&[disappears, None, None]);
    let calls = [
        Call::WriteRead(Address::Seven(0x50), vec![1], 2),
        Call::DelayMs(5),
        Call::Read(Address::Seven(0x50), 1),
        Call::Write(Address::Seven(0x51), vec![0, 1]),
        Call::Transaction(
            Address::Ten(0x050),
            vec![Step::Write(vec![3]), Step::Read(1), Step::Read(0), Step::Read(2)],
        ),
    ];
    let (outcomes, entries) = in_a_component(&board, &calls);
    assert_eq!(
        outcomes,
        [
            Ok(vec![vec![22, 33]]),
            Ok(vec![]),
            Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)),
            Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data)),
            Ok(vec![vec![44], vec![], vec![55, 66]]),
        ]
    );
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[1].at_ns - entries[0].at_ns, 5_000_000);
}
