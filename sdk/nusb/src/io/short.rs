//! Reading up to short packets.

use std::fmt;
use std::io::{self, BufRead, Read};

use super::EndpointRead;
use super::read::{End, copy};
use crate::transfer::BulkOrInterrupt;

/// Reads up to the end of a short packet, which may have no bytes: what
/// [`EndpointRead::until_short_packet`] gives. It keeps nothing of its own.
pub struct EndpointReadUntilShortPacket<'a, EpType: BulkOrInterrupt> {
    pub(super) reader: &'a mut EndpointRead<EpType>,
}

/// The reader is not at the end of a short packet.
#[derive(Debug)]
pub struct ExpectedShortPacket;

impl fmt::Display for ExpectedShortPacket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not at the end of a short packet: read on until a read gives no bytes")
    }
}

impl std::error::Error for ExpectedShortPacket {}

impl<EpType: BulkOrInterrupt> EndpointReadUntilShortPacket<'_, EpType> {
    /// Whether it is at the end of a short packet, where reads give no bytes.
    pub fn is_end(&self) -> bool {
        self.reader.is_at_short_end()
    }

    /// Goes on behind the end of a short packet.
    ///
    /// # Errors
    ///
    /// When it is not there; nothing is changed then.
    pub fn consume_end(&mut self) -> Result<(), ExpectedShortPacket> {
        if !self.is_end() {
            return Err(ExpectedShortPacket);
        }
        self.reader.pass_short_end();
        Ok(())
    }
}

impl<EpType: BulkOrInterrupt> Read for EndpointReadUntilShortPacket<'_, EpType> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let len = copy(self.reader.fill(End::ShortPacket)?, to);
        self.reader.read_on(len);
        Ok(len)
    }
}

impl<EpType: BulkOrInterrupt> BufRead for EndpointReadUntilShortPacket<'_, EpType> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill(End::ShortPacket)
    }

    fn consume(&mut self, amount: usize) {
        self.reader.read_on(amount);
    }
}
