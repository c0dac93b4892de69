//! A partition with FAT16 and no file yet (Microsoft's FAT specification, 1.03).

/// Bytes of a block.
const BLOCK: usize = 512;
/// The first block of the partition.
const START: u32 = 8;
/// Blocks of each of the two tables: two bytes for each cluster of one block.
const TABLE: u16 = 64;
const ROOT_ENTRIES: u16 = 512;

/// Writes the partition table, and all that FAT needs, onto a disk of 8 MiB.
/// What the clusters hold stays: nobody has looked there yet.
pub(super) fn format(disk: &mut [u8]) {
    let size = (disk.len() / BLOCK - START as usize) as u16;
    let (first, partition) = disk.split_at_mut(START as usize * BLOCK);
    first.fill(0);
    // Partition table, entry 1: FAT16 below 32 MiB (04h), no cylinders.
    put(first, 446, &[0, 0xfe, 0xff, 0xff, 0x04, 0xfe, 0xff, 0xff]);
    put(first, 454, &START.to_le_bytes());
    put(first, 458, &u32::from(size).to_le_bytes());
    put(first, 510, &[0x55, 0xaa]);

    // The boot sector, the tables and the root directory.
    let clusters = (1 + 2 * usize::from(TABLE)) * BLOCK + usize::from(ROOT_ENTRIES) * 32;
    partition[..clusters].fill(0);
    // A jump, who made it, and the parameters (3.1 and 3.2).
    put(partition, 0, b"\xeb\x3c\x90PERIPLSM");
    put(partition, 11, &(BLOCK as u16).to_le_bytes());
    put(partition, 13, &[1]); // Blocks of a cluster.
    put(partition, 14, &1_u16.to_le_bytes()); // Reserved: this one.
    put(partition, 16, &[2]); // Tables.
    put(partition, 17, &ROOT_ENTRIES.to_le_bytes());
    put(partition, 19, &size.to_le_bytes());
    put(partition, 21, &[0xf8]); // Fixed medium.
    put(partition, 22, &TABLE.to_le_bytes());
    put(partition, 24, &[32, 0, 64, 0]); // Sectors of a track, heads.
    put(partition, 28, &START.to_le_bytes());
    put(partition, 36, &[0x80, 0, 0x29]);
    put(partition, 39, &0x2026_1121_u32.to_le_bytes()); // Serial number.
    put(partition, 43, b"PERIPLASM  FAT16   ");
    put(partition, 510, &[0x55, 0xaa]);

    // Both tables: the medium, and the end mark (4).
    for table in 0..2 {
        put(partition, (1 + table * usize::from(TABLE)) * BLOCK, &[0xf8, 0xff, 0xff, 0xff]);
    }
    // The root directory: the volume's name (6).
    let root = (1 + 2 * usize::from(TABLE)) * BLOCK;
    put(partition, root, b"PERIPLASM  \x08");
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}
