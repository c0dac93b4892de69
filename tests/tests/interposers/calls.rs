//! Any sequence of calls gives the same answers, and the same on the wires,
//! with and without a stage between.

use periplasm_tests::ok;
use proptest::collection::vec;
use proptest::prelude::*;
use wasmtime::component::{ComponentType, Lower};

use super::{Behind, interposer};

const REQUEST: &str = "i2c = \"bus\", addresses = [0x50, 0x51, 0x52], ten-bit-addresses = [0x050]";

const WIRES: &str = "test:wires/wires@0.1.0";

#[derive(Clone, Copy, Debug, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
enum Method {
    #[component(name = "transaction")]
    Transaction,
    #[component(name = "read")]
    Read,
    #[component(name = "write")]
    Write,
    #[component(name = "write-read")]
    WriteRead,
}

#[derive(Clone, Debug, ComponentType, Lower)]
#[component(record)]
struct Part {
    reads: bool,
    len: u64,
    data: Vec<u8>,
}

type Call = (Method, u16, Vec<Part>);

fn calls() -> impl Strategy<Value = Vec<Call>> {
    use Method::{Read, Transaction, Write, WriteRead};
    let method = prop::sample::select(vec![Transaction, Read, Write, WriteRead]);
    // Granted ones, and one with nobody; a 10-bit one; one that is not granted;
    // one that is none.
    let address = prop::sample::select(vec![0x50, 0x51, 0x52, 0xa050, 0x60, 0x9000]);
    // More than a host moves, too.
    let len = prop_oneof![8 => 0_u64..12, 1 => 8190_u64..8194, 1 => Just(u64::MAX)];
    let part = (any::<bool>(), len, vec(any::<u8>(), 0..9)).prop_map(|(reads, len, data)| Part {
        reads,
        len,
        data,
    });
    vec((method, address, vec(part, 0..5)), 1..20)
}

/// What is wrong with one chip, if anything is.
fn fault() -> impl Strategy<Value = String> {
    let kinds = prop::sample::select(vec!["no-acknowledge", "arbitration-loss", "stuck-bus"]);
    let fault = (kinds, 0..6_u32, 1..4_u32).prop_map(|(kind, after, times)| {
        format!("fault = {{ kind = {kind:?}, after = {after}, times = {times} }}")
    });
    prop_oneof![Just(String::new()), fault]
}

fn board(fault: &str) -> String {
    let chip = "[[i2c.bus.devices]]\nmodel = \"registers\"\ncontents = [1, 2, 3, 4, 5, 6, 7, 8]\n";
    format!(
        "backend = \"sim\"\n[i2c.bus]\nallow = [0x50, 0x51, 0x52]\nallow-ten-bit = [0x050]\n\
         speed-hz = 400_000\n{chip}address = 0x50\n{fault}\n{chip}address = 0x51\n\
         read-only = true\n{chip}ten-bit-address = 0x050\n"
    )
}

fn play(between: &[&str], board: &str, calls: &[Call]) -> (Vec<String>, Behind) {
    let mut one = Behind::start("tests/guests/wires", REQUEST, between, board);
    let answers = calls.iter().map(|(method, address, parts)| {
        let params = (*method, *address, parts.clone());
        ok(one.rig.call::<_, (String,)>(WIRES, "call", params)).0
    });
    let answers = answers.collect();
    (answers, one)
}

fn same(between: &[&str], fault: &str, calls: &[Call]) -> Result<(), TestCaseError> {
    let board = board(fault);
    let (expected, plain) = play(&[], &board, calls);
    let (answers, one) = play(between, &board, calls);
    prop_assert_eq!(answers, expected);
    prop_assert_eq!(one.wires(), plain.wires());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn through_a_logger(fault in fault(), calls in calls()) {
        same(&[&interposer("i2c-logger", "")], &fault, &calls)?;
    }

    #[test]
    fn through_a_recorder_and_a_logger(fault in fault(), calls in calls()) {
        let (recorder, logger) = (interposer("i2c-recorder", ""), interposer("i2c-logger", ""));
        same(&[&recorder, &logger], &fault, &calls)?;
    }

    /// Whatever is asked: what goes over the wires begins with a register that
    /// may be written, or stays within those that may be read.
    #[test]
    fn a_filter_lets_only_its_registers_through(fault in fault(), calls in calls()) {
        use periplasm_backend::trace::{Act, Step};
        let filter = interposer("i2c-filter", "read = \"2..=5\", write = \"4\", increment = true");
        let (_, one) = play(&[&filter], &board(&fault), &calls);
        for entry in one.wires() {
            let Act::I2c { steps, .. } = &entry.act else { continue };
            let written: Vec<u8> = steps
                .iter()
                .flat_map(|step| match step {
                    Step::Wrote(data) => data.clone(),
                    _ => Vec::new(),
                })
                .collect();
            match written.as_slice() {
                [] => {}
                [register] => prop_assert!((2..=5).contains(register), "{entry}"),
                [4, _] => {}
                _ => {
                    // Several writes, with reads between them.
                    let reads = steps.iter().any(|step| !matches!(step, Step::Wrote(_)));
                    prop_assert!(reads, "{entry}");
                }
            }
        }
    }
}

#[test]
fn the_addresses_are_those_behind_it() {
    let logger = interposer("i2c-logger", "");
    let mut one = Behind::start(
        "tests/guests/wires",
        REQUEST,
        &[&logger, &interposer("i2c-recorder", "")],
        &board(""),
    );
    let (addresses,): (Vec<u16>,) = ok(one.rig.call(WIRES, "addresses", ()));
    assert_eq!(addresses, [0x50, 0x51, 0x52, 0xa050]);
}
