//! The claim of the whole project: a call to embedded-hal or one of its
//! relatives does the same in a component as natively. Any sequence of calls,
//! on hardware with faults, gives the same results and the same transcript on
//! the wires, times included.

use std::sync::{Arc, Mutex};

use periplasm_backend::trace::Entry;
use periplasm_tests::{Rig, build, ok};
use player::{Call, Outcome, postcard};
use proptest::collection::vec;
use proptest::prelude::*;

mod board;
mod calls;
mod native;

use board::Faults;

/// The interface that the guest exports.
const REPLAY: &str = "test:replay/replay@0.1.0";

/// What was done, to which hardware by its name.
type Transcript = Vec<(String, Entry)>;

fn natively(board: &str, calls: &[Call]) -> (Vec<Outcome>, Transcript) {
    let transcript = Arc::default();
    let outcomes = player::play(&mut native::open(board, &transcript), calls);
    let transcript = std::mem::take(&mut *transcript.lock().unwrap());
    (outcomes, transcript)
}

fn in_a_component(board: &str, calls: &[Call]) -> (Vec<Outcome>, Transcript) {
    let component = build::driver("tests/guests/replay", board::SLOTS);
    let transcript: Arc<Mutex<Transcript>> = Arc::default();
    let sink = transcript.clone();
    let mut rig = Rig::start(component, board, |machine| {
        machine.traced(move |name, entry| {
            sink.lock().unwrap().push((name.to_owned(), entry.clone()));
        })
    });
    let calls = postcard::to_allocvec(calls).unwrap();
    let (outcomes,): (Option<Vec<u8>>,) = ok(rig.call(REPLAY, "play", (calls,)));
    let outcomes = postcard::from_bytes(&outcomes.expect("the guest reads its calls")).unwrap();
    let transcript = std::mem::take(&mut *transcript.lock().unwrap());
    (outcomes, transcript)
}

fn same(faults: &Faults, calls: &[Call]) -> Result<(), TestCaseError> {
    let board = faults.board();
    let (native, on_native_wires) = natively(&board, calls);
    let (component, on_component_wires) = in_a_component(&board, calls);
    prop_assert_eq!(native, component);
    prop_assert_eq!(on_native_wires, on_component_wires);
    Ok(())
}

