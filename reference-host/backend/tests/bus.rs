//! The simulated bus against embedded-hal's contract, and its faults.

mod support;

use std::sync::{Arc, Mutex};

use embedded_hal::i2c::ErrorKind::{self, ArbitrationLoss, Bus};
use embedded_hal::i2c::Operation::{self, Read, Write};
use periplasm_backend::sim::{Ack, ConfigError, Direction, I2cTarget, VirtualClock};
use periplasm_backend::{Clock, I2cAddress, I2cBus, SharedI2c, sim};
use support::{Board, NO_ADDRESS, NO_DATA, device, seven, ten};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Seen {
    Start(Direction),
    Wrote(u8),
    Read,
    Stop,
}
use Direction::{Read as R, Write as W};
use Seen::{Start, Stop, Wrote};

/// Writes down what it sees, and refuses what it is told to.
#[derive(Default)]
struct Witness {
    seen: Vec<Seen>,
    refuses_start: Option<Direction>,
    refuses_byte: Option<u8>,
}

fn ack_unless(refused: bool) -> Ack {
    if refused { Ack::Nack } else { Ack::Ack }
}

impl I2cTarget for Witness {
    fn start(&mut self, direction: Direction, _: u64) -> Ack {
        self.seen.push(Start(direction));
        ack_unless(self.refuses_start == Some(direction))
    }

    fn write(&mut self, byte: u8, _: u64) -> Ack {
        self.seen.push(Wrote(byte));
        ack_unless(self.refuses_byte == Some(byte))
    }

    fn read(&mut self, _: u64) -> u8 {
        self.seen.push(Seen::Read);
        self.seen.len() as u8
    }

    fn stop(&mut self, _: u64) {
        self.seen.push(Stop);
    }
}

