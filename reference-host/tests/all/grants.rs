//! Request ∩ board.

use periplasm_host::grants::{Granted, Refusal};
use periplasm_host::{Board, Grants, Host, Machine, RunOptions, StartError};

use crate::support::{GOOD, Stage, board, host, pipeline};

const WIDE: Stage<'_> = Stage { name: "wide", addresses: &[0x50, 0x77, 0xa150], ..GOOD };

#[test]
fn a_covered_request_is_granted_in_its_own_order() {
    let stage = Stage { name: "far", addresses: &[0xa150, 0x50], ..GOOD };
    let grants = Grants::decide(&pipeline(&[stage]), &board()).unwrap();
    let granted: Vec<_> = grants.iter().map(|g| (g.slot.as_str(), &g.hardware)).collect();
    let [("bus", Granted::I2c { bus, addresses }), ("log", Granted::Diag)] = granted[..] else {
        panic!("{granted:?}")
    };
    let shown: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    assert_eq!(
        (bus.as_str(), shown),
        ("main", vec!["0x150 (10-bit)".to_owned(), "0x50".to_owned()])
    );
}

#[test]
fn a_board_refuses_all_that_it_does_not_allow_at_once() {
    let narrow = Board::parse("backend = \"sim\"\n[i2c.main]\nallow = [0x50]\n", "b.toml").unwrap();
    let other = Stage { name: "other", addresses: &[0x10], ..GOOD };
    let refused = Grants::decide(&pipeline(&[WIDE, GOOD, other]), &narrow).unwrap_err();
    let texts: Vec<_> = refused.refusals.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "stage `wide`, slot `bus`: asked for 0x50, 0x77, 0x150 (10-bit) on bus `main`; \
             allowed: 0x50",
            "stage `other`, slot `bus`: asked for 0x10 on bus `main`; allowed: 0x50",
        ]
    );
    let Refusal::Addresses { help, label, .. } = &refused.refusals[0] else { panic!() };
    assert_eq!(label, "0x77, 0x150 (10-bit) is not among them");
    assert_eq!(help, "to grant it, write: allow = [0x50, 0x77]\nallow-ten-bit = [0x150]");
}

#[test]
fn what_the_help_says_to_write_is_enough() {
    let none = Board::parse("backend = \"sim\"", "b.toml").unwrap();
    let refused = Grants::decide(&pipeline(&[WIDE]), &none).unwrap_err();
    let Refusal::NoBus { help, .. } = &refused.refusals[0] else { panic!() };
    let (_, lines) = help.split_once('\n').unwrap();
    let board = Board::parse(&format!("backend = \"sim\"\n{lines}"), "b.toml").unwrap();
    Grants::decide(&pipeline(&[WIDE]), &board).unwrap();
}

#[test]
fn a_bus_that_says_nothing_allows_nothing() {
    let silent = Board::parse("backend = \"sim\"\n[i2c.main]\n", "b.toml").unwrap();
    let refused = Grants::decide(&pipeline(&[GOOD]), &silent).unwrap_err();
    assert!(refused.refusals[0].to_string().ends_with("allowed: nothing"));
}

#[test]
fn grants_of_another_pipeline_start_nothing() {
    let (host, board): (Host, _) = (host(), board());
    let machine = Machine::open(&board).unwrap();
    let grants = Grants::decide(&pipeline(&[GOOD]), &board).unwrap();
    let other = Stage { name: "other", ..GOOD };
    let compiled = host.compile(&pipeline(&[other])).unwrap();
    let error = host.start(&compiled, &machine, &grants, RunOptions::default()).unwrap_err();
    assert!(matches!(&error, StartError::NotGranted { stage, .. } if stage == "other"), "{error}");
}

#[test]
fn grants_of_a_pipeline_with_the_same_names_start_nothing() {
    let (host, board) = (host(), board());
    let machine = Machine::open(&board).unwrap();
    let grants = Grants::decide(&pipeline(&[GOOD]), &board).unwrap();
    // It asked for less, and must not be given what another one asked for.
    let modest = Stage { addresses: &[], ..GOOD };
    let compiled = host.compile(&pipeline(&[modest])).unwrap();
    let error = host.start(&compiled, &machine, &grants, RunOptions::default()).unwrap_err();
    assert!(matches!(&error, StartError::NotGranted { stage, .. } if stage == "good"), "{error}");
}

#[test]
fn what_another_board_allowed_is_not_allowed_on_this_one() {
    let (host, pipeline) = (host(), pipeline(&[GOOD]));
    let grants = Grants::decide(&pipeline, &board()).unwrap();
    let strict = Board::parse("backend = \"sim\"\n[i2c.main]\nallow = [0x51]\n", "b.toml").unwrap();
    let machine = Machine::new(&strict);
    let compiled = host.compile(&pipeline).unwrap();
    let started = host.start(&compiled, &machine, &grants, RunOptions::default());
    let opened = machine.open_granted(&grants).map_err(StartError::from);
    for error in [started.map(drop).unwrap_err(), opened.unwrap_err()] {
        let expected = "this machine's board does not allow 0x50 on bus `main`: \
                        the grants were decided on another board";
        assert_eq!(error.to_string(), expected);
    }
}
