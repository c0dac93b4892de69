//! What the documents quote is what the tree holds.

use periplasm_tests::root;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// `text` without the lines that are comments.
fn without_comments(text: &str, comment: &str) -> String {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with(comment)).collect();
    lines.join("\n").trim().to_owned()
}

#[test]
fn the_readme_shows_a_driver_and_a_manifest_as_they_are() {
    let readme = read("README.md");
    let driver = without_comments(&read("drivers/lm75/src/lib.rs"), "//");
    assert!(readme.contains(&driver), "drivers/lm75/src/lib.rs is now:\n{driver}");
    let manifest = without_comments(&read("compose/pipelines/weather/pipeline.toml"), "#");
    assert!(readme.contains(&manifest), "the weather pipeline's manifest is now:\n{manifest}");
}

#[test]
fn the_guide_to_wiring_shows_a_script_as_it_is() {
    let script = read("tests/wac/weather.wac");
    assert!(read("docs/wiring.md").contains(script.trim()), "the script is now:\n{script}");
}

#[test]
fn the_places_that_the_architecture_names_exist() {
    let architecture = read("ARCHITECTURE.md");
    let (_, table) = architecture.split_once("| to find or change | go to |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let mut found = 0;
    // Odd pieces stand between backticks. `<name>` and `{a, b}` mean several.
    for place in table.split('`').skip(1).step_by(2) {
        let fixed = place.split(['<', '{']).next().unwrap_or(place);
        let folder = fixed.rfind('/').map_or(fixed, |slash| &fixed[..slash]);
        let path = if fixed == place { place } else { folder };
        assert!(root().join(path).exists(), "`{place}` is not there");
        found += 1;
    }
    assert!(found > 10, "{found} places");
}

#[test]
fn every_driver_has_a_readme_of_at_most_a_dozen_lines() {
    for name in drivers("") {
        let readme = read(&format!("drivers/{name}/README.md"));
        assert!(readme.lines().count() <= 12, "drivers/{name}/README.md is long");
        for word in ["chip", "slots", "grants it needs", "exports"] {
            assert!(readme.contains(word), "drivers/{name}/README.md does not say: {word}");
        }
        let ours = read(&format!("drivers/{name}/src/lib.rs"));
        let lines = ours.lines().filter(|l| !l.trim().is_empty()).count();
        assert!(lines <= 80, "drivers/{name} has {lines} lines: the SDK lacks something");
    }
}

/// Those below `drivers`, and below the workspaces in it.
fn drivers(below: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join("drivers").join(below)).unwrap();
    let folders =
        entries.map(Result::unwrap).filter(|entry| entry.path().join("Cargo.toml").is_file());
    folders
        .flat_map(|entry| {
            let name = format!("{below}{}", entry.file_name().into_string().unwrap());
            let workspace = format!("{name}/");
            if entry.path().join("src").is_dir() { vec![name] } else { drivers(&workspace) }
        })
        .collect()
}
