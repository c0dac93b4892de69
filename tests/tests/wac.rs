//! Example pipelines, wired in wac's language: they do what the examples do.

use periplasm_host::{Board, Pipeline};
use periplasm_tests::{app, build, ok, root};

/// The stages of a pipeline as the host finds them, and what each takes from
/// which other. wac's order is its own.
fn stages(manifest: &str) -> Vec<(String, Vec<(String, String)>)> {
    let pipeline = ok(Pipeline::from_bytes(build::pipeline(manifest)));
    let name = |index: usize| pipeline.stages()[index].name().to_owned();
    let mut stages: Vec<_> = pipeline
        .stages()
        .iter()
        .map(|stage| {
            let wires = stage.wires().iter();
            let mut wires: Vec<_> =
                wires.map(|wire| (wire.import.clone(), name(wire.stage))).collect();
            wires.sort();
            (stage.name().to_owned(), wires)
        })
        .collect();
    stages.sort();
    stages
}

#[test]
fn the_examples_do_the_same_when_wac_wires_them() {
    for (name, arguments) in [("weather", &[][..]), ("expander", &["30"])] {
        let example = format!("compose/pipelines/{name}/pipeline.toml");
        let script = format!("tests/wac/{name}.toml");
        assert_eq!(stages(&script), stages(&example));

        let board = root().join(format!("compose/pipelines/{name}/board.toml"));
        let board = std::fs::read_to_string(board).unwrap();
        let run = |manifest: &str| {
            let board = ok(Board::parse(&board, "board.toml"));
            let ran = app::run(manifest, &board, arguments);
            (ran.code, ran.stdout, ran.stderr)
        };
        let expected = run(&example);
        assert_eq!(expected.0, 0, "{expected:?}");
        assert_eq!(run(&script), expected);
    }
}
