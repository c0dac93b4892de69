//! The `ssd1306` driver as two components, over I2C and over SPI: the pipeline
//! `compose/pipelines/screen`, whose picture a person has looked at.

use std::fs::File;
use std::io::BufReader;
use std::time::Duration;

use periplasm_backend::sim::Picture;
use periplasm_host::{Board, Captured, Grants, Machine, Output, Pipeline, RunOptions};
use periplasm_tests::{build, host, ok, root};

fn board(name: &str) -> String {
    std::fs::read_to_string(root().join("compose/pipelines/screen").join(name)).unwrap()
}

/// Runs the app of a manifest: its exit code, what it said, and what the screen
/// shows.
fn run(manifest: &str, board: &str) -> (i32, String, Picture) {
    let component = build::pipeline(&format!("compose/pipelines/screen/{manifest}"));
    let pipeline = ok(Pipeline::from_bytes(component));
    let board = ok(Board::parse(board, "board.toml"));
    let grants = ok(Grants::decide(&pipeline, &board).map_err(|refused| *refused));
    let machine = ok(Machine::open(&board));
    let stderr = Captured::new(4096);
    let options = RunOptions {
        timeout: Some(Duration::from_secs(60)),
        stderr: Output::Capture(stderr.clone()),
        ..Default::default()
    };
    let compiled = ok(host().compile(&pipeline));
    let mut running = ok(host().start(&compiled, &machine, &grants, options));
    let code = ok(running.run_app());
    (code, stderr.text(), machine.pictures().remove("weather").unwrap())
}

/// What the driver drew natively with the same readings.
fn native() -> Picture {
    let path = root().join("reference-host/backend/tests/pictures/ssd1306-weather.png");
    let file = BufReader::new(File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    Picture { width: info.width, height: info.height, rgb }
}

#[test]
fn over_i2c_and_over_spi_it_shows_what_it_shows_natively() {
    for (manifest, board_name) in [("pipeline.toml", "board.toml"), ("spi.toml", "board-spi.toml")]
    {
        let (code, said, picture) = run(manifest, &board(board_name));
        assert_eq!((code, said.as_str()), (0, ""), "{manifest}");
        assert!(picture == native(), "{manifest} shows something else");
    }
}

#[test]
fn a_display_that_is_not_there_is_said() {
    let board = board("board.toml").replace("address = 0x3c", "address = 0x3d");
    let (code, said, picture) = run("pipeline.toml", &board.replace("[0x3c]", "[0x3c, 0x3d]"));
    assert_eq!((code, said.as_str()), (1, "no picture: the bus failed\n"));
    assert!(picture.rgb.iter().all(|part| *part == 0), "it is off");
}

#[test]
fn a_display_that_disappears_in_the_middle_keeps_what_it_had() {
    // Setting up and clearing are some 84 transactions, the card 66.
    let fault = "address = 0x3c\nfault = { kind = \"disappears\", after = 110 }";
    let (code, said, picture) =
        run("pipeline.toml", &board("board.toml").replacen("address = 0x3c", fault, 1));
    assert_eq!((code, said.as_str()), (1, "no picture: the bus failed\n"));
    assert!(picture != native());
    let lit = |picture: &Picture| picture.rgb.iter().filter(|part| **part != 0).count();
    assert!((1..lit(&native())).contains(&lit(&picture)), "a part of it");
}