/// What a witness sees of one transaction, and how it ends.
fn seen(witness: Witness, operations: &mut [Operation<'_>]) -> (Vec<Seen>, Result<(), ErrorKind>) {
    let (mut board, witness) = Board::with(witness);
    let result = board.bus.transaction(seven(0x48), operations);
    let seen = witness.lock().unwrap().seen.clone();
    (seen, result)
}

fn seen_by_any(operations: &mut [Operation<'_>]) -> Vec<Seen> {
    let (seen, result) = seen(Witness::default(), operations);
    assert_eq!(result, Ok(()));
    seen
}

#[test]
fn adjacent_operations_of_one_direction_are_merged() {
    let (mut one, mut two) = ([0], [0; 2]);
    let mut operations =
        [Write(&[1]), Write(&[]), Write(&[2, 3]), Read(&mut one), Read(&mut []), Read(&mut two)];
    let expected = [
        Start(W),
        Wrote(1),
        Wrote(2),
        Wrote(3),
        Start(R),
        Seen::Read,
        Seen::Read,
        Seen::Read,
        Stop,
    ];
    assert_eq!(seen_by_any(&mut operations), expected);
    assert_eq!((one, two), ([6], [7, 8]), "each buffer has its part, in order");
}

#[test]
fn each_change_of_direction_is_one_repeated_start() {
    let mut byte = [0];
    let mut operations = [Write(&[1]), Read(&mut byte), Write(&[2])];
    let expected = [Start(W), Wrote(1), Start(R), Seen::Read, Start(W), Wrote(2), Stop];
    assert_eq!(seen_by_any(&mut operations), expected);
}

#[test]
fn an_operation_of_no_bytes_is_a_probe_unless_it_is_merged() {
    assert_eq!(seen_by_any(&mut [Write(&[])]), [Start(W), Stop]);
    assert_eq!(seen_by_any(&mut [Read(&mut [])]), [Start(R), Stop]);
    assert_eq!(seen_by_any(&mut [Write(&[]), Write(&[])]), [Start(W), Stop]);
    let expected = [Start(W), Wrote(1), Start(R), Start(W), Wrote(2), Stop];
    assert_eq!(seen_by_any(&mut [Write(&[1]), Read(&mut []), Write(&[2])]), expected);
    assert_eq!(Board::empty().write(0x48, &[]), Err(NO_ADDRESS));
}

#[test]
fn an_empty_list_is_ok_and_puts_nothing_on_the_bus() {
    assert_eq!(seen_by_any(&mut []), []);
    assert_eq!(Board::empty().bus.transaction(seven(0x48), &mut []), Ok(()));

    let mut board = faulty(r#"{ kind = "stuck-bus", after = 1, times = 1 }"#);
    for _ in 0..5 {
        assert_eq!(board.bus.transaction(seven(0x50), &mut []), Ok(()), "and is not counted");
    }
    assert_eq!(outcomes(&mut board, 3), [Ok(()), Err(Bus), Ok(())]);
}

#[test]
fn an_address_where_nothing_is_attached_is_not_acknowledged() {
    let mut board = Board::of("model = 'registers'\naddress = 0x50");
    for address in (0..0x80).filter(|&address| address != 0x50) {
        assert_eq!(board.write(address, &[0]), Err(NO_ADDRESS), "{address:#x}");
    }
    assert_eq!(board.write(0x50, &[0]), Ok(()));
}

#[test]
fn a_refused_address_ends_the_transaction_there() {
    for (direction, expected) in
        [(W, vec![Start(W), Stop]), (R, vec![Start(W), Wrote(1), Start(R), Stop])]
    {
        let witness = Witness { refuses_start: Some(direction), ..Witness::default() };
        let mut byte = [0];
        let found = seen(witness, &mut [Write(&[1]), Read(&mut byte), Write(&[2])]);
        assert_eq!(found, (expected, Err(NO_ADDRESS)));
    }
}

#[test]
fn a_refused_byte_ends_the_transaction_there() {
    let witness = Witness { refuses_byte: Some(2), ..Witness::default() };
    let mut byte = [0];
    let found = seen(witness, &mut [Write(&[1]), Write(&[2, 3]), Read(&mut byte)]);
    assert_eq!(found, (vec![Start(W), Wrote(1), Wrote(2), Stop], Err(NO_DATA)));
}

#[test]
fn a_read_only_register_file_takes_an_address_and_no_data() {
    let mut board =
        Board::of("model = 'registers'\naddress = 0x50\nread-only = true\ncontents = [1, 2, 3]");
    assert_eq!(board.write(0x50, &[1]), Ok(()));
    assert_eq!(board.write(0x50, &[1, 9]), Err(NO_DATA));
    assert_eq!(board.read(0x50, 1), [2, 3, 0]);
}

#[test]
fn a_register_file_takes_a_new_address_after_each_start() {
    let mut board = Board::of("model = 'registers'\naddress = 0x50\ncontents = [1, 2, 3, 4]");
    let (mut byte, mut rest) = ([0], [0; 2]);
    let mut operations =
        [Write(&[2]), Read(&mut byte), Write(&[0, 9]), Read(&mut rest), Write(&[3, 8])];
    assert_eq!(board.bus.transaction(seven(0x50), &mut operations), Ok(()));
    assert_eq!((byte, rest), ([3], [2, 3]));
    assert_eq!(board.read(0x50, 0), [9, 2, 3, 8]);
}

#[test]
fn seven_and_ten_bit_addresses_of_one_number_are_two_devices() {
    let mut board = Board::of("model = 'registers'\naddress = 0x50\ncontents = [7]");
    let far = device("model = 'registers'\nten-bit-address = 0x50\ncontents = [10]");
    board.bus.attach(&far).unwrap();
    let mut read = |address: I2cAddress| {
        let mut byte = [0];
        let result = board.bus.transaction(address, &mut [Write(&[0]), Read(&mut byte)]);
        result.map(|()| byte[0])
    };
    assert_eq!((read(seven(0x50)), read(ten(0x50))), (Ok(7), Ok(10)));
    assert_eq!((read(ten(0x51)), read(ten(0x3ff))), (Err(NO_ADDRESS), Err(NO_ADDRESS)));
}

#[test]
fn two_devices_cannot_have_one_address() {
    let mut board = Board::of("model = 'registers'\naddress = 0x50\ncontents = [1]");
    let second = device("model = 'lm75'\naddress = 0x50");
    assert_eq!(board.bus.attach(&second), Err(ConfigError::AddressTaken(seven(0x50))));
    assert_eq!(board.read(0x50, 0), [1], "the first one stays");
}

fn faulty(fault: &str) -> Board {
    Board::of(&format!("model = 'registers'\naddress = 0x50\nfault = {fault}"))
}

fn outcomes(board: &mut Board, transactions: usize) -> Vec<Result<(), ErrorKind>> {
    (0..transactions).map(|_| board.write(0x50, &[0, 1])).collect()
}

#[test]
fn each_fault_lets_after_pass_and_acts_times_times() {
    let ok = Ok(());
    for (kind, error) in [
        ("kind = 'no-acknowledge'", NO_ADDRESS),
        ("kind = 'no-acknowledge', source = 'address'", NO_ADDRESS),
        ("kind = 'no-acknowledge', source = 'data'", NO_DATA),
        ("kind = 'arbitration-loss'", ArbitrationLoss),
        ("kind = 'stuck-bus'", Bus),
    ] {
        let bad = Err(error);
        for (options, expected) in [
            ("", [bad; 6]),
            (", after = 2", [ok, ok, bad, bad, bad, bad]),
            (", times = 2", [bad, bad, ok, ok, ok, ok]),
            (", after = 1, times = 3", [ok, bad, bad, bad, ok, ok]),
            (", after = 9223372036854775807", [ok; 6]),
        ] {
            let mut board = faulty(&format!("{{ {kind}{options} }}"));
            assert_eq!(outcomes(&mut board, 6), expected, "{kind}{options}");
        }
    }
    let bad = Err(NO_ADDRESS);
    for (options, expected) in [("", [bad; 4]), (", after = 3", [ok, ok, ok, bad])] {
        let mut board = faulty(&format!("{{ kind = 'disappears'{options} }}"));
        assert_eq!(outcomes(&mut board, 4), expected, "disappears{options}");
    }
}

#[test]
fn a_data_fault_lets_what_writes_nothing_pass_and_counts_it() {
    let mut board = faulty("{ kind = 'no-acknowledge', source = 'data', times = 3 }");
    let mut byte = [0];
    assert_eq!(board.bus.transaction(seven(0x50), &mut [Read(&mut byte)]), Ok(()));
    assert_eq!(board.bus.transaction(seven(0x50), &mut [Write(&[])]), Ok(()));
    assert_eq!(outcomes(&mut board, 2), [Err(NO_DATA), Ok(())]);
}

#[test]
fn a_data_fault_changes_nothing_in_the_device() {
    let mut board = faulty("{ kind = 'no-acknowledge', source = 'data', times = 1 }");
    assert_eq!(board.write(0x50, &[3, 9]), Err(NO_DATA));
    assert_eq!(board.read(0x50, 3), [0]);
}

#[test]
fn a_stuck_bus_fails_every_address_until_the_device_lets_go() {
    let mut board = faulty("{ kind = 'stuck-bus', after = 1, times = 2 }");
    board.bus.attach(&device("model = 'registers'\naddress = 0x51\ncontents = [5]")).unwrap();
    assert_eq!(board.write(0x51, &[0]), Ok(()));
    assert_eq!(board.write(0x50, &[0]), Ok(()), "the first is let pass");
    for _ in 0..3 {
        assert_eq!(board.write(0x51, &[0, 9]), Err(Bus), "a neighbour");
        assert_eq!(board.write(0x52, &[0]), Err(Bus), "nobody at all");
    }
    assert_eq!(board.write(0x50, &[0]), Err(Bus));
    assert_eq!(board.write(0x51, &[0, 9]), Err(Bus), "still held");
    assert_eq!(board.write(0x50, &[0]), Err(Bus));
    assert_eq!(board.write(0x52, &[0]), Err(NO_ADDRESS), "released");
    assert_eq!(board.read(0x51, 0), [5], "and no write got through");
    assert_eq!(board.write(0x50, &[0]), Ok(()));
}

#[test]
fn a_fault_of_one_device_leaves_its_neighbours_alone() {
    for kind in ["no-acknowledge", "arbitration-loss", "disappears"] {
        let mut board = faulty(&format!("{{ kind = '{kind}' }}"));
        board.bus.attach(&device("model = 'registers'\naddress = 0x51")).unwrap();
        assert!(board.write(0x50, &[0]).is_err());
        assert_eq!(board.write(0x51, &[0]), Ok(()), "{kind}");
    }
}

/// Gives other threads every chance to come in between.
struct Slow(Arc<Mutex<Vec<Option<u8>>>>);

impl I2cTarget for Slow {
    fn start(&mut self, _: Direction, _: u64) -> Ack {
        Ack::Ack
    }

    fn write(&mut self, byte: u8, _: u64) -> Ack {
        std::thread::yield_now();
        self.0.lock().unwrap().push(Some(byte));
        Ack::Ack
    }

    fn read(&mut self, _: u64) -> u8 {
        std::thread::yield_now();
        self.0.lock().unwrap().iter().rev().find_map(|byte| *byte).unwrap_or_default()
    }

    fn stop(&mut self, _: u64) {
        self.0.lock().unwrap().push(None);
    }
}

#[test]
fn transactions_of_two_threads_never_interleave() {
    const ROUNDS: usize = 200;
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut bus = sim::Bus::new(Arc::new(VirtualClock::new()));
    bus.attach_target(seven(0x48), Box::new(Slow(log.clone())), None).unwrap();
    let bus = SharedI2c::new(bus);
    std::thread::scope(|scope| {
        for id in [1, 2] {
            let bus = bus.clone();
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    let (mut echo, bytes) = ([0; 4], [id; 4]);
                    let mut operations =
                        [Write(&bytes), Write(&bytes), Read(&mut echo), Write(&bytes)];
                    bus.transaction(seven(0x48), &mut operations).unwrap();
                    assert_eq!(echo, bytes, "what it read is what it had just written");
                }
            });
        }
    });
    let log = log.lock().unwrap();
    let transactions: Vec<_> = log.split(Option::is_none).filter(|t| !t.is_empty()).collect();
    assert_eq!(transactions.len(), 2 * ROUNDS);
    for transaction in transactions {
        assert!(transaction == [Some(1); 12] || transaction == [Some(2); 12], "{transaction:?}");
    }
}

