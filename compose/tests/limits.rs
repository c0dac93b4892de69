//! Limits that take more to reach than a case folder should hold, and writing.

mod common;

use std::fmt::Write;
use std::path::Path;

use periplasm_compose::{Composed, Options, Problem, WiringProblem, compose};

/// A driver with so many I2C slots, each of which asks for every address.
fn greedy(folder: &Path, slots: usize) {
    let mut world = "package test:greedy;\nworld greedy {\n".to_owned();
    let mut manifest =
        "[pipeline]\nname = \"greedy\"\nexports = [\"greedy\"]\n[stages.greedy]\nwasm = \"g.wasm\"\n"
            .to_owned();
    let all = |most: u16| (0..=most).map(|a| a.to_string()).collect::<Vec<_>>().join(",");
    for slot in 0..slots {
        let open = "use wasi:i2c/i2c@0.2.0-draft.{i2c}; open: func() -> i2c;";
        writeln!(world, "import slot{slot}: interface {{ {open} }}").unwrap();
        let addresses =
            format!("addresses = [{}], ten-bit-addresses = [{}]", all(0x7f), all(0x3ff));
        writeln!(manifest, "slots.slot{slot} = {{ i2c = \"b\", {addresses} }}").unwrap();
    }
    world += "export periplasm:device/thermometer@0.1.0;\n}";
    std::fs::write(folder.join("g.wasm"), common::component("greedy.wit", &world)).unwrap();
    std::fs::write(folder.join("pipeline.toml"), manifest).unwrap();
}

fn compose_in(folder: &Path) -> Result<Composed, periplasm_compose::ComposeError> {
    compose(&folder.join("pipeline.toml"), &Options::default(), &mut ())
}

#[test]
fn more_requests_than_a_host_reads_are_refused_here() {
    let folder = tempfile::tempdir().unwrap();
    greedy(folder.path(), 2);
    compose_in(folder.path()).unwrap();
    greedy(folder.path(), 50);
    let error = compose_in(folder.path()).unwrap_err();
    assert!(matches!(error.problems(), [Problem::Wiring(WiringProblem::RequestsTooLong { .. })]));
}

#[test]
fn a_file_is_written_whole_or_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    greedy(folder.path(), 1);
    let composed = compose_in(folder.path()).unwrap();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let file = out.join("greedy.wasm");
    std::fs::write(&file, "as it was").unwrap();

    composed.write(&file).unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), composed.component);
    composed.write(&file).unwrap();
    assert_eq!(common::sorted(&out), [file], "nothing else is left behind");

    // A folder cannot be replaced by a file.
    let taken = out.join("taken");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("inside"), "").unwrap();
    let error = composed.write(&taken).unwrap_err();
    assert_eq!(error.path, taken);
    assert!(taken.join("inside").exists());
    assert_eq!(common::sorted(&out).len(), 2, "nothing else is left behind");
    composed.write(&out.join("no/such/folder.wasm")).unwrap_err();
}

#[test]
#[cfg(unix)]
fn a_link_is_followed_and_what_is_no_file_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    greedy(folder.path(), 1);
    let composed = compose_in(folder.path()).unwrap();

    let (file, link) = (folder.path().join("there.wasm"), folder.path().join("link.wasm"));
    std::fs::write(&file, "as it was").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    composed.write(&link).unwrap();
    assert!(link.is_symlink(), "the link stays");
    assert_eq!(std::fs::read(&file).unwrap(), composed.component);

    // As `-o /dev/null` would be, without the risk.
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).unwrap()
    });
    composed.write(&pipe).unwrap();
    assert_eq!(reader.join().unwrap(), composed.component);
    assert!(!pipe.is_file(), "the pipe is not replaced");
}
