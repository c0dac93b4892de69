//! The crate that uses a driver with the SDK's types.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use crate::uses::Use;

/// A function of the driver, and which of its calls is tried.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) of: Use,
    pub(crate) call: usize,
    /// The first thing the compiler had against it.
    pub(crate) refused: Option<String>,
}

impl Attempt {
    /// What is tried now. Nothing when every call was refused.
    pub(crate) fn now(&self) -> Option<&str> {
        self.of.calls.get(self.call).map(String::as_str)
    }
}

/// Source, and the lines in which each attempt stands.
pub(crate) struct Generated {
    pub(crate) text: String,
    pub(crate) lines: Vec<(RangeInclusive<usize>, usize)>,
}

/// What every generated crate begins with. The calls are made up, so nothing
/// of this is ever run.
const HEAD: &str = r#"#![no_std]
#![allow(warnings, clippy::all)]
extern crate alloc;
use periplasm_driver as sdk;

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[global_allocator]
static MEMORY: sdk::Allocator = sdk::ALLOCATOR;

struct Text;
impl core::fmt::Write for Text {
    fn write_str(&mut self, _: &str) -> core::fmt::Result {
        Ok(())
    }
}

/// A value that the compiler knows nothing of.
fn any<T>() -> T {
    unsafe { core::ptr::read_volatile(core::hint::black_box(16 as *const T)) }
}

fn keep<T>(value: T) {
    core::hint::black_box(&value);
}

fn poll<F: core::future::Future>(future: F) {
    let mut future = core::pin::pin!(future);
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    while let core::task::Poll::Pending = future.as_mut().poll(&mut context).map(keep) {}
}
"#;

/// Writes the crate.
pub(crate) fn source(attempts: &[Attempt]) -> Generated {
    let mut text = HEAD.to_owned();
    let mut line = text.lines().count();
    let mut lines = Vec::new();
    for (index, attempt) in attempts.iter().enumerate() {
        let Some(call) = attempt.now() else { continue };
        // No name of the driver's can be the same. Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n#[unsafe(no_mangle)]\nextern \"C\" fn periplasm_use_{index}() {{\n    {call};\n}}\n"
        );
        let added = 4 + call.lines().count();
        lines.push((line + 1..=line + added, index));
        line += added;
    }
    Generated { text, lines }
}

impl Generated {
    /// The attempt that stands in `line`, counted from 1.
    pub(crate) fn attempt(&self, line: usize) -> Option<usize> {
        self.lines.iter().find(|(lines, _)| lines.contains(&line)).map(|(_, attempt)| *attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_leads_back_to_its_attempt() {
        let attempt = |call: &str| Attempt {
            of: Use { name: call.into(), calls: vec![call.into()] },
            call: 0,
            refused: None,
        };
        let mut attempts = [attempt("keep(first())"), attempt("gone()"), attempt("keep(third())")];
        attempts[1].call = 1;
        let generated = source(&attempts);
        for (number, line) in (1..).zip(generated.text.lines()) {
            match generated.attempt(number) {
                Some(0) => assert!(!line.contains("third")),
                Some(2) => assert!(!line.contains("first")),
                Some(other) => panic!("{other} is not tried"),
                None => assert!(!line.contains("first()") && !line.contains("third()"), "{line}"),
            }
        }
        assert_eq!(generated.lines.len(), 2);
    }
}
