//! What can be wrong with a USB slot of the manifest.

use miette::{Diagnostic, SourceSpan};

/// A USB slot asks for what no device is.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum UsbProblem {
    /// A slot that names no device.
    #[error("slot `{slot}` of stage `{stage}` does not say which USB devices it wants")]
    #[diagnostic(help(
        "add `vendor = 0x16c0, product = 0x05dc`, or `devices = [{{ … }}]` with a filter for each \
         kind of device: what is not asked for does not exist for the stage. `devices = [{{}}]` \
         asks for every device"
    ))]
    NoDevice {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The entry.
        #[label("no device")]
        at: SourceSpan,
    },
    /// A slot with a filter of its own and a list of them.
    #[error("slot `{slot}` of stage `{stage}` has a filter beside its list of filters")]
    #[diagnostic(help("move it into the list: `devices = [{{ … }}, {{ … }}]`"))]
    TwoForms {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The list.
        #[label("the list")]
        list: SourceSpan,
        /// The first key of the filter.
        #[label("not in the list")]
        key: SourceSpan,
    },
    /// A number that no device has.
    #[error("{number} is no {what}: those are {range}")]
    Number {
        /// The number, as written.
        number: String,
        /// What it should be.
        what: &'static str,
        /// Those that there are.
        range: &'static str,
        /// What to write.
        #[help]
        help: &'static str,
        /// Its place.
        #[label("no {what}")]
        at: SourceSpan,
    },
    /// A product without its vendor.
    #[error("`product` without `vendor` says nothing")]
    #[diagnostic(help("each vendor counts its products from 0: add `vendor = 0x…`"))]
    ProductAlone {
        /// The key.
        #[label("whose product?")]
        at: SourceSpan,
    },
    /// A serial number that no device can have.
    #[error("a serial number of {length} characters: a device has 1 to {limit}")]
    #[diagnostic(help(
        "write what `lsusb -v` shows behind `iSerial`, or leave `serial` out: then any will do"
    ))]
    Serial {
        /// The length of what is written, in UTF-16 units.
        length: usize,
        /// The most that a string descriptor holds.
        limit: usize,
        /// Its place.
        #[label("no serial number")]
        at: SourceSpan,
    },
    /// A word that means nothing here.
    #[error("`{word}` names no {what}")]
    Word {
        /// The word.
        word: String,
        /// What it should be.
        what: &'static str,
        /// The nearest word, or all.
        #[help]
        help: String,
        /// Its place.
        #[label("no {what}")]
        at: SourceSpan,
    },
    /// A list with nothing in it.
    #[error("`{key}` is an empty list")]
    Empty {
        /// The key.
        key: &'static str,
        /// What to write instead.
        #[help]
        help: &'static str,
        /// The list.
        #[label("nothing in it")]
        at: SourceSpan,
    },
    /// A list that is longer than a host reads.
    #[error("{count} {what} are too many: there can be {limit}")]
    TooMany {
        /// What is in the list.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The most that there can be.
        limit: usize,
        /// What to do.
        #[help]
        help: &'static str,
        /// The first that is too many.
        #[label("one too many")]
        at: SourceSpan,
    },
}
