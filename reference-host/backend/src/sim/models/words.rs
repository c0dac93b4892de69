//! The wire side of chips whose registers are 16-bit words behind a pointer.

/// Where a transaction stands: a pointer byte, then words, the high byte first.
///
/// Bytes read past a word repeat it; a word written past the first one goes to
/// the same register. A word that is read belongs together: it is taken when
/// its high byte goes out.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pointer: u8,
    /// Bytes since the last START, the pointer included.
    bytes: usize,
    high: u8,
    latched: [u8; 2],
}

impl Words {
    /// START or repeated START.
    pub(super) fn start(&mut self) {
        self.bytes = 0;
    }

    /// A byte came in: the register and its new word, when one is complete.
    pub(super) fn write(&mut self, byte: u8) -> Option<(u8, u16)> {
        let place = self.bytes;
        self.bytes = self.bytes.wrapping_add(1).max(1);
        if place == 0 {
            self.pointer = byte;
            return None;
        }
        if place % 2 == 1 {
            self.high = byte;
            return None;
        }
        Some((self.pointer, u16::from_be_bytes([self.high, byte])))
    }

    /// The register whose word goes out next, when the last one is through.
    pub(super) fn wants(&self) -> Option<u8> {
        self.bytes.is_multiple_of(2).then_some(self.pointer)
    }

    /// The word that [`Self::wants`] asked for.
    pub(super) fn give(&mut self, word: u16) {
        self.latched = word.to_be_bytes();
    }

    /// The byte that goes out.
    pub(super) fn read(&mut self) -> u8 {
        let byte = self.latched[self.bytes % 2];
        self.bytes = self.bytes.wrapping_add(1);
        byte
    }
}
