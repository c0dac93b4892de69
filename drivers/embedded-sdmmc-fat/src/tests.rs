//! Files on a volume in memory.

extern crate std;

use std::cell::{Cell, RefCell};
use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use embedded_sdmmc::{Block, BlockCount, BlockDevice, BlockIdx};
use periplasm_driver::Error;

use crate::bindings::exports::periplasm::device::files::Written;
use crate::folder::Folder;
use crate::partition::Failed;

/// What dosfstools and mtools made: the first 80 blocks of 8192, and zeros.
const IMAGE: &[u8] = include_bytes!("../../../compose/pipelines/card/card.img");
const BLOCKS: usize = 8192;

/// Memory. It is gone once `left` calls were made.
struct Memory {
    bytes: RefCell<Vec<u8>>,
    left: Cell<u32>,
}

impl Memory {
    fn new() -> Self {
        let mut bytes = IMAGE.to_vec();
        bytes.resize(BLOCKS * Block::LEN, 0);
        Self { bytes: bytes.into(), left: Cell::new(u32::MAX) }
    }

    fn call(&self) -> Result<(), Failed> {
        let left = self.left.get().checked_sub(1).ok_or(Failed::Device(Error::Gone))?;
        self.left.set(left);
        Ok(())
    }
}

impl BlockDevice for &Memory {
    type Error = Failed;

    fn read(&self, blocks: &mut [Block], first: BlockIdx) -> Result<(), Failed> {
        self.call()?;
        for (block, number) in blocks.iter_mut().zip(first.0 as usize..) {
            let bytes = self.bytes.borrow();
            let bytes = bytes.chunks_exact(Block::LEN).nth(number);
            block.copy_from_slice(bytes.ok_or(Failed::Device(Error::InvalidData))?);
        }
        Ok(())
    }

    fn write(&self, blocks: &[Block], first: BlockIdx) -> Result<(), Failed> {
        self.call()?;
        for (block, number) in blocks.iter().zip(first.0 as usize..) {
            let mut bytes = self.bytes.borrow_mut();
            let bytes = bytes.chunks_exact_mut(Block::LEN).nth(number);
            bytes.ok_or(Failed::Device(Error::InvalidData))?.copy_from_slice(&block[..]);
        }
        Ok(())
    }

    fn num_blocks(&self) -> Result<BlockCount, Failed> {
        Ok(BlockCount(BLOCKS as u32))
    }
}

fn listed(folder: &Folder<&Memory>) -> Vec<(String, u64, bool)> {
    let entries = folder.entries().unwrap();
    entries.into_iter().map(|entry| (entry.name, entry.size, entry.folder)).collect()
}

/// All that a file holds, in parts of so many bytes.
fn contents(folder: &Folder<&Memory>, name: &str, part: usize) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let into = RefCell::new(vec![0xee; part]);
        let len = folder.read(name, all.len() as u64, &into).unwrap()? as usize;
        all.extend(&into.borrow()[..len]);
        assert!(into.borrow()[len..].iter().all(|byte| *byte == 0xee));
        if len < part {
            return Some(all);
        }
    }
}

fn pattern(len: usize) -> RefCell<Vec<u8>> {
    RefCell::new((0..len).map(|n| (n / 256 + n) as u8).collect())
}

#[test]
fn what_mtools_put_there_is_listed_and_read() {
    let memory = Memory::new();
    let folder = Folder::open(&memory).unwrap();
    let expected = [("README.TXT", 33, false), ("LOG", 0, true)];
    assert_eq!(listed(&folder), expected.map(|(name, size, is)| (name.into(), size, is)));
    for part in [1, 7, 33, 512] {
        let text = contents(&folder, "readme.txt", part).unwrap();
        assert_eq!(text, b"Peripherals, in their own plasm.\n");
    }
    for (name, offset) in [("README.TXT", 33), ("README.TXT", u64::MAX)] {
        assert_eq!(folder.read(name, offset, &pattern(8)).unwrap(), Some(0), "{offset}");
    }
}

