//! USB memory sticks and disks as a component, on the API of nusb.
//!
//! `bulk_only` carries commands and data (Universal Serial Bus Mass Storage
//! Class, Bulk-Only Transport 1.0), `scsi` says what they are (SPC-4 and
//! SBC-3), and `disk` is a device's blocks.

mod bulk_only;
mod disk;
mod scsi;
#[cfg(test)]
mod tests;

use bindings::exports::periplasm::device::block_storage::{self, Capacity};
use disk::Disk;
use periplasm_driver::{Buffer, Device, Error};

periplasm_driver::driver!(MassStorage);

struct MassStorage;

static DISK: Device<Disk> = Device::new(Disk::open);

impl block_storage::Guest for MassStorage {
    fn size() -> Result<Capacity, Error> {
        DISK.with(|disk| {
            let (block_bytes, blocks) = disk.size();
            Ok(Capacity { block_bytes, blocks })
        })
    }

    fn read(first: u64, into: &Buffer) -> Result<(), Error> {
        DISK.with(|disk| disk.read(first, into))
    }

    fn write(first: u64, blocks: &Buffer) -> Result<(), Error> {
        DISK.with(|disk| disk.write(first, blocks))
    }
}
