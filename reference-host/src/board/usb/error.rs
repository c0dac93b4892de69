//! What can be wrong with the tables of USB.

use std::net::SocketAddr;

use miette::{Diagnostic, SourceSpan};
use periplasm_request::SlotKind;
use thiserror::Error;

/// One thing that is wrong with a table of USB, and where.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum UsbProblem {
    /// No key says where the other side is.
    #[error("{} does not say {}", table(*kind), purpose(*kind))]
    #[diagnostic(help("{}", sources(*kind, *linux)))]
    NoSource {
        /// Which side it is.
        kind: SlotKind,
        /// Whether the kernel's hardware could be named.
        linux: bool,
        /// Where.
        #[label("this one")]
        at: SourceSpan,
    },
    /// Two keys say where the other side is.
    #[error("two keys say where the other side is")]
    #[diagnostic(help("keep one of them"))]
    TwoSources {
        /// The first.
        #[label("here")]
        first: SourceSpan,
        /// The second.
        #[label("and here")]
        second: SourceSpan,
    },
    /// Hardware of the kernel on a simulated board.
    #[error("`{key}` is hardware of the kernel, and the backend is \"sim\"")]
    #[diagnostic(help("set backend = \"linux\", or write: cable = \"desk\""))]
    OfLinux {
        /// The key.
        key: &'static str,
        /// Where.
        #[label("only for backend = \"linux\"")]
        at: SourceSpan,
    },
    /// A software bus of an impossible name.
    #[error("{found:?} cannot be the name of a cable")]
    #[diagnostic(help("use lower-case words of letters and digits, joined by `-`"))]
    CableName {
        /// What the file says.
        found: String,
        /// Where.
        #[label("not a name")]
        at: SourceSpan,
    },
    /// A port that no software bus has.
    #[error("a cable has no port {found}")]
    #[diagnostic(help(
        "write a port from 1 to {most}, or leave it out: the next free one is taken"
    ))]
    Port {
        /// What the file says.
        found: i64,
        /// The highest.
        most: u8,
        /// Where.
        #[label("not from 1 to {most}")]
        at: SourceSpan,
    },
    /// One port for two gadgets.
    #[error("port {number} of cable `{cable}` is given twice")]
    #[diagnostic(help("give one of them another port, or leave `port` out"))]
    PortTwice {
        /// The software bus.
        cable: String,
        /// The port.
        number: u8,
        /// Where it is given first.
        #[label("here")]
        first: SourceSpan,
        /// Where it is given again.
        #[label("and here")]
        at: SourceSpan,
    },
    /// A port of something that has none.
    #[error("`port` is of a cable, and this is none")]
    #[diagnostic(help("remove it"))]
    PortOfNoCable {
        /// Where.
        #[label("only beside `cable`")]
        at: SourceSpan,
    },
    /// No address.
    #[error("{found:?} is not an address with a port")]
    #[diagnostic(help("write an IP address and a port, such as \"127.0.0.1:3240\""))]
    Address {
        /// What the file says.
        found: String,
        /// Where.
        #[label("not an address")]
        at: SourceSpan,
    },
    /// An address that others reach, without a word that this is meant.
    #[error("{} is not on this machine alone", address.ip())]
    #[diagnostic(help("{}", exposure(*ours)))]
    NotLoopback {
        /// The address.
        address: SocketAddr,
        /// Whether it is to be listened to.
        ours: bool,
        /// Where.
        #[label("not loopback")]
        at: SourceSpan,
    },
    /// A table that permits nothing.
    #[error("this allows no USB device")]
    #[diagnostic(help(
        "say which may be asked for, such as: allow = [{{ vendor = 0x16c0, product = 0x05dc }}]; \
         [{{}}] allows all interfaces of any device"
    ))]
    NothingAllowed {
        /// Where.
        #[label("`allow` is missing or empty")]
        at: SourceSpan,
    },
    /// A filter that makes no sense.
    #[error("{message}")]
    #[diagnostic(help("{help}"))]
    Filter {
        /// What is wrong.
        message: String,
        /// What to write.
        help: &'static str,
        /// The filter.
        #[label("in this filter")]
        at: SourceSpan,
    },
}

fn table(kind: SlotKind) -> &'static str {
    if kind == SlotKind::Usb { "a USB host port" } else { "a USB device port" }
}

fn purpose(kind: SlotKind) -> &'static str {
    if kind == SlotKind::Usb { "where its devices are" } else { "into what it is plugged" }
}

fn sources(kind: SlotKind, linux: bool) -> String {
    let mut help = "write: cable = \"desk\", for a software bus inside of this host, or usbip = \
                    \"127.0.0.1:3240\""
        .to_owned();
    match (linux, kind) {
        (false, _) => {}
        (true, SlotKind::Usb) => help += ", or kernel = true, for this machine's devices",
        (true, _) => {
            help += ", or raw-gadget = { driver = \"…\", device = \"…\" }, for a device \
                     controller of this machine";
        }
    }
    help
}

fn exposure(ours: bool) -> &'static str {
    if ours {
        "USB/IP has no password and no encryption: whoever reaches this address can use the \
         gadget. Write 127.0.0.1, or, if that is meant, add: anywhere = true"
    } else {
        "USB/IP has no password and no encryption: whoever sits between can read and change what \
         is sent. Use a tunnel to 127.0.0.1, or, if that is meant, add: anywhere = true"
    }
}
