//! What a trace says of a transaction.

mod support;

use std::sync::{Arc, Mutex};

use embedded_hal::i2c::ErrorKind::{self, ArbitrationLoss, Bus, NoAcknowledge, Other, Overrun};
use embedded_hal::i2c::NoAcknowledgeSource::Unknown;
use embedded_hal::i2c::Operation::{self, Read, Write};
use periplasm_backend::sim::VirtualClock;
use periplasm_backend::trace::{Act, Entry, Step, Traced};
use periplasm_backend::{Clock, I2cAddress, I2cBus, sim};
use support::{NO_ADDRESS, NO_DATA, device, seven, ten};

/// A traced bus with an LM75 at 0x48.
fn traced() -> (Traced<sim::Bus>, Arc<VirtualClock>, Arc<Mutex<Vec<Entry>>>) {
    let (clock, entries) = (Arc::new(VirtualClock::new()), Arc::new(Mutex::new(Vec::new())));
    let mut bus = sim::Bus::new(clock.clone());
    bus.attach(&device("model = 'lm75'\naddress = 0x48")).unwrap();
    let sink = entries.clone();
    let traced = Traced::new(bus, clock.clone(), move |entry| sink.lock().unwrap().push(entry));
    (traced, clock, entries)
}

#[test]
fn every_transaction_is_one_entry_with_what_was_asked_and_answered() {
    let (mut bus, clock, entries) = traced();
    let (mut one, mut two) = ([0], [0]);
    let mut operations = [Write(&[]), Write(&[3]), Read(&mut one), Read(&mut two)];
    assert_eq!(bus.transaction(seven(0x48), &mut operations), Ok(()));
    assert_eq!((one, two), ([0x50], [0x00]), "the caller gets it too");
    clock.delay_ns(7);
    let mut buffer = [0; 3];
    let mut operations = [Write(&[1]), Read(&mut buffer)];
    assert_eq!(bus.transaction(ten(0x48), &mut operations), Err(NO_ADDRESS));
    assert_eq!(bus.transaction(seven(0x48), &mut []), Ok(()));

    let entry =
        |at_ns, address, steps, result| Entry { at_ns, act: Act::I2c { address, steps, result } };
    let steps = vec![
        Step::Wrote(vec![]),
        Step::Wrote(vec![3]),
        Step::Read(vec![0x50]),
        Step::Read(vec![0x00]),
    ];
    let expected = [
        entry(0, seven(0x48), steps, Ok(())),
        entry(7, ten(0x48), vec![Step::Wrote(vec![1]), Step::NotRead(3)], Err(NO_ADDRESS)),
        entry(7, seven(0x48), vec![], Ok(())),
    ];
    assert_eq!(*entries.lock().unwrap(), expected);
}

fn line(
    address: I2cAddress,
    steps: impl IntoIterator<Item = Step>,
    result: Result<(), ErrorKind>,
) -> String {
    let act = Act::I2c { address, steps: steps.into_iter().collect(), result };
    Entry { at_ns: 0, act }.to_string()
}

#[test]
fn an_entry_is_one_line() {
    let climate = seven(0x76);
    for (found, expected) in [
        (
            line(climate, [Step::Wrote(vec![0xf7]), Step::Read(vec![0x52, 0x8a, 0xc0])], Ok(())),
            "0x76  w f7  r 52 8a c0  ok",
        ),
        (line(climate, [], Ok(())), "0x76  ok"),
        (line(climate, [Step::Wrote(vec![])], Ok(())), "0x76  w (0 bytes)  ok"),
        (line(climate, [Step::Read(vec![])], Ok(())), "0x76  r (0 bytes)  ok"),
        (line(seven(0x08), [Step::Wrote(vec![0, 1])], Ok(())), "0x08  w 00 01  ok"),
        (line(ten(0x150), [Step::Wrote(vec![9])], Ok(())), "0x150 (10-bit)  w 09  ok"),
        (
            line(climate, [Step::Wrote(vec![0xf7]), Step::NotRead(8)], Err(NO_ADDRESS)),
            "0x76  w f7  r (8 bytes)  address not acknowledged",
        ),
    ] {
        assert_eq!(found, expected);
    }
}

#[test]
fn each_error_has_words() {
    for (kind, expected) in [
        (NO_ADDRESS, "0x76  address not acknowledged"),
        (NO_DATA, "0x76  data not acknowledged"),
        (NoAcknowledge(Unknown), "0x76  not acknowledged"),
        (Bus, "0x76  bus error"),
        (ArbitrationLoss, "0x76  arbitration lost"),
        (Overrun, "0x76  overrun"),
        (Other, "0x76  other error"),
    ] {
        assert_eq!(line(seven(0x76), [], Err(kind)), expected);
    }
}

#[test]
fn long_data_is_shortened_and_says_how_long_it_was() {
    let shown = "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f";
    let read = |len| line(seven(0x50), [Step::Read((0..len).collect())], Ok(()));
    assert_eq!(read(16), format!("0x50  r {shown}  ok"));
    assert_eq!(read(17), format!("0x50  r {shown} … (17 bytes)  ok"));
    let wrote = line(seven(0x50), [Step::Wrote((0..=255).collect())], Err(Bus));
    assert_eq!(wrote, format!("0x50  w {shown} … (256 bytes)  bus error"));
}

#[test]
fn a_trace_keeps_all_bytes_however_long() {
    let (mut bus, _, entries) = traced();
    let data = [0x5a; 1000];
    let mut operations: [Operation<'_>; 1] = [Write(&data)];
    bus.transaction(seven(0x48), &mut operations).unwrap();
    let Act::I2c { steps, .. } = entries.lock().unwrap()[0].act.clone() else { panic!() };
    assert_eq!(steps, [Step::Wrote(data.to_vec())]);
}
