//! The file systems of the crates.io crate `embedded-sdmmc`, untouched, as a
//! component: files for apps, on the blocks of another stage.
#![no_std]

extern crate alloc;

mod blocks;
mod folder;
mod partition;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use bindings::exports::periplasm::device::files::{self, Entry, Written};
use blocks::Stage;
use folder::Folder;
use periplasm_driver::{Buffer, Device, Error};

periplasm_driver::driver!(Fat);

struct Fat;

static ROOT: Device<Folder<Stage>> = Device::new(|| Folder::open(Stage::new()?));

impl files::Guest for Fat {
    fn entries() -> Result<Vec<Entry>, Error> {
        ROOT.with(|root| root.entries())
    }

    fn read(name: String, offset: u64, into: &Buffer) -> Result<Option<u32>, Error> {
        ROOT.with(|root| root.read(&name, offset, into))
    }

    fn write(name: String, contents: &Buffer) -> Result<Written, Error> {
        ROOT.with(|root| root.write(&name, contents))
    }
}
