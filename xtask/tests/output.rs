//! What `cargo xtask` writes, and to whom.

use std::process::{Command, Stdio};

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.args(["completions", "bash"]).stdout(writer).stderr(Stdio::piped());
    let output = xtask.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_errors_quote_stays_on_its_lines() {
    let long = "x".repeat(60);
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = xtask.args(["compose", &format!("{long}/{long}")]).output().unwrap();
    assert_eq!(output.status.code(), Some(66));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains(&format!("{long}/{long}: no such file")), "{text}");
}
