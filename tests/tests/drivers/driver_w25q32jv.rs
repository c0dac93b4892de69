//! The `w25q32jv` driver as a component, on a simulated board.

use periplasm_host::Board;
use periplasm_tests::{app, ok};

/// A megahertz is slow for this chip, and makes its waits few.
const BOARD: &str = r#"
backend = "sim"

[spi.flash]
model = "w25q32"
speed-hz = 1000000
pins = { hold = "hold", wp = "wp" }

[output-pin.hold]

[output-pin.wp]
"#;

fn run(board: &str) -> app::Ran {
    app::run("tests/guests/blocks/w25q32jv.toml", &ok(Board::parse(board, "board.toml")), &[])
}

#[test]
fn an_app_writes_blocks_and_their_neighbours_stay() {
    let ran = run(BOARD);
    assert_eq!(
        ran.stdout,
        "1024 blocks of 4096 bytes\n\
         1: ff all through\n\
         2: 02 all through\n\
         3: 03 all through\n\
         4: 04 all through\n\
         5: ff all through\n\
         beyond the end: Err(Error::InvalidData)\n",
        "{}",
        ran.stderr
    );
}

#[test]
fn where_no_chip_is_the_app_gets_an_error() {
    let ran = run(&BOARD.replace("pins", "fault = { kind = \"disappears\" }\npins"));
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("Error::Gone"), "{}", ran.stderr);
}
