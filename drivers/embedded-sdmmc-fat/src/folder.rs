//! The root folder of a volume.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use embedded_sdmmc::{
    BlockDevice, DirEntry, Mode, RawDirectory, ShortFileName, TimeSource, Timestamp, VolumeIdx,
    VolumeManager,
};
use periplasm_driver::{Bytes, Error};

use crate::bindings::exports::periplasm::device::files::{Entry, Written};
use crate::partition::{Failed, Partition};

/// The most bytes that are moved at once.
const CHUNK_BYTES: u32 = 4096;

/// The most entries that a folder has (Microsoft's FAT specification, 1.03,
/// section 6.5). One that has more goes in a circle.
const MAX_ENTRIES: usize = 65_536;

type Fault = embedded_sdmmc::Error<Failed>;

/// The root folder of the first partition.
pub(crate) struct Folder<D: BlockDevice<Error = Failed>> {
    volumes: VolumeManager<Partition<D>, NoClock>,
    root: RawDirectory,
}

impl<D: BlockDevice<Error = Failed>> Folder<D> {
    /// # Errors
    ///
    /// [`Error::InvalidData`] when there is no file system that is known, and
    /// those of the device.
    pub(crate) fn open(device: D) -> Result<Self, Error> {
        let partition = Partition::first(device).map_err(|failed| fault(failed.into()))?;
        let volumes = VolumeManager::new(partition, NoClock);
        let volume = volumes.open_raw_volume(VolumeIdx(0)).map_err(fault)?;
        let root = volumes.open_root_dir(volume).map_err(fault)?;
        Ok(Self { volumes, root })
    }

    /// What is in it.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Error> {
        let mut found = Vec::new();
        let iterated = self.volumes.iterate_dir(self.root, |entry| {
            if !entry.attributes.is_volume() {
                found.push(Entry {
                    name: entry.name.to_string(),
                    size: entry.size.into(),
                    folder: entry.attributes.is_directory(),
                });
            }
            match found.len() {
                0..=MAX_ENTRIES => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        });
        iterated.map_err(fault)?;
        if found.len() > MAX_ENTRIES { Err(Error::InvalidData) } else { Ok(found) }
    }

    /// Fills `into` with what a file has from `offset` on, and returns how many
    /// bytes that are. `None` if there is no such file.
    pub(crate) fn read(
        &self,
        name: &str,
        offset: u64,
        into: &impl Bytes,
    ) -> Result<Option<u32>, Error> {
        let Some(name) = short(name) else { return Ok(None) };
        let Some(entry) = self.find(&name)? else { return Ok(None) };
        if entry.attributes.is_directory() {
            return Ok(None);
        }
        let Ok(offset) = u32::try_from(offset.min(entry.size.into())) else { return Ok(Some(0)) };
        let volumes = &self.volumes;
        let file = volumes.open_file_in_dir(self.root, name, Mode::ReadOnly).map_err(fault)?;
        volumes.file_seek_from_start(file, offset).map_err(fault)?;
        let len = into.len().min(entry.size - offset);
        let mut bytes = vec![0; len.min(CHUNK_BYTES) as usize];
        for at in (0..len).step_by(CHUNK_BYTES as usize) {
            let bytes = &mut bytes[..(len - at).min(CHUNK_BYTES) as usize];
            if volumes.read(file, bytes).map_err(fault)? < bytes.len() {
                return Err(Error::InvalidData);
            }
            into.write(at, bytes)?;
        }
        volumes.close_file(file).map_err(fault)?;
        Ok(Some(len))
    }

    /// Makes a file of all bytes of `from`.
    pub(crate) fn write(&self, name: &str, from: &impl Bytes) -> Result<Written, Error> {
        let Some(name) = short(name) else { return Ok(Written::Refused) };
        // To the crate, a file that it cannot look for is one that is not there.
        let there = self.find(&name)?.map(|entry| entry.attributes);
        if there.is_some_and(|it| it.is_directory() || it.is_volume() || it.is_read_only()) {
            return Ok(Written::Refused);
        }
        match self.replace(&name, from) {
            Ok(()) => Ok(Written::Whole),
            Err(Fault::DiskFull | Fault::NotEnoughSpace | Fault::DeviceError(Failed::Beyond)) => {
                // What it holds is taken from it again, for others.
                if self.find(&name)?.is_some() {
                    self.truncate(&name).map_err(fault)?;
                }
                Ok(Written::Full)
            }
            Err(error) => Err(fault(error)),
        }
    }

    fn replace(&self, name: &ShortFileName, from: &impl Bytes) -> Result<(), Fault> {
        let mode = Mode::ReadWriteCreateOrTruncate;
        let file = self.volumes.open_file_in_dir(self.root, name, mode)?;
        let mut copied = Ok(());
        for at in (0..from.len()).step_by(CHUNK_BYTES as usize) {
            let bytes = from.read(at, (from.len() - at).min(CHUNK_BYTES));
            let bytes = bytes.map_err(|error| Fault::DeviceError(Failed::Device(error)));
            copied = bytes.and_then(|bytes| self.volumes.write(file, &bytes));
            if copied.is_err() {
                break;
            }
        }
        let closed = self.volumes.close_file(file);
        copied.and(closed)
    }

    fn truncate(&self, name: &ShortFileName) -> Result<(), Fault> {
        let mode = Mode::ReadWriteTruncate;
        let file = self.volumes.open_file_in_dir(self.root, name, mode)?;
        self.volumes.close_file(file)
    }

    fn find(&self, name: &ShortFileName) -> Result<Option<DirEntry>, Error> {
        match self.volumes.find_directory_entry(self.root, name) {
            Ok(entry) => Ok(Some(entry)),
            Err(Fault::NotFound) => Ok(None),
            Err(error) => Err(fault(error)),
        }
    }
}

/// The name of a file, if it can be one. Nothing and dots are names of folders.
fn short(name: &str) -> Option<ShortFileName> {
    let short = ShortFileName::create_from_str(name).ok()?;
    let folder = short == ShortFileName::this_dir() || short == ShortFileName::parent_dir();
    (!folder).then_some(short)
}

fn fault(error: Fault) -> Error {
    match error {
        Fault::DeviceError(Failed::Device(error)) => error,
        _ => Error::InvalidData,
    }
}

/// There is no clock among a driver's slots: files get the first date of FAT.
struct NoClock;

impl TimeSource for NoClock {
    fn get_timestamp(&self) -> Timestamp {
        Timestamp::from_fat(0x0021, 0)
    }
}
