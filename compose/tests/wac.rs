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
