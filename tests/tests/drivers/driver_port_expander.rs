//! The `port-expander` driver as a component that gives its pins to another
//! stage, and `pwm-pca9685`, which gives its outputs: the pipeline
//! `compose/pipelines/expander`. What they did is read from the chips.

use std::time::Duration;

use embedded_hal::i2c::{ErrorKind, Operation};
use periplasm_backend::I2cAddress;
use periplasm_host::{Board, Captured, Grants, Machine, Output, Pipeline, RunOptions};
use periplasm_tests::{build, host, ok, root};

const EXPANDER: u16 = 0x20;
const PULSES: u16 = 0x40;
const LED0: u8 = 0x06;

fn board() -> String {
    std::fs::read_to_string(root().join("compose/pipelines/expander/board.toml")).unwrap()
}

/// Runs the app with `percent` as its argument: its exit code, what it wrote,
/// and the machine.
fn run(percent: &str, board: &str) -> (i32, String, String, Machine) {
    let component = build::pipeline("compose/pipelines/expander/pipeline.toml");
    let pipeline = ok(Pipeline::from_bytes(component));
    let board = ok(Board::parse(board, "board.toml"));
    let grants = ok(Grants::decide(&pipeline, &board).map_err(|refused| *refused));
    let machine = ok(Machine::open(&board));
    let (stdout, stderr) = (Captured::new(4096), Captured::new(4096));
    let options = RunOptions {
        timeout: Some(Duration::from_secs(60)),
        args: vec![percent.to_owned()],
        stdout: Output::Capture(stdout.clone()),
        stderr: Output::Capture(stderr.clone()),
        ..Default::default()
    };
    let compiled = ok(host().compile(&pipeline));
    let mut running = ok(host().start(&compiled, &machine, &grants, options));
    let code = ok(running.run_app());
    drop(running);
    (code, stdout.text(), stderr.text(), machine)
}

fn transact(
    machine: &Machine,
    address: u16,
    operations: &mut [Operation<'_>],
) -> Result<(), ErrorKind> {
    let address = I2cAddress::seven_bit(address).unwrap();
    machine.i2c("robot").unwrap().transaction(address, operations)
}

/// P2, P1 and P0.
fn pins(machine: &Machine) -> u8 {
    let mut port = [0];
    transact(machine, EXPANDER, &mut [Operation::Read(&mut port)]).unwrap();
    assert_eq!(port[0] | 0b111, 0xff, "nobody touches the other pins");
    port[0] & 0b111
}

/// LED0_ON and LED0_OFF.
fn pulses(machine: &Machine) -> [u16; 2] {
    let mut led = [0; 4];
    let operations = &mut [Operation::Write(&[LED0]), Operation::Read(&mut led)];
    transact(machine, PULSES, operations).unwrap();
    let [on_low, on_high, off_low, off_high] = led;
    [u16::from_le_bytes([on_low, on_high]), u16::from_le_bytes([off_low, off_high])]
}

#[test]
fn a_motor_turns_on_the_pins_of_one_chip_and_the_pulses_of_another() {
    // Toshiba's truth table: IN1 high and IN2 low is clockwise, the other way
    // round counterclockwise; STBY is high. NXP's: 25 % of 4096 counts are 1024.
    for (percent, expected, speed) in
        [("25", 0b101, [0, 1024]), ("-50", 0b110, [0, 2048]), ("100", 0b101, [0x1000, 0])]
    {
        let (code, stdout, stderr, machine) = run(percent, &board());
        let said = format!("the motor turns with {percent} %\n");
        assert_eq!((code, stdout, stderr.as_str()), (0, said, ""));
        assert_eq!(pins(&machine), expected, "{percent} %");
        assert_eq!(pulses(&machine), speed, "{percent} %");
    }
}

#[test]
fn an_expander_that_is_not_there_fails_in_the_stage_that_has_its_pin() {
    let board = board().replacen("address = 0x20", "address = 0x21", 1);
    let board = board.replacen("[0x20, 0x40]", "[0x20, 0x21, 0x40]", 1);
    let (code, stdout, stderr, _) = run("25", &board);
    let said = "the motor does not turn: the bus failed\n";
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (1, "", said));
}
