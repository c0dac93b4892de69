//! What is fuzzed. Each target takes any bytes and panics when something holds
//! no longer that always has to.
//!
//! `tests/bounded.rs` runs each over its corpus and over random bytes, a short
//! while, with no tools. With cargo-fuzz and a nightly compiler:
//!
//! ```text
//! cargo fuzz run --fuzz-dir tests/fuzz --features libfuzzer descriptors
//! ```

mod descriptors;
mod gadget;
mod guard;
#[allow(dead_code, reason = "shared with the tests of grants")]
#[path = "../../../reference-host/usb/tests/guard/fake.rs"]
mod recorder;
mod usbip;

pub use descriptors::descriptors;
pub use gadget::gadget;
pub use guard::guard;
pub use usbip::usbip;
