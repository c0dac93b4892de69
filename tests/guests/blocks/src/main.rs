//! Writes the blocks 2 to 4, reads 1 to 5 back and says what each holds.

use bindings::periplasm::device::block_storage;
use periplasm_app::{Buffer, Error};

periplasm_app::app!();

fn main() -> Result<(), Error> {
    let size = block_storage::size()?;
    println!("{} blocks of {} bytes", size.blocks, size.block_bytes);
    let bytes = |block: u8| vec![block; size.block_bytes as usize];
    let three = Buffer::new(3 * size.block_bytes);
    three.write(0, &[bytes(2), bytes(3), bytes(4)].concat()).map_err(|_| Error::InvalidData)?;
    block_storage::write(2, &three)?;
    let five = Buffer::new(5 * size.block_bytes);
    block_storage::read(1, &five)?;
    let found = five.read(0, five.len()).map_err(|_| Error::InvalidData)?;
    for (block, found) in (1..).zip(found.chunks(size.block_bytes as usize)) {
        let same = found.iter().all(|byte| *byte == found[0]);
        println!("{block}: {:02x} {}", found[0], if same { "all through" } else { "and others" });
    }
    println!("beyond the end: {:?}", block_storage::write(size.blocks - 2, &three));
    Ok(())
}
