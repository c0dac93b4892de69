//! `--capture`, and captures of a machine.

use std::path::Path;
use std::process::Command;

use embedded_hal::i2c::Operation;
use periplasm_backend::I2cAddress;
use periplasm_host::{Capture, Machine};

use crate::support::{BOARD, GOOD, board, bytes};

/// A packet block's data: the bus, flags, the address byte and what follows
/// (LINKTYPE_I2C_LINUX).
fn has(capture: &[u8], packet: &[u8]) -> bool {
    capture.windows(packet.len()).any(|window| window == packet)
}

#[test]
fn transactions_are_captured() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.pcapng");
    let machine = Machine::new(&board());
    let capture = Capture::create(&path, machine.clock().clone(), |e| panic!("{e}")).unwrap();
    let machine = machine.captured(capture);
    let bus = machine.i2c("main").unwrap();
    let mut read = [0; 2];
    let mut operations = [Operation::Write(&[7]), Operation::Read(&mut read)];
    let address = I2cAddress::seven_bit(0x50).unwrap();
    bus.transaction(address, &mut operations).unwrap();
    let nobody = I2cAddress::seven_bit(0x20).unwrap();
    bus.transaction(nobody, &mut [Operation::Write(&[9])]).unwrap_err();

    // While the machine is there: as after a run that was killed.
    let capture = std::fs::read(&path).unwrap();
    assert!(has(&capture, b"main"), "the interface has the bus's name");
    assert!(has(&capture, &[0, 0, 0, 0, 0, 0xa0, 7]));
    assert!(has(&capture, &[0, 0, 0, 0, 1, 0xa1, read[0], read[1]]));
    assert!(has(&capture, &[0, 0, 0, 0, 0, 0x40, 9]));
    assert!(has(&capture, b"address not acknowledged"));
}

#[test]
fn a_capture_that_cannot_be_written_stops_the_run_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("board.toml", BOARD.as_bytes());
    put("good.wasm", &bytes(&[GOOD]));
    let run = |capture: &str| {
        Command::new(env!("CARGO_BIN_EXE_periplasm"))
            .args(["run", "good.wasm", "--board", "board.toml", "--capture", capture])
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    let mut paths = vec!["missing/trace.pcapng", "."];
    if Path::new("/dev/full").exists() {
        paths.push("/dev/full");
    }
    for path in paths {
        let output = run(path);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(73), "{path}: {stderr}");
        assert!(stderr.contains("cannot write the capture"), "{path}: {stderr}");
    }
    // That pipeline has no app: the run ends, the capture is a file.
    assert_eq!(run("trace.pcapng").status.code(), Some(65));
    let capture = std::fs::read(folder.path().join("trace.pcapng")).unwrap();
    assert!(capture.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]));
}
