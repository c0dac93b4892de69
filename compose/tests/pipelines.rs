//! Pipelines that compose: the report, and the world that tools see.
//!
//! The cases are the folders below `tests/pipelines`; `common` says what is in
//! them. The goldens are `report.txt`, `report.json`, `world.txt` and
//! `picture.svg`.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

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

/// The names that the component imports, as it has them.
fn imports(component: &[u8]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut depth = 0;
    for payload in wasmparser::Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            wasmparser::Payload::ComponentSection { .. }
            | wasmparser::Payload::ModuleSection { .. } => depth += 1,
            wasmparser::Payload::End(_) => depth -= 1,
            wasmparser::Payload::ComponentImportSection(section) if depth == 0 => {
                names.extend(section.into_iter().map(|i| i.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    names
}

fn requests(component: &[u8]) -> periplasm_request::Requests {
    let sections: Vec<_> = wasmparser::Parser::new(0)
        .parse_all(component)
        .filter_map(|payload| match payload.unwrap() {
            wasmparser::Payload::CustomSection(section)
                if section.name() == periplasm_request::SECTION =>
            {
                Some(section.data().to_vec())
            }
            _ => None,
        })
        .collect();
    assert_eq!(sections.len(), 1, "there is one section of requests");
    periplasm_request::Requests::from_bytes(&sections[0]).unwrap()
}

/// The import list is the permission list: every slot that the report names,
/// with a request, and interfaces. Nothing else.
fn check_permissions(composed: &Composed) {
    let requests = requests(&composed.component);
    let mut slots = BTreeSet::new();
    for stage in &composed.report.stages {
        for slot in &stage.slots {
            assert!(requests.slot(&stage.name, &slot.name).is_some(), "{}", slot.import);
            assert!(slots.insert(slot.import.clone()), "{} is there once", slot.import);
        }
    }
    let (interfaces, plain): (BTreeSet<String>, _) =
        imports(&composed.component).into_iter().partition(|name| name.contains('/'));
    assert_eq!(plain, slots);
    let asked: usize = requests.stages.iter().map(|stage| stage.slots.len()).sum();
    assert_eq!(asked, slots.len(), "no request without a slot");
    for interface in interfaces {
        let host = [
            "wasi:",
            "periplasm:hal/",
            "periplasm:usb/",
            "periplasm:usb-device/",
            "periplasm:device/types@",
            "test:",
        ];
        assert!(host.iter().any(|h| interface.starts_with(h)), "{interface}");
    }
}

fn of_component(composed: &Composed) -> Report {
    Report::of_component(&composed.component)
        .unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)))
}

/// The report without what only the manifest knows.
fn without_claims(report: &Report) -> Report {
    let mut report = report.clone();
    for stage in &mut report.stages {
        stage.source = None;
        stage.sealed = false;
        stage.settings.clear();
    }
    report
}

#[test]
fn pipelines_compose_as_their_goldens_say_and_twice_to_the_same_bytes() {
    common::each_case("pipelines", |case| {
        let once = || compose(Path::new("pipeline.toml"), &Options::default(), &mut ());
        let composed = match once() {
            Ok(composed) => composed,
            Err(error) => {
                return vec![format!("{}: {:?}", case.display(), miette::Report::new(error))];
            }
        };
        check_permissions(&composed);
        assert_eq!(composed.component, once().unwrap().component, "{}", case.display());

        assert_eq!(of_component(&composed), without_claims(&composed.report), "{}", case.display());

        let json = composed.report.to_json() + "\n";
        let text = composed.report.to_string();
        let world = world(&composed.component);
        let picture = composed.report.to_svg();
        [
            ("report.txt", text),
            ("report.json", json),
            ("world.txt", world),
            ("picture.svg", picture),
        ]
        .into_iter()
        .filter_map(|(file, actual)| common::golden(&case.join(file), &actual))
        .collect()
    });
}
