//! A signal ends a run as its last line does: what it has taken is given back,
//! and its exit code says which signal it was.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use periplasm_tests::build;

/// How long the slowest machine may take to compile the pipeline.
const LONG: Duration = Duration::from_secs(120);

/// Whether a USB/IP server has a device: `OP_REQ_DEVLIST` (Linux's
/// `Documentation/usb/usbip_protocol.rst`).
fn serves(port: u16) -> bool {
    let list = || -> std::io::Result<u32> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(LONG))?;
        stream.write_all(&[0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0])?;
        let mut reply = [0; 12];
        stream.read_exact(&mut reply)?;
        Ok(u32::from_be_bytes([reply[8], reply[9], reply[10], reply[11]]))
    };
    list().is_ok_and(|devices| devices == 1)
}

fn ended_by(signal: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (pipeline, board) = (folder.path().join("gadget.wasm"), folder.path().join("board.toml"));
    std::fs::write(&pipeline, build::pipeline("compose/pipelines/stick/gadget.toml")).unwrap();
    // A port that is free now.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!("backend = \"sim\"\n[usb-device.stick]\nusbip = \"127.0.0.1:{port}\"\n");
    std::fs::write(&board, text).unwrap();
    let mut host = Command::new(build::binary("periplasm"));
    host.arg("run").arg(&pipeline).arg("--board").arg(&board);
    let mut host = host.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + LONG;
    while !serves(port) && host.try_wait().unwrap().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    Command::new("kill").args(["-s", signal, &host.id().to_string()]).status().unwrap();
    let ended = host.wait_with_output().unwrap();
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

#[test]
fn a_run_that_waits_for_ever_ends_at_once_and_without_a_word() {
    assert_eq!(ended_by("INT"), (Some(130), String::new()));
    assert_eq!(ended_by("TERM"), (Some(143), String::new()));
}
