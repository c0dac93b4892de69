//! `wasi:filesystem`: there are no folders, so nothing is ever opened.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Seal;
use crate::bindings::exports::wasi::filesystem::preopens;
use crate::bindings::exports::wasi::filesystem::types::{
    Advice, Descriptor, DescriptorBorrow, DescriptorFlags, DescriptorStat, DescriptorType,
    DirectoryEntry, DirectoryEntryStream, ErrorBorrow, ErrorCode, Guest, GuestDescriptor,
    GuestDirectoryEntryStream, InputStream, MetadataHashValue, NewTimestamp, OpenFlags,
    OutputStream, PathFlags,
};
use crate::streams::Never;

impl preopens::Guest for Seal {
    fn get_directories() -> Vec<(Descriptor, String)> {
        Vec::new()
    }
}

impl Guest for Seal {
    type Descriptor = Never;
    type DirectoryEntryStream = Never;

    fn filesystem_error_code(_: ErrorBorrow<'_>) -> Option<ErrorCode> {
        None
    }
}

impl GuestDirectoryEntryStream for Never {
    fn read_directory_entry(&self) -> Result<Option<DirectoryEntry>, ErrorCode> {
        match *self {}
    }
}

impl GuestDescriptor for Never {
    fn read_via_stream(&self, _: u64) -> Result<InputStream, ErrorCode> {
        match *self {}
    }

    fn write_via_stream(&self, _: u64) -> Result<OutputStream, ErrorCode> {
        match *self {}
    }

    fn append_via_stream(&self) -> Result<OutputStream, ErrorCode> {
        match *self {}
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn sync_data(&self) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn get_flags(&self) -> Result<DescriptorFlags, ErrorCode> {
        match *self {}
    }

    fn get_type(&self) -> Result<DescriptorType, ErrorCode> {
        match *self {}
    }

    fn set_size(&self, _: u64) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn set_times(&self, _: NewTimestamp, _: NewTimestamp) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn read(&self, _: u64, _: u64) -> Result<(Vec<u8>, bool), ErrorCode> {
        match *self {}
    }

    fn write(&self, _: Vec<u8>, _: u64) -> Result<u64, ErrorCode> {
        match *self {}
    }

    fn read_directory(&self) -> Result<DirectoryEntryStream, ErrorCode> {
        match *self {}
    }

    fn sync(&self) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn create_directory_at(&self, _: String) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn stat(&self) -> Result<DescriptorStat, ErrorCode> {
        match *self {}
    }

    fn stat_at(&self, _: PathFlags, _: String) -> Result<DescriptorStat, ErrorCode> {
        match *self {}
    }

    fn set_times_at(
        &self,
        _: PathFlags,
        _: String,
        _: NewTimestamp,
        _: NewTimestamp,
    ) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn link_at(
        &self,
        _: PathFlags,
        _: String,
        _: DescriptorBorrow<'_>,
        _: String,
    ) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn open_at(
        &self,
        _: PathFlags,
        _: String,
        _: OpenFlags,
        _: DescriptorFlags,
    ) -> Result<Descriptor, ErrorCode> {
        match *self {}
    }

    fn readlink_at(&self, _: String) -> Result<String, ErrorCode> {
        match *self {}
    }

    fn remove_directory_at(&self, _: String) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn rename_at(&self, _: String, _: DescriptorBorrow<'_>, _: String) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn symlink_at(&self, _: String, _: String) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn unlink_file_at(&self, _: String) -> Result<(), ErrorCode> {
        match *self {}
    }

    fn is_same_object(&self, _: DescriptorBorrow<'_>) -> bool {
        match *self {}
    }

    fn metadata_hash(&self) -> Result<MetadataHashValue, ErrorCode> {
        match *self {}
    }

    fn metadata_hash_at(&self, _: PathFlags, _: String) -> Result<MetadataHashValue, ErrorCode> {
        match *self {}
    }
}
