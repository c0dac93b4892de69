//! A partition with FAT16 and one file (Microsoft's FAT specification, 1.03).

use crate::disk::{BLOCK, BLOCKS};

/// The first block of the partition.
const START: u32 = 8;
const SIZE: u16 = (BLOCKS - START) as u16;
/// Blocks of each of the two tables: two bytes for each cluster of one block.
const TABLE: u16 = 32;
const ROOT_ENTRIES: u16 = 512;

/// Text of the file README.TXT.
pub(crate) const TEXT: &[u8] = b"This stick is made of software.\n";

/// Writes the partition table, and all that FAT needs.
pub(crate) fn format(disk: &mut [u8]) {
    // Partition table, entry 1: FAT16 below 32 MiB (04h), no cylinders.
    put(disk, 446, &[0, 0xfe, 0xff, 0xff, 0x04, 0xfe, 0xff, 0xff]);
    put(disk, 454, &START.to_le_bytes());
    put(disk, 458, &u32::from(SIZE).to_le_bytes());
    put(disk, 510, &[0x55, 0xaa]);

    let partition = &mut disk[START as usize * BLOCK..];
    // The boot sector: a jump, who made it, and the parameters (3.1 and 3.2).
    put(partition, 0, b"\xeb\x3c\x90PERIPLSM");
    put(partition, 11, &(BLOCK as u16).to_le_bytes());
    put(partition, 13, &[1]); // Blocks of a cluster.
    put(partition, 14, &1_u16.to_le_bytes()); // Reserved: this one.
    put(partition, 16, &[2]); // Tables.
    put(partition, 17, &ROOT_ENTRIES.to_le_bytes());
    put(partition, 19, &SIZE.to_le_bytes());
    put(partition, 21, &[0xf8]); // Fixed medium.
    put(partition, 22, &TABLE.to_le_bytes());
    put(partition, 24, &[32, 0, 64, 0]); // Sectors of a track, heads.
    put(partition, 28, &START.to_le_bytes());
    put(partition, 36, &[0x80, 0, 0x29]);
    put(partition, 39, &0x2026_1121_u32.to_le_bytes()); // Serial number.
    put(partition, 43, b"PERIPLASM  FAT16   ");
    put(partition, 510, &[0x55, 0xaa]);

    // Both tables: the medium, the end mark, and the file's one cluster (4).
    for table in 0..2 {
        let at = (1 + table * usize::from(TABLE)) * BLOCK;
        put(partition, at, &[0xf8, 0xff, 0xff, 0xff, 0xff, 0xff]);
    }
    // The root directory: the volume's name, and the file (6).
    let root = (1 + 2 * usize::from(TABLE)) * BLOCK;
    entry(partition, root, b"PERIPLASM  ", 0x08, 0, 0);
    entry(partition, root + 32, b"README  TXT", 0x20, 2, TEXT.len() as u32);
    // Cluster 2 is the first.
    put(partition, root + usize::from(ROOT_ENTRIES) * 32, TEXT);
}

fn entry(
    partition: &mut [u8],
    at: usize,
    name: &[u8; 11],
    attributes: u8,
    cluster: u16,
    size: u32,
) {
    put(partition, at, name);
    put(partition, at + 11, &[attributes]);
    put(partition, at + 24, &0x0021_u16.to_le_bytes()); // 1980-01-01.
    put(partition, at + 26, &cluster.to_le_bytes());
    put(partition, at + 28, &size.to_le_bytes());
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::cell::RefCell;

    use embedded_sdmmc::{Block, BlockCount, BlockDevice, BlockIdx, Mode, TimeSource, Timestamp};
    use embedded_sdmmc::{VolumeIdx, VolumeManager};

    use super::*;
    use crate::disk::Disk;

    struct Blocks(RefCell<Disk>);

    impl BlockDevice for Blocks {
        type Error = core::convert::Infallible;

        fn read(&self, blocks: &mut [Block], first: BlockIdx) -> Result<(), Self::Error> {
            let disk = self.0.borrow();
            let all = disk.bytes.chunks(BLOCK).skip(first.0 as usize);
            blocks.iter_mut().zip(all).for_each(|(to, from)| to.contents.copy_from_slice(from));
            Ok(())
        }

        fn write(&self, blocks: &[Block], first: BlockIdx) -> Result<(), Self::Error> {
            let mut disk = self.0.borrow_mut();
            let all = disk.bytes.chunks_mut(BLOCK).skip(first.0 as usize);
            blocks.iter().zip(all).for_each(|(from, to)| to.copy_from_slice(&from.contents));
            Ok(())
        }

        fn num_blocks(&self) -> Result<BlockCount, Self::Error> {
            Ok(BlockCount(BLOCKS))
        }
    }

    struct Never;

    impl TimeSource for Never {
        fn get_timestamp(&self) -> Timestamp {
            Timestamp::from_fat(0x21, 0)
        }
    }

    /// What somebody else's FAT makes of it.
    #[test]
    fn a_file_is_read_and_another_is_written() {
        let volumes = VolumeManager::new(Blocks(RefCell::new(Disk::new())), Never);
        let volume = volumes.open_volume(VolumeIdx(0)).unwrap();
        let root = volume.open_root_dir().unwrap();
        let read = |name| {
            let file = root.open_file_in_dir(name, Mode::ReadOnly).unwrap();
            let mut text = [0; 2000];
            let mut len = 0;
            while !file.is_eof() {
                len += file.read(&mut text[len..]).unwrap();
            }
            text[..len].to_vec()
        };
        assert_eq!(read("README.TXT"), TEXT);
        let more = std::vec![b'x'; 1500];
        let file = root.open_file_in_dir("MORE.TXT", Mode::ReadWriteCreate).unwrap();
        file.write(&more).unwrap();
        drop(file);
        assert_eq!(read("MORE.TXT"), more);
    }
}
