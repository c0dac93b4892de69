//! Pipelines that are wired in wac's language.
//!
//! The cases are the folders below `tests/wac`; `common` says what is in them.
//! A case with a file `same-as` has the stages of that case of
//! `tests/pipelines`, and must come out as that one does. The others have
//! goldens: `report.txt` and `world.txt`.

mod common;

use std::path::{Path, PathBuf};

use periplasm_compose::{Composed, Options, Report, compose};
use wit_component::{DecodedWasm, WitPrinter};

fn world(component: &[u8]) -> String {
    let decoded = wit_component::decode(component).unwrap();
    let DecodedWasm::Component(resolve, world) = &decoded else { panic!("a WIT package") };
    let package = resolve.worlds[*world].package.unwrap();
    let mut printer = WitPrinter::default();
    printer.print(resolve, package, &[]).unwrap();
    printer.output.to_string()
}

/// What must be the same, however the stages are wired.
fn meaning(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for stage in &report.stages {
        lines.push(format!("{stage:?}"));
    }
    lines.extend(report.wiring.iter().map(|wire| format!("{wire:?}")));
    lines.extend(report.exports.iter().map(|export| format!("{export:?}")));
    for permissions in &report.permissions {
        let mut may = permissions.may.clone();
        may.sort();
        lines.push(format!("{} {may:?}", permissions.stage));
    }
    lines.sort();
    lines
}

fn run(path: &Path) -> Result<Composed, String> {
    let once = || compose(path, &Options::default(), &mut ());
    let composed =
        once().map_err(|error| format!("{}: {:?}", path.display(), miette::Report::new(error)))?;
    assert_eq!(composed.component, once().unwrap().component, "{}", path.display());
    Ok(composed)
}

/// The pipeline of `tests/pipelines` that a script must make too.
fn same_as(case: &Path, same: &str) -> Result<(), String> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pipelines");
    let other = tempfile::tempdir().unwrap();
    common::prepare(&cases.join(same), other.path());
    let expected = run(other.path())?;
    common::prepare(&cases.join(same), Path::new("."));
    common::prepare(case, Path::new("."));
    let composed = run(Path::new("pipeline.toml"))?;
    assert_eq!(meaning(&composed.report), meaning(&expected.report));
    let sorted = |text: String| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(world(&composed.component)), sorted(world(&expected.component)));
    Ok(())
}

#[test]
fn what_wac_says_is_what_a_manifest_says_and_the_rest_is_as_the_goldens_say() {
    common::each_case("wac", |case| {
        if let Ok(same) = std::fs::read_to_string(case.join("same-as")) {
            return same_as(case, same.trim()).err().into_iter().collect();
        }
        let manifest = Path::new("pipeline.toml");
        let alone = || -> PathBuf {
            let files = common::sorted(Path::new("."));
            files.into_iter().find(|file| file.extension().is_some_and(|e| e == "wac")).unwrap()
        };
        let path = if manifest.exists() { manifest.to_owned() } else { alone() };
        match run(&path) {
            Ok(composed) => {
                let text = composed.report.to_string();
                [("report.txt", text), ("world.txt", world(&composed.component))]
                    .into_iter()
                    .filter_map(|(file, actual)| common::golden(&case.join(file), &actual))
                    .collect()
            }
            Err(error) => vec![error],
        }
    });
}

/// A script that stands alone, next to a component without imports.
fn alone(text: &str) -> Result<Composed, periplasm_compose::ComposeError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("deps/acme")).unwrap();
    let maths = "package acme:maths;\ninterface mean { add: func(value: f64) -> f64; }\n\
                 world maths { export mean; }\n";
    let bytes = common::component("maths.wit", maths);
    std::fs::write(folder.path().join("deps/acme/maths.wasm"), bytes).unwrap();
    let script = folder.path().join("sum.wac");
    std::fs::write(&script, text).unwrap();
    compose(&script, &Options::default(), &mut ())
}

const SUM: &str = "package home:sum;

import clock as \"test:own/clock@1.0.0\": interface { now: func() -> u64; };
record reading { value: f64, at: u64 }
interface means { add: func(value: f64) -> f64; }
world sum { export means; }
let maths = new acme:maths {};
let second = (new acme:maths { ... });
export maths[\"acme:maths/mean\"] as \"home:sum/mean\";
export second...;
";

#[test]
fn no_script_takes_the_caller_down() {
    alone(SUM).unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    // Each word is left out, doubled, and the last one.
    let places: Vec<usize> = SUM.match_indices([' ', '\n']).map(|(place, _)| place).collect();
    for pair in places.windows(2) {
        let (before, word, after) = (&SUM[..pair[0]], &SUM[pair[0]..pair[1]], &SUM[pair[1]..]);
        for text in [format!("{before}{after}"), format!("{before}{word}{word}{after}")] {
            let _ = alone(&text);
        }
        // Until something is exported there is no pipeline.
        if !before.contains("export maths") {
            assert!(alone(before).is_err(), "{before}");
        }
    }
}

#[test]
fn types_as_deep_as_they_may_be_need_no_more_stack_than_there_is() {
    let mut text = "package home:deep;\ntype a0 = u8;\n".to_owned();
    for next in 1..900 {
        text += &format!("type a{next} = list<a{}>;\n", next - 1);
    }
    text += "import deep as \"test:own/deep@1.0.0\": interface { get: func() -> a899; };\n\
             let maths = new acme:maths {};\nexport maths...;\n";
    match alone(&text) {
        Ok(_) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let short = "package home:short;\nlet maths = new acme:maths {};\nexport maths...;\n";
    assert_eq!(alone(short).unwrap().report.pipeline, "short");
}
