//! The `embedded-sdmmc` driver as a component, on a simulated board.

use periplasm_host::Board;
use periplasm_tests::{app, ok, root};

fn board(kind: &str, mebibytes: u32) -> Board {
    let text = format!(
        "backend = 'sim'\n[spi.card]\nmodel = 'sdcard'\nkind = '{kind}'\n\
         mebibytes = {mebibytes}\n"
    );
    ok(Board::parse(&text, "board.toml"))
}

#[test]
fn an_app_writes_blocks_of_every_kind_of_card() {
    for (kind, mebibytes) in [("version1", 16), ("standard", 1024), ("high", 65_536)] {
        let blocks = mebibytes * 2048;
        let board = board(kind, mebibytes);
        let ran = app::run("tests/guests/blocks/embedded-sdmmc.toml", &board, &[]);
        assert_eq!(
            ran.stdout,
            format!(
                "{blocks} blocks of 512 bytes\n\
                 1: 00 all through\n\
                 2: 02 all through\n\
                 3: 03 all through\n\
                 4: 04 all through\n\
                 5: 00 all through\n\
                 beyond the end: Err(Error::InvalidData)\n"
            ),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn the_card_pipeline_reads_the_files_that_mtools_put_there() {
    let folder = root().join("compose/pipelines/card");
    let board = ok(Board::load(folder.join("board.toml")));
    let ran = app::run("compose/pipelines/card/pipeline.toml", &board, &[]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (
            0,
            "README.TXT   file         33 bytes\n\
             LOG          folder        0 bytes\n\
             Peripherals, in their own plasm.\n",
            ""
        )
    );
    let ran = app::run("compose/pipelines/card/pipeline.toml", &board, &["NOTHING.TXT"]);
    assert_eq!((ran.code, ran.stderr.contains("NOTHING.TXT")), (1, true), "{}", ran.stderr);
}

#[test]
fn a_card_that_is_pulled_out_is_gone() {
    let text = "backend = 'sim'\n[spi.card]\nmodel = 'sdcard'\n\
                fault = { kind = 'disappears', after = 100 }\n";
    let board = ok(Board::parse(text, "board.toml"));
    let ran = app::run("compose/pipelines/card/pipeline.toml", &board, &[]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("cannot read README.TXT"), "{}", ran.stderr);
}
