//! Each target over its corpus, and for a short while over random bytes and
//! changed seeds.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Changes of a seed: bytes overwritten, an end cut off, other bytes put behind.
fn changed(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec(any::<(Index, u8)>(), 0..6);
    let behind = prop::collection::vec(any::<u8>(), 0..24);
    (select(seeds), changes, any::<Option<Index>>(), behind).prop_map(
        |(mut seed, changes, cut, behind)| {
            for (at, value) in changes {
                if !seed.is_empty() {
                    let at = at.index(seed.len());
                    seed[at] = value;
                }
            }
            if let Some(cut) = cut {
                seed.truncate(cut.index(seed.len() + 1));
            }
            seed.extend(behind);
            seed
        },
    )
}

fn run(name: &str, target: fn(&[u8]), cases: u32) {
    let seeds = seeds(name);
    seeds.iter().for_each(|seed| target(seed));
    let random = prop::collection::vec(any::<u8>(), 0..256);
    let bytes = prop_oneof![1 => random, 3 => changed(seeds)];
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&bytes, |bytes| {
        target(&bytes);
        Ok::<(), TestCaseError>(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn descriptors() {
    run("descriptors", periplasm_fuzz::descriptors, 4000);
}

#[test]
fn guard() {
    run("guard", periplasm_fuzz::guard, 2000);
}

#[test]
fn usbip() {
    run("usbip", periplasm_fuzz::usbip, 4000);
}

#[test]
fn gadget() {
    run("gadget", periplasm_fuzz::gadget, 1000);
}
