//! Stages built from crates, with cargo.
//!
//! The crates have no dependencies, so that nothing is fetched: the driver's
//! world is a file that takes the place of what bindings leave in a module.

mod common;

use std::path::{Path, PathBuf};

use periplasm_compose::{Options, Phase, Progress, Session, StageKind, build_stage, compose};

const WORLD: &str = "
package test:meter;
world meter { export test:device/meter@0.1.0; }
package test:device@0.1.0 {
    interface meter { read: func() -> u32; }
}";

const DRIVER: &str = r#"#![no_std]
#[used]
#[unsafe(link_section = "component-type:meter")]
static WORLD: [u8; include_bytes!("world.bin").len()] = *include_bytes!("world.bin");

// A path that would tell where it was built.
#[unsafe(export_name = "test:device/meter@0.1.0#read")]
extern "C" fn read() -> u32 {
    let file = core::panic::Location::caller().file();
    core::hint::black_box(file).bytes().map(u32::from).sum()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
"#;

fn write_crate(folder: &Path, name: &str, toml: &str, file: &str, source: &str) {
    let root = folder.join(name);
    std::fs::create_dir_all(root.join("src")).unwrap();
    let package = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n"
    );
    std::fs::write(root.join("Cargo.toml"), package + toml).unwrap();
    std::fs::write(root.join("src").join(file), source).unwrap();
}

fn write_crates(folder: &Path) {
    write_crate(folder, "meter", "[lib]\ncrate-type = [\"cdylib\"]\n", "lib.rs", DRIVER);
    std::fs::write(folder.join("meter/src/world.bin"), common::world("meter.wit", WORLD)).unwrap();
    write_crate(folder, "app", "", "main.rs", "fn main() { println!(\"hello\") }\n");
}

fn options(folder: &Path) -> Options {
    Options { offline: true, target_dir: Some(folder.join("target")), ..Options::default() }
}

#[derive(Default)]
struct Phases(Vec<String>);

impl Progress for Phases {
    fn begin(&mut self, stages: usize) {
        self.0.push(format!("{stages} stages"));
    }

    fn enter(&mut self, phase: Phase<'_>) {
        self.0.push(format!("{phase:?}"));
    }
}

#[test]
fn crates_become_stages_and_the_folder_they_are_in_does_not_show() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let there = there.path().join("another/deeper");
    std::fs::create_dir_all(&there).unwrap();
    let build =
        |folder: &Path, name: &str| build_stage(&folder.join(name), &options(folder)).unwrap();
    for folder in [here.path(), &there] {
        write_crates(folder);
    }
    for (name, kind) in [("meter", StageKind::Driver), ("app", StageKind::App)] {
        let (one, other) = (build(here.path(), name), build(&there, name));
        assert_eq!(one.kind(), kind);
        assert_eq!(one.bytes(), other.bytes(), "{name}");
        assert_eq!(one.digest(), other.digest());
        let path = here.path().to_str().unwrap().as_bytes();
        assert!(!one.bytes().windows(path.len()).any(|part| part == path), "{name}");
    }

    // Two stages of one crate: built once, composed twice.
    let manifest = "[pipeline]\nname = \"p\"\n\
        [stages.one]\ncrate = \"meter\"\n[stages.two]\ncrate = \"../$/meter\"\n\
        [stages.app]\ncrate = \"app\"\n"
        .replace('$', here.path().file_name().unwrap().to_str().unwrap());
    std::fs::write(here.path().join("pipeline.toml"), manifest).unwrap();
    let mut phases = Phases::default();
    let composed = compose(here.path(), &options(here.path()), &mut phases).unwrap();
    assert_eq!(composed.report.stages[0].digest, composed.report.stages[1].digest);
    let expected = [
        "3 stages",
        "Building { stage: \"one\" }",
        "Checking { stage: \"one\" }",
        "Building { stage: \"two\" }",
        "Checking { stage: \"two\" }",
        "Building { stage: \"app\" }",
        "Checking { stage: \"app\" }",
        "Composing",
    ];
    assert_eq!(phases.0, expected);
}

