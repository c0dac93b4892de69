//! A driver on std (`tests/guests/std`) has a WASI of its own, in which there
//! is nothing of the app's, of the machine's or of other drivers'.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use periplasm_host::{
    Board, Captured, Cause, Compiled, Grants, LogSink, Machine, Output, Pipeline, RunError,
    RunOptions,
};
use periplasm_tests::{DeviceError, THERMOMETER, build, host, ok};

/// What came of it, and what the stage said.
struct Tried {
    answer: Result<Result<i32, DeviceError>, RunError>,
    said: Vec<String>,
}

fn board(control: u8) -> Board {
    let text = format!(
        "backend = \"sim\"\n[limits]\nstall-ms = 2000\n[i2c.control]\nallow = [0x50]\n\
         [[i2c.control.devices]]\nmodel = \"registers\"\naddress = 0x50\ncontents = [{control}]\n"
    );
    ok(Board::parse(&text, "board.toml"))
}

fn log() -> (LogSink, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let sink = said.clone();
    let log = LogSink::to(move |record| {
        let line = format!("{} {:?}: {}", record.stage, record.level, record.message);
        sink.lock().unwrap().push(line);
    });
    (log, said)
}

/// The driver alone.
static DRIVER: LazyLock<(Pipeline, Compiled)> = LazyLock::new(|| {
    let slots = "bus = { i2c = \"control\", address = 0x50 }";
    compiled(build::driver("tests/guests/std", slots))
});

fn compiled(component: Vec<u8>) -> (Pipeline, Compiled) {
    let pipeline = ok(Pipeline::from_bytes(component));
    let compiled = ok(host().compile(&pipeline));
    (pipeline, compiled)
}

/// Has the driver try what its source says of `control`.
fn try_it(control: u8) -> Tried {
    let (pipeline, compiled) = &*DRIVER;
    let board = board(control);
    let grants = ok(Grants::decide(pipeline, &board).map_err(|refused| *refused));
    let (log, said) = log();
    let options = RunOptions { timeout: Some(Duration::from_secs(60)), log, ..Default::default() };
    let mut running = ok(host().start(compiled, &Machine::new(&board), &grants, options));
    let function =
        ok(running.typed_func::<(), (Result<i32, DeviceError>,)>(THERMOMETER, "temperature"));
    let answer = running.call(&function, ()).map(|(answer,)| answer);
    drop(running);
    let said = said.lock().unwrap().clone();
    Tried { answer, said }
}

#[track_caller]
fn gets(control: u8) -> i32 {
    let tried = try_it(control);
    assert!(tried.said.is_empty(), "{:?}", tried.said);
    ok(tried.answer).unwrap()
}

#[test]
fn there_are_no_arguments_no_variables_no_files_and_no_input() {
    for control in 0..=3 {
        assert_eq!(gets(control), 0, "{control}");
    }
}

#[test]
fn there_is_no_date_and_time_is_the_boards() {
    assert_eq!(gets(4), 0, "seconds since 1970");
    // A simulated board's clock goes exactly as far as it is told to.
    assert_eq!(gets(5), 250);
}

#[test]
fn a_hash_set_works_and_has_the_same_seed_in_every_run() {
    assert_eq!(gets(7), 1000);
    assert_eq!(gets(8), gets(8));
}

#[test]
fn what_it_prints_goes_to_its_log_by_lines() {
    let tried = try_it(6);
    assert_eq!(ok(tried.answer), Ok(2));
    assert_eq!(tried.said, ["device Info: half a line", "device Warn: another half"]);
}

#[test]
fn a_flood_without_a_line_is_cut_and_limited() {
    let tried = try_it(13);
    assert_eq!(ok(tried.answer), Ok(256));
    let longest = tried.said.iter().map(String::len).max().unwrap();
    assert!(longest <= "device Info: ".len() + 1024, "{longest}");
    assert!(tried.said.len() < 256 * 4, "the stage's limit: {}", tried.said.len());
}

#[test]
fn a_panic_arrives_with_its_text_and_place() {
    let error = try_it(9).answer.unwrap_err();
    assert_eq!(error.stage.as_deref(), Some("device"), "{error}");
    let Cause::Panic { message, location } = error.cause else { panic!("{:?}", error.cause) };
    assert_eq!(message, "the shutter is stuck at 42 degrees");
    assert!(location.unwrap().contains("tests/guests/std/src/lib.rs:"));
}

#[test]
fn exit_and_abort_end_the_stage_and_nothing_else() {
    let error = try_it(10).answer.unwrap_err();
    assert_eq!(error.stage.as_deref(), Some("device"), "{error}");
    let Cause::Panic { message, .. } = error.cause else { panic!("{:?}", error.cause) };
    assert!(message.starts_with("the driver ended itself"), "{message}");

    let error = try_it(11).answer.unwrap_err();
    assert_eq!((error.stage.as_deref(), error.cause), (Some("device"), Cause::Aborted));
}

#[test]
fn an_app_keeps_its_arguments_and_its_output_to_itself() {
    let (pipeline, compiled) = compiled(build::pipeline("tests/guests/std/pipeline.toml"));
    for (control, said) in [(0, vec![]), (6, vec!["climate Info: half a line"])] {
        let board = board(control);
        let grants = ok(Grants::decide(&pipeline, &board).map_err(|refused| *refused));
        let (log, heard) = log();
        let stdout = Captured::new(4096);
        let options = RunOptions {
            args: vec!["1".to_owned(), "secret".to_owned()],
            stdout: Output::Capture(stdout.clone()),
            timeout: Some(Duration::from_secs(60)),
            log,
            ..Default::default()
        };
        let mut running = ok(host().start(&compiled, &Machine::new(&board), &grants, options));
        assert_eq!(ok(running.run_app()), 0);
        drop(running);
        let text = stdout.text();
        assert!(text.contains("0.00") && !text.contains("half"), "{text}");
        let heard = heard.lock().unwrap();
        assert!(said.iter().all(|line| heard.iter().any(|heard| heard == line)), "{heard:?}");
    }
}
