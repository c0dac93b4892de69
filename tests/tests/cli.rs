//! What a user sees: every folder below `tests/cli` is a test.
//!
//! `cmd` holds command lines; they run in a copy of the folder, one after the
//! other. A pipeline that a line names as `<name>.wasm` is composed from
//! `compose/pipelines/<name>`, or is the faulty driver's (`faulty.wasm`).
//! `expected.txt` holds the lines with what each wrote and its exit code;
//! digests and sizes, which change with every compiler, are masked. Write it
//! anew with `UPDATE=1 cargo xtask test cli`, and read the difference.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use periplasm_tests::{build, root};

fn main() {
    let arguments = Arguments::from_args();
    let cases = root().join("tests/cli");
    let mut trials: Vec<Trial> = std::fs::read_dir(cases)
        .expect("tests/cli")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.is_dir())
        .map(|case| {
            let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Trial::test(name, move || check(&case))
        })
        .collect();
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(case: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    copy(case, folder.path())?;
    let mut found = String::new();
    for line in std::fs::read_to_string(case.join("cmd"))?.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some((program, args)) = words.split_first() else { continue };
        for pipeline in args.iter().filter_map(|arg| arg.strip_suffix(".wasm")) {
            provide(pipeline, folder.path())?;
        }
        let output = Command::new(build::binary(program))
            .args(args)
            .current_dir(folder.path())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            // Nobody's own policy, settings or cache.
            .env("XDG_CONFIG_HOME", folder.path().join("config"))
            .env("XDG_CACHE_HOME", folder.path().join("cache"))
            .env_remove("PERIPLASM_LOG")
            .output()?;
        show(&mut found, line, &output)?;
    }
    let found = masked(&found.replace(&folder.path().display().to_string(), "[FOLDER]"));
    let golden = case.join("expected.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(golden, found)?;
        return Ok(());
    }
    let expected = std::fs::read_to_string(golden).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&expected, &found);
    Err(diff.unified_diff().header("expected.txt", "found").to_string().into())
}

fn show(found: &mut String, line: &str, output: &Output) -> Result<(), Failed> {
    writeln!(found, "$ {line}")?;
    found.push_str(&String::from_utf8_lossy(&output.stdout));
    for error in String::from_utf8_lossy(&output.stderr).lines() {
        writeln!(found, "{}", format!("2> {error}").trim_end())?;
    }
    match output.status.code() {
        Some(0) => found.push('\n'),
        Some(code) => writeln!(found, "exit code {code}\n")?,
        None => writeln!(found, "{}\n", output.status)?,
    }
    Ok(())
}

/// Puts `<name>.wasm` into `folder`, unless the case has one of its own.
fn provide(name: &str, folder: &Path) -> Result<(), Failed> {
    let file = folder.join(format!("{name}.wasm"));
    let manifest = match name {
        "faulty" => "tests/guests/faulty/pipeline.toml".to_owned(),
        _ => format!("compose/pipelines/{name}/pipeline.toml"),
    };
    if !file.exists() && root().join(&manifest).is_file() {
        std::fs::write(file, build::pipeline(&manifest))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// `text` with what changes from compiler to compiler left out.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("sha256:") {
        let (before, digest) = rest.split_at(start + "sha256:".len());
        masked.push_str(before);
        // One that is left out already, as in an example, stays as it is.
        rest = digest.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '…');
        masked.push('…');
    }
    masked.push_str(rest);
    let lines: Vec<String> = masked.lines().map(mask_size).collect();
    lines.join("\n") + "\n"
}

/// `line` with each `12.3 KB` as `[SIZE]`, and a JSON `"bytes": 1` as 0.
fn mask_size(line: &str) -> String {
    if let Some((key, _)) = line.split_once("\"bytes\": ") {
        return format!("{key}\"bytes\": 0,");
    }
    let mut line = line.to_owned();
    while let Some(unit) = line.find(" KB").or_else(|| line.find(" KiB")) {
        let number =
            line[..unit].trim_end_matches(|c: char| c.is_ascii_digit() || ".,".contains(c));
        let end = unit + line[unit..].find('B').map_or(0, |b| b + 1);
        line.replace_range(number.len()..end, "[SIZE]");
    }
    line
}
