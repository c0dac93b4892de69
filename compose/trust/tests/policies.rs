//! What a policy says, and how it is told what is wrong with one: each file of
//! `policies` has its golden beside it.

mod common;

use std::path::{Path, PathBuf};

use common::public;
use miette::{GraphicalReportHandler, GraphicalTheme};
use periplasm_registry::Repository;
use periplasm_trust::policy::{Pattern, Require};
use periplasm_trust::{Policy, PolicyError};
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies")
}

fn parse(text: &str) -> Policy {
    Policy::parse(text, "policy.toml", &folder()).unwrap()
}

/// The first key of the rule for a repository.
fn key_for(policy: &Policy, repository: &str) -> Option<String> {
    let rule = policy.rule(&repository.parse().unwrap())?;
    Some(rule.keys().first().map_or("unsigned".to_owned(), |key| key.name().to_owned()))
}

#[test]
fn every_mistake_is_told_where_it_is_and_how_to_mend_it() {
    let (mut failures, mut cases) = (Vec::new(), 0);
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        cases += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let error = Policy::parse(&text, name, &folder()).unwrap_err();
        let mut found = String::new();
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
            .with_width(100)
            .render_report(&mut found, &error)
            .unwrap();
        let found: String = found.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        let golden = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&golden, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        if found != expected || !found.contains("help: ") {
            failures.push(format!("{}: found\n{found}", path.display()));
        }
    }
    assert_eq!(cases, 8);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_most_specific_pattern_counts() {
    let policy = parse(
        r#"
        [[trust]]
        repositories = ["registry.example/**", "registry.example/drivers/own"]
        keys = [{ file = "vendor.pub" }]
        [[trust]]
        repositories = ["registry.example/drivers/*", "registry.example/*/own"]
        keys = [{ file = "second.pub", not-before = 2026-01-01, not-after = 2026-12-31 }]
        require = "all"
        [[trust]]
        repositories = ["registry.example/drivers/**", "registry.example:5000/a"]
        unsigned = true
        "#,
    );
    for (repository, key) in [
        ("registry.example/drivers/own", Some("vendor.pub")),
        ("registry.example/drivers/bme280", Some("second.pub")),
        ("registry.example/drivers/a/b", Some("unsigned")),
        ("registry.example/other/own", Some("second.pub")),
        ("registry.example/other/a/b", Some("vendor.pub")),
        ("registry.example/drivers", Some("vendor.pub")),
        ("registry.example:5000/a", Some("unsigned")),
        ("registry.example:5000/a/b", None),
        ("other.example/drivers/own", None),
        ("sub.registry.example/drivers/own", None),
    ] {
        assert_eq!(key_for(&policy, repository).as_deref(), key, "{repository}");
    }
    let rule = policy.rule(&"registry.example/drivers/bme280".parse().unwrap()).unwrap();
    assert_eq!(rule.require(), Require::All);
    assert_eq!(rule.keys()[0].key(), &public("cosign-2.5.0"));
    assert_eq!(rule.keys()[0].not_after().unwrap().to_string(), "2026-12-31");
}

#[test]
fn an_empty_policy_believes_nobody() {
    let policy = parse("");
    assert!(policy.is_there());
    assert_eq!(key_for(&policy, "registry.example/a"), None);
}

#[test]
fn what_is_no_file_of_a_policy_has_its_own_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    let load = || Policy::load(&path).unwrap_err();
    assert!(matches!(load(), PolicyError::Unreadable { .. }));
    std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(matches!(load(), PolicyError::TooLarge { .. }));
    std::fs::write(&path, b"\xff").unwrap();
    assert!(matches!(load(), PolicyError::NotText { .. }));
    // One that is named must be there.
    assert!(matches!(
        Policy::find(Some(&folder.path().join("none"))).unwrap_err(),
        PolicyError::Unreadable { .. }
    ));
}

/// Some words, so that patterns and repositories often meet.
fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c"])
}

fn pattern() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => word(), 1 => Just("*")];
    (prop::collection::vec(part, 1..4), any::<bool>()).prop_map(|(mut parts, open)| {
        if open {
            parts.push("**");
        }
        format!("registry.example/{}", parts.join("/"))
    })
}

/// Whether a pattern is for a repository, said in another way: as text that is
/// compared from the end.
fn fits(pattern: &str, repository: &str) -> bool {
    match (pattern.rsplit_once('/'), repository.rsplit_once('/')) {
        (Some((before, "**")), Some((parent, _))) => fits(before, parent) || fits(pattern, parent),
        (Some((before, last)), Some((parent, word))) => {
            (last == "*" || last == word) && fits(before, parent)
        }
        (None, None) => pattern == repository,
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_pattern_is_shown_as_it_is_read_and_fits_what_it_says(
        pattern in pattern(),
        words in prop::collection::vec(word(), 1..5),
    ) {
        let repository = format!("registry.example/{}", words.join("/"));
        let read: Pattern = pattern.parse().unwrap();
        prop_assert_eq!(read.to_string(), pattern.clone());
        let expected = fits(&pattern, &repository);
        let repository: Repository = repository.parse().unwrap();
        prop_assert_eq!(read.fits(&repository), expected);
    }

    #[test]
    fn one_rule_counts_in_whatever_order_they_stand(
        patterns in prop::collection::btree_set(pattern(), 1..6),
        words in prop::collection::vec(word(), 1..5),
        turn in 0..6usize,
    ) {
        let repository = format!("registry.example/{}", words.join("/"));
        let mut rules: Vec<String> = (1..).zip(&patterns).map(|(day, pattern)| {
            // The day tells the rule.
            let key = format!("{{ file = \"vendor.pub\", not-after = 2099-01-0{day} }}");
            format!("[[trust]]\nrepositories = [{pattern:?}]\nkeys = [{key}]\n")
        }).collect();
        let rule = |rules: &[String]| {
            let policy = parse(&rules.concat());
            policy.rule(&repository.parse().unwrap()).map(|rule| rule.keys()[0].not_after())
        };
        let one = rule(&rules);
        let turn = turn % rules.len();
        rules.rotate_left(turn);
        let other = rule(&rules);
        rules.reverse();
        prop_assert_eq!(&one, &rule(&rules));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(one.is_some(), patterns.iter().any(|pattern| fits(pattern, &repository)));
    }

    #[test]
    fn no_text_makes_it_panic(text in "(\\[\\[trust\\]\\]\n)?(repositories|keys|require|unsigned)? ?= ?.{0,60}") {
        let _ = Policy::parse(&text, "policy.toml", &folder());
    }
}
