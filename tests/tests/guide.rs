//! The porting guide, as somebody follows it who has nothing but a clone: its
//! files are written and its commands are run, in order, in a copy of the
//! project.

use std::path::Path;
use std::process::Command;

use periplasm_tests::{build::binary, root};

/// One thing that the guide has its reader do.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Write this text to this file.
    Write(String, String),
    /// Run this command; each of these lines is part of what it writes.
    Run(String, Vec<String>),
}

/// The steps of a guide in Markdown. A block of Rust or TOML is a file: the
/// last path between backticks before it names it.
fn steps(guide: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = guide.lines();
    let mut named = None;
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            named = line
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|word| word.contains('/'))
                .last()
                .or(named);
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match kind {
            "rust" | "toml" => {
                let path = named.expect("a path before the block").to_owned();
                steps.push(Step::Write(path, block.join("\n") + "\n"));
            }
            "console" => {
                for line in block {
                    match (line.strip_prefix("$ "), steps.last_mut()) {
                        (Some(command), _) => steps.push(Step::Run(command.into(), Vec::new())),
                        (None, Some(Step::Run(_, expected))) => expected.push(line.into()),
                        _ => panic!("{line:?} stands before any command"),
                    }
                }
            }
            other => panic!("what is a block of {other:?}?"),
        }
    }
    steps
}

/// Runs a command of the guide in `project` and gives what it wrote.
#[track_caller]
fn run(project: &Path, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let ["cargo", "xtask", args @ ..] = words.as_slice() else { panic!("{command}: who is that?") };
    match args {
        // It would compile the host, and Wasmtime with it, a second time. What
        // `run` does is to compose and to call the host, which is here.
        ["run", pipeline] => {
            let wasm = project.join("guide.wasm");
            let wasm = wasm.to_str().unwrap();
            finish(xtask(project).args(["compose", pipeline, "--output", wasm]));
            let board = project.join(pipeline).join("board.toml");
            finish(Command::new(binary("periplasm")).args(["run", wasm, "--board"]).arg(board))
        }
        args => finish(xtask(project).args(args)),
    }
}

/// This project's `xtask` in `project`, with a target folder of its own: cargo
/// cannot tell two checkouts apart.
fn xtask(project: &Path) -> Command {
    let mut xtask = Command::new(binary("xtask"));
    xtask.current_dir(project).env("CARGO_MANIFEST_DIR", project.join("xtask"));
    xtask.env("CARGO_TARGET_DIR", project.join("target")).env("NO_COLOR", "1");
    xtask
}

#[track_caller]
fn finish(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{command:?}:\n{text}");
    text
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
fn who_follows_the_porting_guide_reads_a_temperature() {
    let guide = std::fs::read_to_string(root().join("docs/porting.md")).unwrap();
    let steps = steps(&guide);
    let commands = steps.iter().filter(|step| matches!(step, Step::Run(..))).count();
    assert!(commands >= 5 && steps.len() >= 8, "{steps:#?}");
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    copy_project(project);
    for step in steps {
        match step {
            Step::Write(path, text) => {
                let path = project.join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            Step::Run(command, expected) => {
                let output = run(project, &command);
                for line in expected {
                    assert!(output.contains(&line), "{command} does not say {line:?}:\n{output}");
                }
            }
        }
    }
}

#[test]
fn a_guide_s_blocks_are_files_and_commands() {
    let guide =
        "Write `a/b.toml` and `c`:\n\n```toml\nx = 1\n```\n\n```console\n$ one\nsays\n$ two\n```\n";
    assert_eq!(
        steps(guide),
        [
            Step::Write("a/b.toml".into(), "x = 1\n".into()),
            Step::Run("one".into(), vec!["says".into()]),
            Step::Run("two".into(), vec![]),
        ]
    );
}
