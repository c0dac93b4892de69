//! Asks a bootloader for all its variables and flashes an image with
//! `fastboot-protocol`: `fastboot-vars boot 4096`.

use std::collections::BTreeMap;
use std::error::Error;

use fastboot_protocol::nusb::{NusbFastBoot, devices};

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "expected <partition> <bytes>, such as boot 4096";
    let mut arguments = std::env::args().skip(1);
    let (partition, size) = arguments.next().zip(arguments.next()).ok_or(usage)?;
    pollster::block_on(flash(&partition, size.parse()?))
}

async fn flash(partition: &str, size: u32) -> Result<(), Box<dyn Error>> {
    let info = devices().await?.next().ok_or("there is no bootloader")?;
    let mut bootloader = NusbFastBoot::from_info(&info).await?;
    // In an order that is always the same.
    let variables: BTreeMap<_, _> = bootloader.get_all_vars().await?.into_iter().collect();
    for (name, value) in variables {
        println!("{name}: {value}");
    }
    let image: Vec<u8> = (0..size).map(|at| (at ^ at >> 8) as u8).collect();
    let mut download = bootloader.download(size).await?;
    download.extend_from_slice(&image).await?;
    download.finish().await?;
    bootloader.flash(partition).await?;
    println!("flashed {size} bytes to {partition}");
    let checksum = bootloader.get_var(&format!("partition-crc32:{partition}")).await?;
    println!("checksum {checksum}");
    Ok(())
}