/// Panics on its first transaction.
struct PanicsOnce(bool);

impl I2cBus for PanicsOnce {
    fn transaction(&mut self, _: I2cAddress, _: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        assert!(std::mem::replace(&mut self.0, true), "the first one");
        Ok(())
    }
}

#[test]
fn a_backend_that_panicked_does_not_take_the_bus_with_it() {
    let bus = SharedI2c::new(PanicsOnce(false));
    let other = bus.clone();
    let panicked = std::thread::spawn(move || other.transaction(seven(1), &mut [])).join();
    assert!(panicked.is_err());
    assert_eq!(bus.transaction(seven(1), &mut []), Ok(()));
}

#[test]
fn targets_see_the_time_of_the_bus() {
    struct Stamp(Arc<Mutex<Vec<u64>>>);
    impl I2cTarget for Stamp {
        fn start(&mut self, _: Direction, now_ns: u64) -> Ack {
            self.0.lock().unwrap().push(now_ns);
            Ack::Ack
        }
        fn write(&mut self, _: u8, _: u64) -> Ack {
            Ack::Ack
        }
        fn read(&mut self, _: u64) -> u8 {
            0
        }
        fn stop(&mut self, _: u64) {}
    }
    let (mut board, stamps) = (Board::empty(), Arc::new(Mutex::new(Vec::new())));
    board.bus.attach_target(seven(0x48), Box::new(Stamp(stamps.clone())), None).unwrap();
    board.write(0x48, &[]).unwrap();
    board.clock.delay_ns(1_234);
    board.write(0x48, &[]).unwrap();
    assert_eq!(*stamps.lock().unwrap(), [0, 1_234]);
}
