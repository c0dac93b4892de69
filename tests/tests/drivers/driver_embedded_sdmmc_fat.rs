//! `embedded-sdmmc`'s file systems as a component, on the card of another one.

use periplasm_host::Board;
use periplasm_tests::{app, ok, root};

const PIPELINE: &str = "compose/pipelines/stick/card.toml";

#[test]
fn files_of_a_memory_card_are_read_and_written() {
    let board = ok(Board::load(root().join("compose/pipelines/card/board.toml")));
    let ran = app::run(PIPELINE, &board, &["new.txt", "hello"]);
    // zlib's crc32 of what mtools put there, and of the word.
    let expected = "wrote new.txt\nREADME.TXT         33 bytes  8f499234\nLOG          folder\n\
                    NEW.TXT             5 bytes  3610a686\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, expected, ""));
}

#[test]
fn a_card_without_a_volume_is_told_from_one_that_fails() {
    let none = "backend = 'sim'\n[spi.card]\nmodel = 'sdcard'\nmebibytes = 4\n";
    let fails = format!("{none}fault = {{ kind = 'disappears', after = 100 }}\n");
    for (board, why) in [
        (none, "no files: the device answers, but not with anything it can have measured\n"),
        (&fails, "no files: the bus failed\n"),
    ] {
        let ran = app::run(PIPELINE, &ok(Board::parse(board, "board.toml")), &[]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", why));
    }
}
