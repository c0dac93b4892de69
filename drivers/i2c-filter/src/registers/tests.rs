use alloc::vec;

use super::*;

fn rules(step: Step) -> Rules {
    Rules { read: vec![0xd0..=0xf7], write: vec![0xf2..=0xf5], width: 1, step }
}

/// What becomes of operations on a chip that goes on from `at`.
fn asked(rules: &Rules, at: Option<u16>, operations: &[Part<'_>]) -> Result<Option<u16>, Access> {
    pass(rules, at, &parts(operations)?)
}

fn denied(operations: &[Part<'_>]) -> Option<u16> {
    asked(&rules(Step::Next), None, operations).unwrap_err().register
}

use Part::{Read, Write};

#[test]
fn a_register_within_the_range_is_read_and_written() {
    let rules = rules(Step::Next);
    assert_eq!(asked(&rules, None, &[Write(&[0xd0]), Read(1)]), Ok(Some(0xd1)));
    assert_eq!(asked(&rules, None, &[Write(&[0xd0]), Read(0x28)]), Ok(Some(0xf8)));
    assert_eq!(asked(&rules, None, &[Write(&[0xf4, 1, 2])]), Ok(Some(0xf6)));
    assert_eq!(asked(&rules, Some(0xf7), &[Read(1)]), Ok(Some(0xf8)));
    assert_eq!(asked(&rules, Some(0xf7), &[Write(&[])]), Ok(Some(0xf7)));
}

#[test]
fn what_is_outside_is_denied_wherever_it_hides() {
    assert_eq!(denied(&[Write(&[0xe0, 0xb6])]), Some(0xe0), "reset of a BME280");
    assert_eq!(denied(&[Write(&[0xd0]), Read(0x29)]), Some(0xf8), "the end of a long read");
    assert_eq!(denied(&[Write(&[0xf4, 1, 2, 3])]), Some(0xf6), "the end of a long write");
    assert_eq!(denied(&[Write(&[0xd0]), Write(&[0xb6])]), Some(0xd0), "a write in two parts");
    assert_eq!(denied(&[Write(&[0xf5]), Write(&[]), Write(&[1, 2])]), Some(0xf6));
    assert_eq!(denied(&[Write(&[0xd0]), Read(1), Write(&[0x10])]), Some(0x10));
    assert_eq!(denied(&[Read(1)]), None, "nobody knows where the chip is");
    assert_eq!(denied(&[Write(&[0xf0]), Read(u64::MAX)]), Some(0xf8), "no endless loop");
    assert_eq!(denied(&[Write(&[0xd0]), Read(0), Write(&[0xb6])]), None);
}

#[test]
fn nothing_is_allowed_past_the_last_register() {
    let all = Rules { read: vec![0..=0xffff], write: vec![0..=0xffff], ..rules(Step::Next) };
    assert_eq!(asked(&all, None, &[Write(&[0xff, 1])]), Ok(None));
    assert!(asked(&all, None, &[Write(&[0xff, 1, 2])]).is_err());
    assert!(asked(&all, None, &[Write(&[0xff]), Read(2)]).is_err());
}

#[test]
fn a_chip_that_does_not_count_up_stays_at_its_register() {
    let rules = rules(Step::Same);
    assert_eq!(asked(&rules, None, &[Write(&[0xf5, 1, 2, 3])]), Ok(Some(0xf5)));
    assert_eq!(asked(&rules, None, &[Write(&[0xf7]), Read(2)]), Ok(Some(0xf7)));
    assert!(asked(&rules, None, &[Write(&[0xf8]), Read(2)]).is_err());
}

#[test]
fn each_pair_has_its_register() {
    let rules = rules(Step::Pairs);
    assert_eq!(asked(&rules, None, &[Write(&[0xf5, 1, 0xf2, 2])]), Ok(None));
    let denied = asked(&rules, None, &[Write(&[0xf5, 1, 0xe0, 0xb6])]).unwrap_err();
    assert_eq!(denied.register, Some(0xe0));
    assert!(asked(&rules, None, &[Write(&[0xf5, 1, 0xf2])]).is_err(), "half a pair");
    assert_eq!(asked(&rules, None, &[Write(&[0xf0]), Read(2)]), Ok(Some(0xf2)));
}

#[test]
fn where_nobody_says_how_a_chip_counts_each_way_is_denied() {
    let rules = rules(Step::Unknown);
    assert_eq!(asked(&rules, None, &[Write(&[0xf2, 1])]), Ok(None));
    assert_eq!(asked(&rules, None, &[Write(&[0xf2]), Read(3)]), Ok(None));
    assert_eq!(asked(&rules, None, &[Write(&[0xf2, 1, 0xf3, 2])]), Ok(None));
    let register = |data| asked(&rules, None, &[Write(data)]).unwrap_err().register;
    assert_eq!(register(&[0xf2, 1, 0xe0, 0xb6]), Some(0xe0), "as pairs");
    assert_eq!(register(&[0xf5, 1, 0xf2, 2]), Some(0xf6), "one after the other");
    assert!(asked(&rules, None, &[Write(&[0xf2]), Read(1), Read(1), Write(&[0xe0, 1])]).is_err());
}

#[test]
fn a_register_may_have_two_bytes() {
    let wide = Rules { read: vec![0x100..=0x1ff], width: 2, ..rules(Step::Next) };
    assert_eq!(asked(&wide, None, &[Write(&[1, 0x80]), Read(4)]), Ok(Some(0x184)));
    assert!(asked(&wide, None, &[Write(&[0, 0x80]), Read(4)]).is_err());
    assert!(asked(&wide, None, &[Write(&[1])]).is_err(), "half a register's number");
}
