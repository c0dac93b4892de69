//! Erases, writes and reads flash of an RP2040 in BOOTSEL mode with `picoboot`:
//! `picoboot-info 8192`.

use std::error::Error;

use picoboot::{Access, Picoboot};

fn main() -> Result<(), Box<dyn Error>> {
    let size = std::env::args().nth(1).map_or(Ok(4096), |size| size.parse())?;
    pollster::block_on(flash(size))
}

async fn flash(size: u32) -> Result<(), Box<dyn Error>> {
    let mut picoboot = Picoboot::from_first(None).await?;
    let connection = picoboot.connect().await?;
    connection.reset_interface().await?;
    connection.set_exclusive_access(Access::ExclusiveAndEject).await?;
    connection.exit_xip().await?;
    let (start, sector) = {
        let target = connection.target();
        (target.flash_start(), target.flash_sector_size())
    };
    println!("flash at {start:#x}, sectors of {sector} bytes");
    let image: Vec<u8> = (0..size).map(|at| (at ^ at >> 8) as u8).collect();
    connection.flash_erase(start, size.next_multiple_of(sector)).await?;
    connection.flash_write(start, &image).await?;
    println!("wrote {size} bytes");
    let read = connection.flash_read(start, size).await?;
    if read != image {
        return Err("what was read is not what was written".into());
    }
    println!("read them back: the same");
    connection.set_exclusive_access(Access::NotExclusive).await?;
    Ok(())
}
