//! `cargo xtask new driver`, as somebody who ports a driver uses it: in a copy
//! of the project, where `lm75` has not been ported yet.

use std::path::Path;
use std::process::Command;

use periplasm_tests::root;

/// Runs `cargo xtask` in `project` and gives what it wrote.
#[track_caller]
fn xtask(project: &Path, args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .arg("xtask")
        .args(args)
        .current_dir(project)
        // Shared, so that only what stands in the copy is compiled.
        .env("CARGO_TARGET_DIR", target_dir())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// The folder that this test was built into.
fn target_dir() -> std::path::PathBuf {
    // <target>/<profile>/deps/<test>
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

/// Copies what git knows or would know of the project.
fn copy_project(to: &Path) {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let output = Command::new("git").args(list).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "git ls-files");
    for file in String::from_utf8(output.stdout).unwrap().split_terminator('\0') {
        // A file that git knows may have been removed.
        if root().join(file).is_file() {
            std::fs::create_dir_all(to.join(file).parent().unwrap()).unwrap();
            std::fs::copy(root().join(file), to.join(file)).unwrap();
        }
    }
}

#[test]
fn a_scaffold_compiles_and_its_test_runs() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    copy_project(project);
    std::fs::remove_dir_all(project.join("drivers/lm75")).unwrap();

    let new = ["new", "driver", "lm75@1.0.0", "--exports", "thermometer,barometer"];
    let (done, output) = xtask(project, &new);
    assert!(done && output.contains("Next:"), "{output}");
    let source = std::fs::read_to_string(project.join("drivers/lm75/src/lib.rs")).unwrap();
    assert_eq!(source.matches("FILL IN").count(), 4, "{source}");

    let (done, output) = xtask(project, &["build", "lm75"]);
    assert!(done && output.contains("periplasm-lm75.wasm"), "{output}");

    let (done, output) = xtask(project, &["test", "driver_lm75"]);
    assert!(done && output.contains("1 passed"), "{output}");

    let (done, output) = xtask(project, &["new", "driver", "lm75"]);
    assert!(!done && output.contains("drivers/lm75 already"), "{output}");
}
