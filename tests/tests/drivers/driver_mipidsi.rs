//! The `mipidsi` driver as a component, on a simulated board.

use periplasm_host::Board;
use periplasm_tests::{app, ok};

const BOARD: &str = r#"
backend = "sim"

[spi.screen]
model = "st7789"
screen = "screen"
ips = true
pins = { dc = "dc", reset = "reset" }

[output-pin.dc]

[output-pin.reset]
"#;

#[test]
fn an_app_paints_what_a_person_then_sees() {
    let board = ok(Board::parse(BOARD, "board.toml"));
    let ran = app::run("tests/guests/paint/mipidsi.toml", &board, &[]);
    assert_eq!(
        ran.stdout, "240 x 320, Format::Rgb565\noutside: Err(Error::InvalidData)\n",
        "{}",
        ran.stderr
    );
    let picture = &ran.machine.pictures()["screen"];
    assert_eq!((picture.width, picture.height), (240, 320));
    let pixel = |x: usize, y: usize| &picture.rgb[3 * (240 * y + x)..][..3];
    for (x, y) in [(0, 0), (9, 20), (74, 83), (239, 319)] {
        assert_eq!(pixel(x, y), [255, 0, 0], "{x}, {y}");
    }
    // The square: 63 - row parts of 63 green, row / 2 parts of 31 blue.
    assert_eq!(pixel(10, 20), [0, 255, 0]);
    assert_eq!(pixel(73, 83), [0, 0, 255]);
    // The chip makes 6 bits of 5 by repeating the highest: 33 parts of 63.
    assert_eq!(pixel(40, 20 + 32), [0, 125, 134]);
}
