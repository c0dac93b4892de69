//! Which registers a transaction touches.
//!
//! A write begins with the number of a register, which the chip keeps: what
//! follows is for that register and those after it, and a read goes on from
//! there.

use alloc::vec::Vec;

use crate::rules::{Rules, Step};

/// A part of a transaction, as asked or with its neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Read(u64),
    Write(&'a [u8]),
}

/// What is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// `None` where it is not known.
    pub(crate) register: Option<u16>,
    /// "may not read" or the like.
    pub(crate) what: &'static str,
}

/// What the chip sees between two START conditions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Run {
    Read(u64),
    Write(Vec<u8>),
}

/// Joins what goes on in one direction: only a change of it is a START, so a
/// write after a write does not begin with a register.
pub(crate) fn parts(operations: &[Part<'_>]) -> Result<Vec<Run>, Access> {
    let mut runs: Vec<Run> = Vec::new();
    for operation in operations {
        match (runs.last_mut(), operation) {
            // Controllers differ in whether that is a START.
            (_, Part::Read(0)) if operations.len() > 1 => {
                return Err(Access { register: None, what: "may not read nothing of" });
            }
            (Some(Run::Read(len)), Part::Read(more)) => *len = len.saturating_add(*more),
            (Some(Run::Write(data)), Part::Write(more)) => data.extend_from_slice(more),
            (_, Part::Read(len)) => runs.push(Run::Read(*len)),
            (_, Part::Write(data)) => runs.push(Run::Write(data.to_vec())),
        }
    }
    Ok(runs)
}

/// Whether a chip that goes on from register `at` (`None` if nobody knows) may
/// be asked for all of it. Returns from where it goes on then.
pub(crate) fn pass(rules: &Rules, at: Option<u16>, runs: &[Run]) -> Result<Option<u16>, Access> {
    runs.iter().try_fold(at, |at, run| match run {
        Run::Read(len) => read(rules, at, *len),
        Run::Write(data) => write(rules, at, data),
    })
}

fn read(rules: &Rules, at: Option<u16>, len: u64) -> Result<Option<u16>, Access> {
    const WHAT: &str = "may not read";
    let first = at.ok_or(Access { register: None, what: WHAT })?;
    each(rules, first, len, |register| match rules.may_read(register) {
        true => Ok(()),
        false => Err(Access { register: Some(register), what: WHAT }),
    })
}

fn write(rules: &Rules, at: Option<u16>, data: &[u8]) -> Result<Option<u16>, Access> {
    const WHAT: &str = "may not write";
    let denied = |register| Access { register, what: WHAT };
    // Only the address: is somebody there?
    if data.is_empty() {
        return Ok(at);
    }
    let (register, values) = split(rules, data).ok_or(denied(None))?;
    if values.is_empty() {
        // What is read next; or, for some chips, a command.
        return match rules.may_read(register) || rules.may_write(register) {
            true => Ok(Some(register)),
            false => Err(Access { register: Some(register), what: "may not choose" }),
        };
    }
    let may = |register| match rules.may_write(register) {
        true => Ok(()),
        false => Err(denied(Some(register))),
    };
    match rules.step {
        Step::Next | Step::Same => return each(rules, register, values.len() as u64, may),
        Step::Pairs => {}
        Step::Unknown => {
            each(rules, register, values.len() as u64, may)?;
            if !data.len().is_multiple_of(rules.width + 1) {
                return Ok(None);
            }
        }
    }
    let mut rest = data;
    while !rest.is_empty() {
        let (register, values) = split(rules, rest).ok_or(denied(None))?;
        may(register)?;
        let Some((_, after)) = values.split_first() else { return Err(denied(Some(register))) };
        rest = after;
    }
    Ok(None)
}

/// The register that it begins with, and the rest.
fn split<'a>(rules: &Rules, data: &'a [u8]) -> Option<(u16, &'a [u8])> {
    let (number, rest) = data.split_at_checked(rules.width)?;
    Some((number.iter().fold(0, |number, byte| number << 8 | u16::from(*byte)), rest))
}

/// Asks `may` of each register of a transfer. Past the last there is nothing:
/// where a chip goes on from there is not known.
fn each(
    rules: &Rules,
    first: u16,
    len: u64,
    may: impl Fn(u16) -> Result<(), Access>,
) -> Result<Option<u16>, Access> {
    if rules.step == Step::Same {
        may(first)?;
        return Ok(Some(first));
    }
    let last = if rules.width == 1 { 0xff } else { u64::from(u16::MAX) };
    for place in 0..len {
        // The first that is too far has a number that is not allowed.
        let register = u64::from(first) + place;
        match u16::try_from(register).ok().filter(|_| register <= last) {
            Some(register) => may(register)?,
            None => return Err(Access { register: None, what: "may not go past the last" }),
        }
    }
    let next = u64::from(first).saturating_add(len);
    Ok(u16::try_from(next).ok().filter(|_| next <= last && rules.step != Step::Unknown))
}

#[cfg(test)]
mod tests;
