//! The blocks of a pcapng file (draft-ietf-opsawg-pcapng, section 4). All
//! numbers are little-endian.

use super::MAX_CAPTURED;

/// What packets of an interface look like (www.tcpdump.org/linktypes.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LinkType {
    /// LINKTYPE_I2C_LINUX.
    I2c,
    /// LINKTYPE_USB_LINUX_MMAPPED.
    Usb,
}

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

// Options: of all blocks, of a section, of an interface.
const COMMENT: u16 = 1;
const USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;

/// The section header, which a file begins with.
pub(super) fn section() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend_from_slice(&0x1a2b_3c4d_u32.to_le_bytes());
    body.extend_from_slice(&1_u16.to_le_bytes());
    body.extend_from_slice(&0_u16.to_le_bytes());
    // Its length is not known yet.
    body.extend_from_slice(&(-1_i64).to_le_bytes());
    option(&mut body, USERAPPL, b"periplasm");
    end_of_options(&mut body);
    block(SECTION, &body)
}

/// The description of an interface.
pub(super) fn interface(kind: LinkType, name: &str) -> Vec<u8> {
    let link_type: u16 = match kind {
        LinkType::I2c => 209,
        LinkType::Usb => 220,
    };
    let mut body = Vec::new();
    body.extend_from_slice(&link_type.to_le_bytes());
    body.extend_from_slice(&[0; 2]);
    body.extend_from_slice(&(MAX_CAPTURED as u32).to_le_bytes());
    option(&mut body, IF_NAME, name.as_bytes());
    // Times are in units of 10 to the power of -9 seconds.
    option(&mut body, IF_TSRESOL, &[9]);
    end_of_options(&mut body);
    block(INTERFACE, &body)
}

/// A packet: its header, and its data.
#[derive(Clone, Copy, Default)]
pub(super) struct Packet<'a> {
    pub(super) header: &'a [u8],
    /// As much as is to be kept.
    pub(super) data: &'a [u8],
    /// How many bytes of data there were.
    pub(super) data_len: usize,
    pub(super) comment: Option<&'a str>,
}

impl Packet<'_> {
    pub(super) fn block(&self, interface: u32, at_ns: u64) -> Vec<u8> {
        let room = MAX_CAPTURED.saturating_sub(self.header.len());
        let data = self.data.get(..room).unwrap_or(self.data);
        let captured = (self.header.len() + data.len()) as u32;
        let original = u32::try_from(self.header.len() + self.data_len).unwrap_or(u32::MAX);
        let mut body = Vec::with_capacity(captured as usize + 32);
        for number in [interface, (at_ns >> 32) as u32, at_ns as u32, captured, original] {
            body.extend_from_slice(&number.to_le_bytes());
        }
        body.extend_from_slice(self.header);
        body.extend_from_slice(data);
        pad(&mut body);
        if let Some(comment) = self.comment {
            option(&mut body, COMMENT, comment.as_bytes());
            end_of_options(&mut body);
        }
        block(ENHANCED_PACKET, &body)
    }
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    // A body is a few hundred bytes longer than a packet at most.
    let len = (body.len() + 12) as u32;
    let mut block = Vec::with_capacity(body.len() + 12);
    block.extend_from_slice(&kind.to_le_bytes());
    block.extend_from_slice(&len.to_le_bytes());
    block.extend_from_slice(body);
    block.extend_from_slice(&len.to_le_bytes());
    block
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    // Names on a board are much shorter.
    let value = value.get(..255).unwrap_or(value);
    body.extend_from_slice(&code.to_le_bytes());
    body.extend_from_slice(&(value.len() as u16).to_le_bytes());
    body.extend_from_slice(value);
    pad(body);
}

fn end_of_options(body: &mut Vec<u8>) {
    body.extend_from_slice(&[0; 4]);
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}
