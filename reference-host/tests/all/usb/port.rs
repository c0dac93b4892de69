//! A port for a gadget.

use periplasm_host::{
    Board, Grants, Host, HostOptions, Machine, MachineError, RunOptions, StartError,
};

use super::stage::{BOARD, call, pipeline, start};

const IDLE: &str = "(i64.const 0)";

fn machine() -> Machine {
    Machine::new(&Board::parse(BOARD, "board.toml").unwrap())
}

/// Endpoint 0 in both directions, at address 512: address, type, size, interval.
const ENDPOINTS: &str = "(i64.store (i32.const 512) (i64.const 0x0000_0000_0040_0000))
    (i64.store (i32.const 518) (i64.const 0x0000_0000_0040_0080))";

#[test]
fn a_port_is_one_pipelines_until_it_ends() {
    let machine = machine();
    let first = start(&machine, IDLE, RunOptions::default());
    let (pipeline, board) = (pipeline(IDLE), Board::parse(BOARD, "b.toml").unwrap());
    let host = Host::new(HostOptions::default()).unwrap();
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let second = || {
        let compiled = host.compile(&pipeline).unwrap();
        host.start(&compiled, &machine, &grants, RunOptions::default()).map(drop)
    };
    let error = second().unwrap_err();
    assert!(matches!(error, StartError::Machine(MachineError::InUse { .. })), "{error}");
    drop(first);
    second().unwrap();
}

#[test]
fn a_gadget_is_reset_when_it_connects_and_unplugged_when_it_ends() {
    let machine = machine();
    // `bus-events` are five bools at address 0; the host resets first.
    let code = format!(
        "{ENDPOINTS} (call $enable (call $open-port) (i32.const 512) (i32.const 2) (i32.const 0))
        (if (i32.load8_u (i32.const 0)) (then (unreachable)))
        (call $port-wait (call $open-port) (i32.const 0) (i64.const 0) (i32.const 0))
        (i64.load8_u (i32.const 0))"
    );
    let mut running = start(&machine, &code, RunOptions::default());
    assert_eq!(call(&mut running), Ok(1), "reset");
    drop(running);
    // The next one on the port begins anew.
    let mut running = start(&machine, &code, RunOptions::default());
    assert_eq!(call(&mut running), Ok(1));
}

#[test]
fn lists_that_lie_are_invalid_or_a_trap() {
    let enable = |count: i64| {
        call(&mut start(
            &machine(),
            &format!(
                "{ENDPOINTS} (call $enable (call $open-port) (i32.const 512) (i32.const {count})
                (i32.const 0)) (i64.load16_u (i32.const 0))"
            ),
            RunOptions::default(),
        ))
    };
    assert_eq!((enable(2), enable(0), enable(33)), (Ok(0), Ok(1 | 2 << 8), Ok(1 | 2 << 8)));
    assert!(enable(-1).is_err());
    let write = |len: i64| {
        call(&mut start(
            &machine(),
            &format!(
                "{ENDPOINTS} (call $enable (call $open-port) (i32.const 512) (i32.const 2)
                (i32.const 0))
                (call $port-write (call $open-port) (i32.const 0) (i32.const 0) (i32.const {len})
                (i32.const 0)) (i64.load16_u (i32.const 0))"
            ),
            RunOptions::default(),
        ))
    };
    assert_eq!(write(0x10000), Ok(1 | 1 << 8), "overflow");
    assert!(write(-1).is_err());
}

#[test]
fn a_gadget_is_exported_where_the_board_says() {
    let text = "backend = \"sim\"\n[usb-device.stick]\nusbip = \"127.0.0.1:0\"";
    let machine = Machine::open(&Board::parse(text, "b.toml").unwrap()).unwrap();
    let at = machine.exported_at("stick").unwrap();
    assert!(at.ip().is_loopback() && at.port() != 0);
    std::net::TcpStream::connect(at).unwrap();
    // A peer that is not there is not available.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = format!("backend = \"sim\"\n[usb.desk]\nusbip = \"{free}\"\nallow = [{{}}]");
    let error = Machine::open(&Board::parse(&text, "b.toml").unwrap()).unwrap_err().to_string();
    assert!(error.contains("usb `desk` is not available"), "{error}");
}

#[test]
fn ports_of_a_cable_keep_their_numbers_whoever_opens_first() {
    let text = "backend = \"sim\"\n[usb-device.a]\ncable = \"desk\"\n\
                [usb-device.b]\ncable = \"desk\"\nport = 1";
    let machine = Machine::open(&Board::parse(text, "b.toml").unwrap()).unwrap();
    let next = machine.cable("desk").unwrap().plug(None, periplasm_usb::PortSpeed::Full).unwrap();
    assert_eq!(next.number(), 3);
    assert!(matches!(machine.cable("other"), Err(MachineError::NoCable(_))));
}
