//! The example pipelines, whole: composed, granted, run, and what they print.

use periplasm_host::Board;
use periplasm_tests::{app, build, ok, root};

/// Runs the app of the pipeline in `folder` on the board file `board`, and
/// gives its exit code and what it wrote.
fn run(folder: &str, board: &str, args: &[&str]) -> (i32, String, String) {
    let board = ok(Board::parse(board, "board.toml"));
    let ran = app::run(&format!("{folder}/pipeline.toml"), &board, args);
    (ran.code, ran.stdout, ran.stderr)
}

fn board(path: &str) -> String {
    std::fs::read_to_string(root().join("compose/pipelines").join(path)).unwrap()
}

/// Humidity by the double-precision formula of the BME280 datasheet
/// (BST-BME280-DS002, appendix A), worked out here on its own: neither the
/// driver nor the model is asked.
fn humidity_of_the_board() -> f64 {
    let t_fine = {
        let (adc, t1, t2, t3) = (519_888.0, 27_504.0, 26_435.0, -1_000.0);
        let fine: f64 = (adc / 16_384.0 - t1 / 1_024.0) * t2;
        let square: f64 = (adc / 131_072.0 - t1 / 8_192.0) * (adc / 131_072.0 - t1 / 8_192.0);
        fine + square * t3
    };
    let (adc, h1, h2, h3, h4, h5, h6) = (30_000.0, 75.0, 363.0, 0.0, 327.0, 50.0, 30.0);
    let x = t_fine - 76_800.0;
    let slope = h2 / 65_536.0 * (1.0 + h6 / 67_108_864.0 * x * (1.0 + h3 / 67_108_864.0 * x));
    let raw = (adc - (h4 * 64.0 + h5 / 16_384.0 * x)) * slope;
    raw * (1.0 - h1 * raw / 524_288.0)
}

/// The pictures that documents show. `UPDATE=1` draws them anew.
#[test]
fn the_pictures_of_examples_show_what_they_may_do() {
    for name in ["weather", "expander"] {
        let folder = format!("compose/pipelines/{name}");
        let picture = build::composed(&format!("{folder}/pipeline.toml")).report.to_svg();
        let file = root().join(folder).join(format!("{name}.svg"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &picture).unwrap();
        }
        let drawn = std::fs::read_to_string(&file).unwrap();
        assert!(drawn == picture, "{} is out of date: UPDATE=1 draws it", file.display());
    }
}

#[test]
fn the_weather_pipeline_prints_the_answers_of_the_datasheet() {
    let (code, stdout, stderr) =
        run("compose/pipelines/weather", &board("weather/board.toml"), &[]);
    let humidity = humidity_of_the_board();
    assert_eq!(
        (code, stdout, stderr.as_str()),
        (
            0,
            format!(
                "temperature     25.08 °C\n\
                 pressure      1006.53 hPa\n\
                 humidity     {humidity:>8.2} %RH\n"
            ),
            ""
        )
    );
}

#[test]
fn a_sensor_set_on_the_board_is_what_the_app_prints() {
    let set = "temperature = -7.5\npressure = 1020.25\nhumidity = 88.0\n";
    let board = board("weather/board.toml");
    let (calibration, _) = board.split_once("[i2c.environment.devices.raw]").unwrap();
    let board = calibration.replace("address = 0x76\n", &format!("address = 0x76\n{set}"));
    let (code, stdout, _) = run("compose/pipelines/weather", &board, &[]);
    assert_eq!(code, 0);
    let readings: Vec<f64> =
        stdout.lines().map(|l| l.split_whitespace().nth(1).unwrap().parse().unwrap()).collect();
    // The chip's resolution lies well below these bounds.
    for (reading, set, bound) in
        [(readings[0], -7.5, 0.01), (readings[1], 1020.25, 0.02), (readings[2], 88.0, 0.02)]
    {
        assert!((reading - set).abs() <= bound, "{reading} is not {set}");
    }
}

#[test]
fn an_app_whose_sensor_is_gone_says_so_and_fails() {
    let board = board("weather/board.toml")
        .replace("address = 0x76", "address = 0x76\nfault = { kind = \"disappears\" }");
    let (code, stdout, stderr) = run("compose/pipelines/weather", &board, &[]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert_eq!(stderr, "no reading: the device does not answer\n");
}

#[test]
fn a_sensor_that_comes_back_is_read_again() {
    let fault = "fault = { kind = \"no-acknowledge\", after = 1, times = 2 }";
    let board = board("thermometer/board.toml")
        .replace("address = 0x48", &format!("address = 0x48\n{fault}"));
    let (code, stdout, stderr) = run("compose/pipelines/thermometer", &board, &["5"]);
    assert_eq!(code, 1);
    assert_eq!(stdout, "-12.50 °C\n".repeat(3));
    assert_eq!(stderr, "no reading: the device does not answer\n".repeat(2));
}

#[test]
fn two_runs_of_one_pipeline_give_the_same() {
    let once = run("compose/pipelines/weather", &board("weather/board.toml"), &[]);
    assert_eq!(once, run("compose/pipelines/weather", &board("weather/board.toml"), &[]));
}
