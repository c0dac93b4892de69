//! Boards that are wrong: one folder each under `tests/boards`, with the board
//! and the message as it is printed where nobody looks on a terminal.
//!
//! After a wanted change, run the test once with `UPDATE=1`.

use std::fs;
use std::path::Path;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use periplasm_host::{Board, Pipeline};

use crate::support::board;

/// What the program `periplasm` prints.
fn printed(error: &dyn Diagnostic) -> String {
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::none())
        .with_links(false)
        .with_show_related_as_nested(true)
        .with_wrap_lines(false)
        .render_report(&mut text, error)
        .unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn each_wrong_board_is_refused_in_the_expected_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boards");
    let bless = std::env::var_os("UPDATE").is_some();
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|c| c.unwrap().path()).collect();
    cases.sort();
    let mut wrong = Vec::new();
    for case in &cases {
        let text = fs::read_to_string(case.join("board.toml")).unwrap();
        let found = match Board::parse(&text, "board.toml") {
            Ok(_) => "it is a good board\n".to_owned(),
            Err(error) => printed(&error),
        };
        let golden = case.join("message.txt");
        if bless {
            fs::write(&golden, found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(cases.len() >= 10, "the cases are not there");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_written_has_the_documented_default() {
    let board = Board::parse("backend = \"sim\"", "board.toml").unwrap();
    let limits = board.limits();
    assert_eq!((limits.memory_bytes, limits.log_bytes), (16 << 20, 65_536));
    assert_eq!(limits.stall.as_millis(), 5_000);
    assert_eq!(board.i2c().len(), 0);
}

#[test]
fn a_board_that_cannot_be_read_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("board.toml");
    let error = Board::load(&path).unwrap_err().to_string();
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    fs::write(&path, b"backend = \"\xff\"").unwrap();
    assert!(Board::load(&path).unwrap_err().to_string().ends_with("is not text in UTF-8"));
    fs::write(&path, " ".repeat((1 << 20) + 1)).unwrap();
    assert!(Board::load(&path).unwrap_err().to_string().ends_with("is longer than 1024 KiB"));
    assert!(
        Pipeline::load(&path).unwrap_err().to_string().ends_with("not a WebAssembly component")
    );
}

#[test]
fn addresses_are_sorted_and_given_once() {
    let twice = "backend = \"sim\"\n[i2c.main]\nallow = [0x50, 0x20, 0x50]\nallow-ten-bit = [0x20]";
    let board_twice = Board::parse(twice, "board.toml").unwrap();
    let allowed: Vec<_> =
        board_twice.i2c_bus("main").unwrap().allow().iter().map(ToString::to_string).collect();
    assert_eq!(allowed, ["0x20", "0x50", "0x020 (10-bit)"]);
    assert!(board().i2c_bus("other").is_none());
}

#[test]
fn nothing_in_a_board_file_steers_the_terminal() {
    for text in [
        // In the source that a message shows, as it is and as an escape.
        "backend = \"sim\"\nx = \"\u{9b}2J\u{202e}\" # \u{61c}\n",
        "backend = \"si\u{1b}[2Jm\"",
        "backend = \"sim\"\r\r\rx",
        "backend = \"sim\"\n\"\\u001B[2J\" = 1",
        "backend = \"\\u009B2J\"",
        "backend = \"linux\"\n[i2c.\"\\u001B[2J\"]",
        "backend = \"sim\"\n[[i2c.a.devices]]\naddress = 1\nmodel = \"\\u009B2J\"",
    ] {
        let error = Board::parse(text, "bo\u{1b}ard.toml").unwrap_err();
        let shown = printed(&error);
        let steers =
            |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!shown.contains(steers), "{text:?}: {shown:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_devices_path_does_not_steer_the_terminal() {
    let text = "backend = \"linux\"\n[i2c.a]\ndevice = \"/dev/\\u001B[2J\"";
    let board = Board::parse(text, "board.toml").unwrap();
    let error = periplasm_host::Machine::open(&board).unwrap_err();
    assert!(error.to_string().contains("/dev/\\u{1b}[2J"), "{error}");
}

#[test]
fn a_board_that_nests_without_end_is_refused() {
    for text in [
        format!("a = {}", "[".repeat(200_000)),
        format!("a = {}", "{a=".repeat(200_000)),
        format!("a{} = 1", ".a".repeat(200_000)),
        format!("[a{}]", ".a".repeat(200_000)),
        format!("[[i2c.a.devices]]\nraw = {{ {} = 1 }}", "a.".repeat(200_000) + "a"),
    ] {
        let error = Board::parse(&text, "board.toml").unwrap_err();
        assert!(!error.to_string().is_empty());
    }
}
