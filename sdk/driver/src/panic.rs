//! The panic report.

use core::fmt::{self, Write};
use core::panic::{Location as PanicLocation, PanicInfo};

use periplasm_hal::Diag;
use periplasm_hal::bindings::periplasm::hal::diag::Location;

/// The longest panic message that is reported, in bytes.
const MAX_MESSAGE: usize = 512;

/// Reports a panic through the stage's `diag` slot, then traps. For the
/// handler that [`crate::driver!`] writes.
///
/// Nothing is allocated: memory may be what ran out.
pub fn panicked(info: &PanicInfo<'_>, open: fn() -> Diag) -> ! {
    report(format_args!("{}", info.message()), info.location(), open);
    trap()
}

/// Has every panic reported through the stage's `diag` slot; std then traps.
/// For what [`crate::driver!`] writes for a driver on std.
#[cfg(feature = "std")]
pub fn report_panics(open: fn() -> Diag) {
    extern crate std;
    std::panic::set_hook(std::boxed::Box::new(move |info| {
        let text = info.payload_as_str().unwrap_or("a panic without text");
        report(format_args!("{text}"), info.location(), open);
    }));
}

fn report(text: fmt::Arguments<'_>, location: Option<&PanicLocation<'_>>, open: fn() -> Diag) {
    let mut message = Message { bytes: [0; MAX_MESSAGE], len: 0 };
    // A message that is too long is cut; that is no reason to say nothing.
    let _ = message.write_fmt(text);
    let location =
        location.map(|l| Location { file: l.file(), line: l.line(), column: l.column() });
    open().panicked(message.as_str(), location);
}

#[cfg(target_family = "wasm")]
fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

/// Only a component's panic handler comes here.
#[cfg(not(target_family = "wasm"))]
fn trap() -> ! {
    panic!("periplasm_driver::panicked is for components")
}

/// Text in a fixed buffer, cut at a character's edge when it is full.
struct Message {
    bytes: [u8; MAX_MESSAGE],
    len: usize,
}

impl Message {
    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut end = text.len().min(MAX_MESSAGE - self.len);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.bytes[self.len..self.len + end].copy_from_slice(&text.as_bytes()[..end]);
        self.len += end;
        if end == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let mut message = Message { bytes: [0; MAX_MESSAGE], len: 0 };
        let long = "x".repeat(MAX_MESSAGE - 1) + "°C";
        assert!(message.write_str(&long).is_err());
        assert_eq!(message.as_str(), "x".repeat(MAX_MESSAGE - 1));
    }
}
