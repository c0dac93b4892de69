//! What came in since chip select went low.

/// A page: the most that one Page Program writes.
pub(super) const PAGE: usize = 256;

/// An instruction as it arrives, byte by byte.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The instruction, once it is there.
    pub(super) opcode: Option<u8>,
    /// The chip does not take this instruction now.
    pub(super) ignored: bool,
    /// Bytes after the instruction.
    pub(super) count: usize,
    /// The three bytes after the instruction, or as many as came.
    pub(super) address: u32,
    /// The two bytes after the instruction.
    pub(super) data: [u8; 2],
    /// What Page Program will write, by place in the page, and where it was
    /// given.
    pub(super) page: Box<[Option<u8>; PAGE]>,
}

impl Input {
    pub(super) fn new() -> Self {
        Self {
            opcode: None,
            ignored: false,
            count: 0,
            address: 0,
            data: [0; 2],
            page: Box::new([None; PAGE]),
        }
    }

    /// Chip select went low.
    pub(super) fn clear(&mut self) {
        if self.opcode == Some(super::chip::opcode::PAGE_PROGRAM) {
            self.page.fill(None);
        }
        (self.opcode, self.ignored, self.count) = (None, false, 0);
        (self.address, self.data) = (0, [0; 2]);
    }

    /// A byte after the instruction: its place.
    pub(super) fn take(&mut self, byte: u8) -> usize {
        let place = self.count;
        self.count += 1;
        if place < 3 {
            self.address = self.address << 8 | u32::from(byte);
        }
        if let Some(data) = self.data.get_mut(place) {
            *data = byte;
        }
        place
    }
}
