//! The contract between `compose`, which writes requests into a composed
//! component, and a host, which reads them, with the component's stages and
//! wiring: nothing else is shared.
//!
//! A request is a *claim*. A host reads the stages and slots from the
//! component's own imports and asks the requests only which hardware a slot
//! wants; a slot without a request gets nothing.
#![forbid(unsafe_code)]

mod address;
mod kind;
mod section;
mod structure;
mod usb;
mod usb_check;
mod usb_cover;
mod usb_words;
mod words;

pub use address::{AddressError, I2cAddress};
pub use kind::SlotKind;
pub use section::{
    MAX_SECTION_BYTES, ParseError, Request, Requests, SECTION, SlotRequest, StageRequests, VERSION,
};
pub use structure::{NamedBy, Stage, Structure, StructureError, Wire};
pub use usb::{
    ControlKind, ControlRecipient, ControlScope, NotAScope, UsbFilter, UsbIdentity, UsbPrivilege,
};
pub use usb_check::{MAX_USB_FILTERS, MAX_USB_PORTS, MAX_USB_SERIAL, UsbFilterError};
pub use words::{list, nearest};

/// The words between a stage's name and its slot's in the name of an import.
///
/// A stage name has no hyphen ([`is_stage_name`]), so the first one always
/// ends it: `a-b-c` is slot `b-c` of stage `a` and nothing else.
pub const JOIN: char = '-';

/// The longest stage or slot name, in bytes.
pub const MAX_NAME_BYTES: usize = 64;

/// Whether `name` can be a stage: one word of lower-case letters and digits
/// that starts with a letter.
///
/// ```
/// use periplasm_request::is_stage_name;
/// assert!(is_stage_name("climate2"));
/// assert!(!is_stage_name("living-room"));
/// ```
pub fn is_stage_name(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES && is_word(name)
}

/// Whether `name` can be a slot: words as in [`is_stage_name`], joined by
/// single hyphens (the component model's kebab-case, lower case only).
///
/// ```
/// use periplasm_request::is_slot_name;
/// assert!(is_slot_name("data-ready"));
/// assert!(!is_slot_name("wasi:i2c/i2c"));
/// ```
pub fn is_slot_name(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES && name.split(JOIN).all(is_word)
}

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// The import under which a composed component asks for a slot.
///
/// ```
/// use periplasm_request::{join, split};
/// assert_eq!(join("climate", "bus"), "climate-bus");
/// assert_eq!(split("climate-data-ready"), Some(("climate", "data-ready")));
/// assert_eq!(split("wasi:cli/run@0.2.6"), None);
/// ```
pub fn join(stage: &str, slot: &str) -> String {
    format!("{stage}{JOIN}{slot}")
}

/// The stage and slot that an import of a composed component stands for, or
/// `None` when the import is not a slot. The inverse of [`join`].
pub fn split(import: &str) -> Option<(&str, &str)> {
    let (stage, slot) = import.split_once(JOIN)?;
    (is_stage_name(stage) && is_slot_name(slot)).then_some((stage, slot))
}
