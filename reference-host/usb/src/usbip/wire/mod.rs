//! Messages of USB/IP 1.1.1 as bytes: all numbers big endian.
//!
//! Every length that a peer names is checked before memory is asked for, and
//! whatever does not fit the protocol is a [`WireError`]. Nothing here knows of
//! sockets: a `&[u8]` is read as well.

mod op;
#[cfg(test)]
mod tests;
mod urb;

pub use op::{
    Exported, ListedInterface, Operation, read_import, read_list, write_import, write_list,
};
pub use urb::{Command, IsoPacket, Reply, ReplyHead, Submit, flags};

use std::io::{self, Read};

/// The version in every operation: 1.1.1.
pub const VERSION: u16 = 0x0111;
/// The most bytes of one transfer.
pub const MAX_TRANSFER: u32 = 16 << 20;
/// The most packets of one isochronous transfer.
pub const MAX_PACKETS: u32 = 1024;
/// The most devices in a list.
pub const MAX_DEVICES: u32 = 1024;

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Another version of the protocol.
    #[error("the peer speaks USB/IP version {found:#06x}, and must speak {VERSION:#06x}")]
    Version {
        /// What it speaks.
        found: u16,
    },
    /// A message that does not belong here.
    #[error("the message has the code {found:#x}, which does not belong here")]
    Code {
        /// The code.
        found: u32,
    },
    /// A bus id or a path that does not end, or is no text.
    #[error("a text field is not closed by a zero byte, or is not UTF-8")]
    Text,
    /// A list that is too long.
    #[error("the list names {found} devices, and may name at most {MAX_DEVICES}")]
    Devices {
        /// How many it announces.
        found: u32,
    },
    /// A transfer that is too long.
    #[error("the transfer has {found} bytes, and may have at most {limit}")]
    Transfer {
        /// How many it has.
        found: u32,
        /// How many it may have: what was asked for, or [`MAX_TRANSFER`].
        limit: u32,
    },
    /// Too many isochronous packets, or others than were asked for.
    #[error("the transfer has {found} packets, and may have at most {limit}")]
    Packets {
        /// How many it has.
        found: u32,
        /// How many it may have: as many as were asked for, or [`MAX_PACKETS`].
        limit: u32,
    },
    /// An isochronous packet outside the transfer's data.
    #[error("an isochronous packet lies outside the {len} bytes of its transfer")]
    Packet {
        /// The data's length.
        len: u32,
    },
    /// A direction that there is not.
    #[error("the direction is {found}, and must be 0 or 1")]
    Direction {
        /// What it is.
        found: u32,
    },
    /// An endpoint that there is not.
    #[error("the endpoint is {found}, and must be at most 15")]
    Endpoint {
        /// What it is.
        found: u32,
    },
    /// A command for a device that this connection has not imported.
    #[error("the command is for the device {found:#x}, and this connection has {expected:#x}")]
    Device {
        /// Whom it is for.
        found: u32,
        /// Who is here.
        expected: u32,
    },
    /// A number of a request that is in use, or an answer to no request.
    #[error("the sequence number {found} is in use, or was never asked")]
    Sequence {
        /// The number.
        found: u32,
    },
}

/// Why no message could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The peer closed the connection, perhaps in the middle of a message.
    #[error("the peer closed the connection")]
    Closed,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Io(#[source] io::Error),
    /// What came is no message of the protocol.
    #[error(transparent)]
    Wire(#[from] WireError),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

/// Reads `N` bytes.
fn array<const N: usize>(from: &mut impl Read) -> Result<[u8; N], ReadError> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads a vector whose length was checked by the caller.
fn bytes(from: &mut impl Read, len: u32, room: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    let mut bytes = room;
    bytes.clear();
    bytes.resize(len as usize, 0);
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The numbers of a fixed block, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The next `N` bytes; zeros behind the block's end, which the callers'
    /// constants never reach.
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        if let Some((head, rest)) = self.0.split_at_checked(N) {
            out.copy_from_slice(head);
            self.0 = rest;
        }
        out
    }

    fn byte(&mut self) -> u8 {
        u8::from_be_bytes(self.take())
    }

    fn half(&mut self) -> u16 {
        u16::from_be_bytes(self.take())
    }

    fn word(&mut self) -> u32 {
        u32::from_be_bytes(self.take())
    }
}