#[test]
fn what_a_nested_workspace_takes_from_the_outer_one_does_not_show_either() {
    let build = |folder: &Path| {
        let nested = folder.join("nested");
        std::fs::create_dir_all(folder.join("parts/src")).unwrap();
        std::fs::write(folder.join("Cargo.toml"), "[workspace]\nmembers = [\"parts\"]\n").unwrap();
        let parts = "[package]\nname = \"parts\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        std::fs::write(folder.join("parts/Cargo.toml"), parts).unwrap();
        let place = "#![no_std]\n#[inline(never)]\npub fn place() -> &'static str {\n\
            core::panic::Location::caller().file()\n}\n";
        std::fs::write(folder.join("parts/src/lib.rs"), place).unwrap();
        let toml = "[lib]\ncrate-type = [\"cdylib\"]\n\
            [dependencies]\nparts = { path = \"../../parts\" }\n";
        let source = DRIVER.replace("core::panic::Location::caller().file()", "parts::place()");
        write_crate(&nested, "meter", toml, "lib.rs", &source);
        let world = common::world("meter.wit", WORLD);
        std::fs::write(nested.join("meter/src/world.bin"), world).unwrap();
        build_stage(&nested.join("meter"), &options(folder)).unwrap()
    };
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = build(here.path());
    let other = build(&there.path().join("another/deeper"));
    assert_eq!(one.bytes(), other.bytes());
    let way = b"../../parts/src/lib.rs";
    assert!(one.bytes().windows(way.len()).any(|part| part == way));
}

#[test]
fn a_driver_with_std_is_told_to_go_without() {
    let folder = tempfile::tempdir().unwrap();
    write_crates(folder.path());
    let source = DRIVER.replace("#![no_std]", "");
    std::fs::write(folder.path().join("meter/src/lib.rs"), source).unwrap();
    let error = build_stage(&folder.path().join("meter"), &options(folder.path())).unwrap_err();
    let help = miette::Diagnostic::help(&error).unwrap().to_string();
    assert!(help.contains("`#![no_std]`"), "{help}\n{error}");
}

#[test]
fn a_session_builds_what_it_is_told_has_changed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_crates(folder);
    let manifest = folder.join("pipeline.toml");
    let text = "[pipeline]\nname = \"p\"\n[stages.one]\ncrate = \"meter\"\n\
        [stages.app]\ncrate = \"app\"\n";
    std::fs::write(&manifest, text).unwrap();
    let source = folder.join("meter/src/lib.rs");
    let mut session = Session::new(&manifest, options(folder));
    let first = session.compose(&mut ()).unwrap();
    let whole = folder.canonicalize().unwrap();
    for of in ["", "meter", "meter/src", "app", "app/src"] {
        assert!(
            session.folders().contains(&whole.join(of).components().collect::<PathBuf>()),
            "{of}"
        );
    }

    std::fs::write(&source, DRIVER.replace(".sum()", ".sum::<u32>() + 7")).unwrap();
    assert_eq!(session.compose(&mut ()).unwrap().component, first.component, "it was not told");
    assert!(!session.changed(&folder.join("elsewhere/src/lib.rs")));
    assert!(session.changed(&source));
    let second = session.compose(&mut ()).unwrap();
    assert_ne!(second.report.stages[0].digest, first.report.stages[0].digest);
    assert_eq!(second.report.stages[1].digest, first.report.stages[1].digest);

    // What does not build is looked at again when it changes.
    std::fs::write(&source, "oops").unwrap();
    assert!(session.changed(&source));
    assert!(session.compose(&mut ()).is_err());
    assert!(session.folders().contains(&whole.join("meter/src")));
    std::fs::write(&source, DRIVER).unwrap();
    assert!(session.changed(&source));
    assert_eq!(session.compose(&mut ()).unwrap().component, first.component);

    // The manifest is read each time.
    std::fs::write(&manifest, text.replace("name = \"p\"", "name = \"q\"")).unwrap();
    assert!(session.changed(&manifest));
    assert_eq!(session.compose(&mut ()).unwrap().report.pipeline, "q");
}