#[test]
fn what_is_written_is_there_when_the_volume_is_opened_again() {
    let memory = Memory::new();
    // Around a block and a chunk; shorter and longer than what it replaces.
    for len in [5000, 0, 1, 511, 512, 513, 4096, 4097, 100_000] {
        let bytes = pattern(len);
        let folder = Folder::open(&memory).unwrap();
        assert_eq!(folder.write("data.bin", &bytes).unwrap(), Written::Whole);
        let folder = Folder::open(&memory).unwrap();
        assert_eq!(contents(&folder, "DATA.BIN", 3000).unwrap(), *bytes.borrow(), "{len}");
        assert_eq!(listed(&folder)[2], ("DATA.BIN".into(), len as u64, false));
    }
    assert_eq!(listed(&Folder::open(&memory).unwrap()).len(), 3);
}

#[test]
fn what_can_be_no_file_is_not_found_and_not_written() {
    let memory = Memory::new();
    let folder = Folder::open(&memory).unwrap();
    let before = memory.bytes.borrow().clone();
    let names = ["", ".", "..", "LOG", "a/b", "ninechars", "x.text", ".x", "ж", "\0"];
    for name in names {
        assert_eq!(folder.read(name, 0, &pattern(8)).unwrap(), None, "{name:?}");
        assert_eq!(folder.write(name, &pattern(8)).unwrap(), Written::Refused, "{name:?}");
    }
    assert_eq!(folder.read("NONE.TXT", 0, &pattern(8)).unwrap(), None);
    assert!(*memory.bytes.borrow() == before, "something was written");
}

#[test]
fn a_file_that_may_only_be_read_stays() {
    let memory = Memory::new();
    let at = IMAGE.windows(11).position(|name| name == b"README  TXT").unwrap();
    memory.bytes.borrow_mut()[at + 11] |= 1;
    let folder = Folder::open(&memory).unwrap();
    assert_eq!(folder.write("README.TXT", &pattern(8)).unwrap(), Written::Refused);
    assert_eq!(contents(&folder, "README.TXT", 64).unwrap().len(), 33);
}

/// The partition of the image ends before the device does here.
#[test]
fn a_full_volume_is_not_written_beyond() {
    let memory = Memory::new();
    let behind = 1000 * Block::LEN;
    memory.bytes.borrow_mut().resize(BLOCKS * Block::LEN + behind, 0x77);
    let folder = Folder::open(&memory).unwrap();
    assert_eq!(folder.write("BIG.BIN", &pattern(5 << 20)).unwrap(), Written::Full);
    assert!(memory.bytes.borrow()[BLOCKS * Block::LEN..].iter().all(|byte| *byte == 0x77));
}

#[test]
fn a_volume_that_is_full_says_so_and_has_room_again() {
    let memory = Memory::new();
    let folder = Folder::open(&memory).unwrap();
    for _ in 0..3 {
        assert_eq!(folder.write("BIG.BIN", &pattern(5 << 20)).unwrap(), Written::Full);
        assert_eq!(listed(&folder)[2], ("BIG.BIN".into(), 0, false));
    }
    let bytes = pattern(3 << 20);
    assert_eq!(folder.write("BIG.BIN", &bytes).unwrap(), Written::Whole);
    assert!(contents(&folder, "BIG.BIN", 1 << 16).unwrap() == *bytes.borrow());
    assert_eq!(contents(&folder, "README.TXT", 64).unwrap().len(), 33);
}

/// Wherever it goes: the error is the device's, and no file is there twice.
#[test]
fn a_device_that_goes_is_an_error_and_no_second_file() {
    let memory = Memory::new();
    Folder::open(&memory).unwrap().write("A.BIN", &pattern(2000)).unwrap();
    let mut calls = 0;
    loop {
        memory.left.set(calls);
        let result = Folder::open(&memory).and_then(|folder| folder.write("A.BIN", &pattern(900)));
        memory.left.set(u32::MAX);
        assert_eq!(listed(&Folder::open(&memory).unwrap()).len(), 3, "after {calls}");
        match result {
            Ok(written) => break assert_eq!(written, Written::Whole),
            Err(error) => assert_eq!(format!("{error:?}"), "Error::Gone", "after {calls}"),
        }
        calls += 1;
    }
    assert!(calls > 8, "{calls}");
}

#[test]
fn what_is_no_volume_is_invalid() {
    for (at, byte) in [(510, 0), (446 + 4, 0x83), (4096 + 11, 1)] {
        let memory = Memory::new();
        memory.bytes.borrow_mut()[at] = byte;
        let error = Folder::open(&memory).map(drop).unwrap_err();
        assert!(matches!(error, Error::InvalidData), "{at}: {error:?}");
    }
}
