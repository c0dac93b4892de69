//! What the card keeps.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::sim::ConfigError;
use crate::sim::error::within;

/// Bytes of a block.
pub const BLOCK: usize = 512;

/// A card of a version and a capacity class (Part 1, section 3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Standard capacity, up to 1 GiB here, version 1: it does not know CMD8.
    Version1,
    /// Standard capacity, version 2 or later.
    Standard,
    /// High or extended capacity: addresses are block numbers.
    #[default]
    High,
}

/// What a board file may say about it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// What card it is.
    pub kind: Kind,
    /// Its size in MiB: up to 1024, or to 2097152 (2 TiB) if it is of high
    /// capacity.
    pub mebibytes: u32,
    /// A file with its first bytes, such as an image of a file system. What is
    /// written to the card stays in memory.
    pub image: Option<PathBuf>,
}

impl Default for Options {
    /// High capacity, 64 MiB, empty.
    fn default() -> Self {
        Self { kind: Kind::High, mebibytes: 64, image: None }
    }
}

impl Options {
    /// How many blocks that is.
    pub(super) fn blocks(&self) -> Result<u32, ConfigError> {
        let most = if self.kind == Kind::High { 2_097_152.0 } else { 1024.0 };
        within("`mebibytes`", self.mebibytes.into(), (1.0, most), " MiB")?;
        // 2 TiB are 2³² blocks, one more than a number holds.
        Ok(u32::try_from(u64::from(self.mebibytes) << 11).unwrap_or(u32::MAX))
    }
}

/// The blocks that hold something.
#[derive(Clone, Debug)]
pub(super) struct Storage {
    blocks: u32,
    written: BTreeMap<u32, Box<[u8; BLOCK]>>,
}

impl Storage {
    /// What does not fit is cut off.
    pub(super) fn new(blocks: u32, image: &[u8]) -> Self {
        let mut storage = Self { blocks, written: BTreeMap::new() };
        for (number, bytes) in (0..blocks).zip(image.chunks(BLOCK)) {
            if bytes.iter().any(|byte| *byte != 0) {
                let mut block = Box::new([0; BLOCK]);
                block[..bytes.len()].copy_from_slice(bytes);
                storage.written.insert(number, block);
            }
        }
        storage
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> u32 {
        self.blocks
    }

    pub(super) fn read(&self, block: u32) -> [u8; BLOCK] {
        self.written.get(&block).map_or([0; BLOCK], |bytes| **bytes)
    }

    pub(super) fn write(&mut self, block: u32, bytes: [u8; BLOCK]) {
        self.written.insert(block, Box::new(bytes));
    }
}