/// Calls of one kind, and waiting in between.
fn calls(kind: impl Strategy<Value = Call>) -> impl Strategy<Value = Vec<Call>> {
    vec(prop_oneof![8 => kind, 1 => calls::delay()], 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn i2c(faults in board::faults(), calls in calls(calls::i2c().prop_map(Call::I2c))) {
        same(&faults, &calls)?;
    }

    #[test]
    fn spi_devices(faults in board::faults(), calls in calls(calls::spi().prop_map(Call::Spi))) {
        same(&faults, &calls)?;
    }

    #[test]
    fn spi_buses(
        faults in board::faults(),
        calls in calls(calls::spi_bus().prop_map(Call::SpiBus)),
    ) {
        same(&faults, &calls)?;
    }

    #[test]
    fn pins(faults in board::faults(), calls in calls(calls::pins().prop_map(Call::Pins))) {
        same(&faults, &calls)?;
    }

    #[test]
    fn pulses_and_voltages(
        faults in board::faults(),
        calls in calls(calls::analog().prop_map(Call::Analog)),
    ) {
        same(&faults, &calls)?;
    }

    #[test]
    fn serial_ports(
        faults in board::faults(),
        calls in calls(calls::serial().prop_map(Call::Serial)),
    ) {
        same(&faults, &calls)?;
    }

    #[test]
    fn can(faults in board::faults(), calls in calls(calls::can().prop_map(Call::Can))) {
        same(&faults, &calls)?;
    }

    #[test]
    fn several_at_once(
        faults in board::faults(),
        calls in calls(prop_oneof![
            3 => calls::together().prop_map(Call::Together),
            1 => calls::pins().prop_map(Call::Pins),
        ]),
    ) {
        same(&faults, &calls)?;
    }

    #[test]
    fn all_kinds(
        faults in board::faults(),
        calls in vec(
            prop_oneof![
                calls::i2c().prop_map(Call::I2c),
                calls::spi().prop_map(Call::Spi),
                calls::spi_bus().prop_map(Call::SpiBus),
                calls::pins().prop_map(Call::Pins),
                calls::analog().prop_map(Call::Analog),
                calls::serial().prop_map(Call::Serial),
                calls::can().prop_map(Call::Can),
                calls::together().prop_map(Call::Together),
                calls::delay(),
            ],
            1..40,
        ),
    ) {
        same(&faults, &calls)?;
    }
}

/// That the properties above can see a difference at all.
#[test]
fn the_sequences_reach_the_chips_and_their_faults() {
    use player::i2c::{Address, Call as I2c, Step};
    let disappears = Some("fault = { kind = \"disappears\", after = 1 }".to_owned());
    let faults = Faults { i2c: [disappears, None, None], ..Faults::default() };
    let calls = [
        Call::I2c(I2c::WriteRead(Address::Seven(0x50), vec![1], 2)),
        Call::DelayMs(5),
        Call::I2c(I2c::Read(Address::Seven(0x50), 1)),
        Call::I2c(I2c::Write(Address::Seven(0x51), vec![0, 1])),
        Call::I2c(I2c::Transaction(
            Address::Ten(0x050),
            vec![Step::Write(vec![3]), Step::Read(1), Step::Read(0), Step::Read(2)],
        )),
    ];
    let (outcomes, transcript) = in_a_component(&faults.board(), &calls);
    let expected: [Outcome; 5] = [
        Ok(vec![vec![22, 33]]),
        Ok(vec![]),
        Err("NoAcknowledge(Address)".to_owned()),
        Err("NoAcknowledge(Data)".to_owned()),
        Ok(vec![vec![44], vec![], vec![55, 66]]),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(transcript.len(), 4);
}

/// Not a part of the properties: the host refuses it before any wire sees it.
#[test]
fn a_duty_cycle_above_the_largest_is_refused_alike() {
    use player::analog::Call as Analog;
    let board = Faults::default().board();
    let calls = [1000, 1001, u16::MAX].map(|duty| Call::Analog(Analog::SetDuty(duty)));
    let (native, component) = (natively(&board, &calls).0, in_a_component(&board, &calls).0);
    assert_eq!(native, component);
    let went_well: Vec<bool> = native.iter().map(Result::is_ok).collect();
    assert_eq!(went_well, [true, false, false]);
}

/// What runs at once begins at once, and what comes first wins.
#[test]
fn futures_go_on_beside_each_other_in_a_component() {
    use player::spi::Step;
    use player::together::{Call as Together, Condition};
    let read = |register| (0x50, vec![register], 2);
    let driven =
        Together::Driven { condition: Condition::Rising, timeout_us: 20, after_us: 5, high: true };
    let buses = Together::Buses {
        i2c: [read(1), read(3)],
        spi: vec![Step::Write(vec![0x80]), Step::Read(2)],
    };
    let calls = [driven, Together::Timers(5, 3), buses].map(Call::Together);
    let (outcomes, transcript) = in_a_component(&Faults::default().board(), &calls);
    let expected: [Outcome; 3] = [
        Ok(vec![vec![0]]),
        Ok(vec![vec![1]]),
        Ok(vec![vec![22, 33], vec![44, 55], vec![], vec![11, 22]]),
    ];
    assert_eq!(outcomes, expected);
    let began: Vec<u64> = ["bus", "second", "chip"]
        .iter()
        .filter_map(|name| transcript.iter().find(|(n, _)| n == name))
        .map(|(_, entry)| entry.at_ns)
        .collect();
    assert_eq!(began, [8_000; 3]);
}
