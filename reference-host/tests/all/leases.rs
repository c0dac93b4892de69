//! Who may have what: names, kinds, and what only one can have.

use periplasm_host::pipeline::PipelineError;
use periplasm_host::{
    Board, Grants, Host, HostOptions, Machine, MachineError, Pipeline, Request, RunOptions,
    StartError,
};

use crate::hal::{board, call, pipeline, requests, wat};
use crate::support::with_section;

const NOTHING: &str = "(func $probe (param $x i64) (result i64) (i64.const 0))";

fn changed(stages: &[&str], change: impl Fn(&mut Request)) -> Result<Pipeline, PipelineError> {
    let section = requests(stages, change).to_bytes();
    Pipeline::from_bytes(with_section(&wat(stages, NOTHING), &section))
}

/// What the board refuses.
fn refused(pipeline: &Pipeline, board: &Board) -> Vec<String> {
    let refused = Grants::decide(pipeline, board).unwrap_err();
    refused.refusals.iter().map(ToString::to_string).collect()
}

#[test]
fn a_request_of_another_kind_than_the_slots_is_refused() {
    let error = changed(&["hal"], |request| {
        if matches!(request, Request::InputPin { .. }) {
            *request = Request::OutputPin { name: "screen-dc".into() };
        }
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "slot `irq` of stage `hal` opens input-pin, and its request is for output-pin"
    );
}

#[test]
fn a_name_the_board_does_not_have_is_refused_with_those_it_has() {
    let pipeline = changed(&["hal"], |request| match request {
        Request::OutputPin { name } => *name = "screen-rst".into(),
        Request::Spi { name } => *name = "\u{1b}[2J".into(),
        _ => {}
    })
    .unwrap();
    assert_eq!(
        refused(&pipeline, &board()),
        [
            "stage `hal`, slot `dc`: asked for output-pin `screen-rst`; this board has `screen-dc`",
            "stage `hal`, slot `dev`: asked for spi `\\u{1b}[2J`; this board has `flash`",
        ]
    );
}

#[test]
fn the_name_of_another_kind_is_no_name() {
    let pipeline = changed(&["hal"], |request| {
        if let Request::OutputPin { name } = request {
            *name = "button".into();
        }
    })
    .unwrap();
    let bare = Board::parse("backend = \"sim\"\n[input-pin.button]", "b.toml").unwrap();
    assert_eq!(
        refused(&pipeline, &bare)[0],
        "stage `hal`, slot `dc`: asked for output-pin `button`; this board has no output-pin"
    );
}

#[test]
fn what_the_help_says_to_write_is_enough() {
    use std::fmt::Write;

    use periplasm_host::grants::Refusal;
    let pipeline = pipeline(&["hal"], NOTHING);
    for backend in ["sim", "linux"] {
        if backend == "linux" && !cfg!(target_os = "linux") {
            continue;
        }
        let mut text = format!("backend = {backend:?}\n");
        let empty = Board::parse(&text, "b.toml").unwrap();
        for refusal in Grants::decide(&pipeline, &empty).unwrap_err().refusals {
            let Refusal::NoneNamed { help, .. } = refusal else { panic!("{refusal}") };
            writeln!(text, "{}", help.split_once('\n').unwrap().1).unwrap();
        }
        let board = Board::parse(&text, "b.toml").unwrap_or_else(|e| panic!("{e:?}\n{text}"));
        Grants::decide(&pipeline, &board).unwrap();
    }
}

#[test]
fn what_only_one_can_have_is_not_granted_to_two() {
    let taken = |slot: &str, what: &str| {
        format!(
            "stage `b`, slot `{slot}`: asked for {what}, which slot `{slot}` of stage `a` has for itself"
        )
    };
    // Inputs, devices that are locked for each transaction, and CAN are shared.
    assert_eq!(
        refused(&pipeline(&["a", "b"], NOTHING), &board()),
        [
            taken("dc", "output-pin `screen-dc`"),
            taken("fan", "pwm `fan`"),
            taken("port", "serial `gps`"),
        ]
    );
}

#[test]
fn another_pipeline_has_it_when_the_first_has_ended() {
    let (pipeline, board) = (pipeline(&["hal"], NOTHING), board());
    let host = Host::new(HostOptions::default()).unwrap();
    let compiled = host.compile(&pipeline).unwrap();
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let machine = Machine::open(&board).unwrap();
    let start = || host.start(&compiled, &machine, &grants, RunOptions::default());
    let mut first = start().unwrap();
    let error = start().unwrap_err();
    let StartError::Machine(MachineError::InUse { kind, name }) = &error else { panic!("{error}") };
    assert_eq!((kind.as_str(), name.as_str()), ("output-pin", "screen-dc"));
    assert_eq!(call(&mut first, 0), Ok(0));
    drop(first);
    // What the second took before it was refused is free again too.
    assert_eq!(call(&mut start().unwrap(), 0), Ok(0));
}

#[test]
fn grants_of_another_board_open_nothing() {
    let pipeline = pipeline(&["hal"], NOTHING);
    let grants = Grants::decide(&pipeline, &board()).unwrap();
    let machine = Machine::new(&Board::parse("backend = \"sim\"", "b.toml").unwrap());
    let error = machine.open_granted(&grants).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this machine has no output-pin `screen-dc`: the grants were decided on another board"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn hardware_that_is_not_there_is_named_with_what_to_do() {
    use miette::Diagnostic;
    let text = "backend = \"linux\"\n[output-pin.dc]\nchip = \"/dev/no-such-chip\"\nline = 3\n";
    let board = Board::parse(text, "b.toml").unwrap();
    let error = Machine::open(&board).unwrap_err();
    let shown = error.to_string();
    assert!(shown.starts_with("output-pin `dc` is not available: "), "{shown}");
    assert!(shown.contains("/dev/no-such-chip") && error.help().is_some(), "{shown}");
}
