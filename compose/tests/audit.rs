//! Which crates a stage was built from, as cargo-auditable writes it.

mod common;

use std::path::Path;

use auditable_serde::{DependencyKind, Source, VersionInfo};
use miniz_oxide::inflate::decompress_to_vec_zlib;
use periplasm_compose::{Options, build_stage};
use wasmparser::{Parser, Payload};

fn write(folder: &Path, name: &str, toml: &str, file: &str, source: &str) {
    let root = folder.join(name);
    std::fs::create_dir_all(root.join("src")).unwrap();
    let package =
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    std::fs::write(root.join("Cargo.toml"), package + toml).unwrap();
    std::fs::write(root.join("src").join(file), source).unwrap();
}

/// A program with a library, a build script and its library, a library of its
/// tests, and a library that another feature would need.
fn write_all(folder: &Path) {
    for (name, needs) in [("unit", ""), ("table", "unit = { path = \"../unit\" }"), ("fake", "")] {
        write(folder, name, &format!("[dependencies]\n{needs}\n"), "lib.rs", "");
    }
    write(
        folder,
        "app",
        "[workspace]\n[dependencies]\nunit = { path = \"../unit\" }\n\
         fake = { path = \"../fake\", optional = true }\n\
         [build-dependencies]\ntable = { path = \"../table\" }\n\
         [dev-dependencies]\ntable = { path = \"../table\" }\n",
        "main.rs",
        "fn main() { println!(\"hello\") }",
    );
    std::fs::write(folder.join("app/build.rs"), "fn main() {}").unwrap();
}

/// What a reader that stops at the end of the first module finds.
fn section(component: &[u8]) -> Vec<u8> {
    let payloads = Parser::new(0).parse_all(component).map(Result::unwrap);
    let before = payloads.take_while(|payload| !matches!(payload, Payload::End(_)));
    let mut sections = before.filter_map(|payload| match payload {
        Payload::CustomSection(section) if section.name() == ".dep-v0" => {
            Some(section.data().to_vec())
        }
        _ => None,
    });
    sections.next().expect("the section comes before the first module")
}

#[test]
fn the_crates_that_were_built_are_listed_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path());
    let target_dir = Some(folder.path().join("target"));
    let options = Options { offline: true, target_dir, ..Options::default() };
    let build = || build_stage(&folder.path().join("app"), &options).unwrap();
    let built = build();
    let json = decompress_to_vec_zlib(&section(built.bytes())).unwrap();
    let info: VersionInfo = serde_json::from_slice(&json).unwrap();
    assert_eq!(info.format, 1);
    let rows: Vec<(&str, DependencyKind, &[usize], bool)> = info
        .packages
        .iter()
        .map(|p| (p.name.as_str(), p.kind, p.dependencies.as_slice(), p.root))
        .collect();
    let expected: [(&str, DependencyKind, &[usize], bool); 3] = [
        ("app", DependencyKind::Runtime, &[1, 2], true),
        ("table", DependencyKind::Build, &[2], false),
        ("unit", DependencyKind::Runtime, &[], false),
    ];
    assert_eq!(rows, expected);
    assert!(info.packages.iter().all(|package| package.source == Source::Local));
    // What is there already is named by cargo as well.
    assert_eq!(build().bytes(), built.bytes());
}

#[test]
fn a_list_that_is_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path());
    // As cargo-auditable leaves it in what it links.
    let source = "#[unsafe(link_section = \".dep-v0\")]\n#[used]\n\
        static LIST: [u8; 4] = *b\"list\";\nfn main() {}";
    std::fs::write(folder.path().join("app/src/main.rs"), source).unwrap();
    let target_dir = Some(folder.path().join("target"));
    let options = Options { offline: true, target_dir, ..Options::default() };
    let built = build_stage(&folder.path().join("app"), &options).unwrap();
    let payloads = Parser::new(0).parse_all(built.bytes()).map(Result::unwrap);
    let lists: Vec<Vec<u8>> = payloads
        .filter_map(|payload| match payload {
            Payload::CustomSection(section) if section.name() == ".dep-v0" => {
                Some(section.data().to_vec())
            }
            _ => None,
        })
        .collect();
    assert_eq!(lists, [b"list"]);
}
