//! The kernel, in the form that QEMU starts.
//!
//! Debian's kernel for PCs is a bzImage: it unpacks itself, which takes an
//! emulated machine ten seconds. The ELF in it starts at once, by PVH. Arm's is
//! not packed.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::PrepareError;
use super::files::{read, write};

/// Why a file is no kernel for a PC.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KernelError {
    /// The boot protocol's mark is missing.
    #[error("it is no bzImage: there is no `HdrS` at 0x202")]
    NoBzImage,
    /// Protocols before 2.08 do not say where the packed kernel is.
    #[error("its boot protocol is {}.{:02}, expected 2.08 or later", .0 >> 8, .0 & 0xff)]
    Old(u16),
    /// The header names bytes that the file does not have.
    #[error("the packed kernel ends at byte {end}, the file at {file}")]
    Short {
        /// Where it ends.
        end: usize,
        /// Bytes of the file.
        file: usize,
    },
    /// It is packed in another way than Debian's.
    #[error("it is packed in a way that begins with {0:02x?}, expected xz")]
    Packed([u8; 6]),
    /// It cannot be unpacked.
    #[error("it cannot be unpacked: {0}")]
    Corrupt(std::io::Error),
    /// What is packed is no ELF.
    #[error("what is packed is no ELF")]
    NoElf,
}

/// The kernel `release` in the package's folder `tree`, as a file that QEMU
/// starts. What has to be unpacked goes into `cache`.
pub(super) fn kernel(
    tree: &Path,
    release: &str,
    version: &str,
    cache: &Path,
) -> Result<PathBuf, PrepareError> {
    let image = tree.join("boot").join(format!("vmlinuz-{release}"));
    if !release.ends_with("-amd64") {
        return Ok(image);
    }
    let elf = cache.join(format!("vmlinux-{release}_{version}"));
    if !elf.is_file() {
        let unpacked = elf_of(&read(&image)?)
            .map_err(|problem| PrepareError::Kernel { path: image, problem })?;
        write(&elf, &unpacked)?;
    }
    Ok(elf)
}

/// The one kernel's version in a package's folder: `6.1.0-50-amd64`.
pub(super) fn release(tree: &Path) -> Result<String, PrepareError> {
    let modules = tree.join("lib/modules");
    let entries = std::fs::read_dir(&modules).map_err(|e| PrepareError::file(&modules, e))?;
    let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let mut found: Vec<_> = names.collect();
    match (found.pop(), found.is_empty()) {
        (Some(release), true) => Ok(release),
        (last, _) => {
            found.extend(last);
            Err(PrepareError::Release { folder: tree.to_owned(), found })
        }
    }
}

// The Linux kernel's documentation, "The Linux/x86 Boot Protocol".
const SETUP_SECTS: usize = 0x1f1;
const MARK: usize = 0x202;
const PROTOCOL: usize = 0x206;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;

/// The most that a kernel may be, unpacked; they have about 60 MiB.
const MOST: u64 = 512 << 20;

/// The ELF that is packed in a bzImage.
fn elf_of(image: &[u8]) -> Result<Vec<u8>, KernelError> {
    if image.get(MARK..MARK + 4) != Some(b"HdrS") {
        return Err(KernelError::NoBzImage);
    }
    let short = |end| KernelError::Short { end, file: image.len() };
    let bytes = |at: usize| image.get(at..).and_then(|rest| rest.first_chunk::<4>());
    let number = |at: usize| {
        let value = bytes(at).map(|bytes| u32::from_le_bytes(*bytes)).ok_or(short(at + 4))?;
        // On a machine of 16 bits this is not compiled.
        Ok(usize::try_from(value).unwrap_or(usize::MAX))
    };
    let protocol = number(PROTOCOL)? as u16;
    if protocol < 0x208 {
        return Err(KernelError::Old(protocol));
    }
    let sectors = match image.get(SETUP_SECTS) {
        // "For backwards compatibility, if the setup_sects field contains 0,
        // the real value is 4."
        Some(0) | None => 4,
        Some(&sectors) => usize::from(sectors),
    };
    // The boot sector is counted beside them.
    let begin = ((sectors + 1) * 512).saturating_add(number(PAYLOAD_OFFSET)?);
    let end = begin.saturating_add(number(PAYLOAD_LENGTH)?);
    let payload = image.get(begin..end).ok_or(short(end))?;
    unpacked(payload)
}

/// What a payload holds.
fn unpacked(payload: &[u8]) -> Result<Vec<u8>, KernelError> {
    let magic = payload.first_chunk::<6>().copied().unwrap_or_default();
    if magic != *b"\xfd7zXZ\0" {
        return Err(KernelError::Packed(magic));
    }
    // After the stream follow four bytes with the size, which are not xz's.
    let mut reader = lzma_rust2::XzReader::new(payload, false).take(MOST);
    let mut elf = Vec::new();
    reader.read_to_end(&mut elf).map_err(KernelError::Corrupt)?;
    if elf.starts_with(b"\x7fELF") { Ok(elf) } else { Err(KernelError::NoElf) }
}

#[cfg(test)]
mod tests {
    use super::{KernelError, elf_of};

    /// `printf '\177ELF, for a test' | xz --check=crc32 --x86 --lzma2`, by XZ Utils
    /// 5.4.1, and the size after it as the kernel's build puts it.
    const PACKED: &[u8] =
        b"\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x01\x04\x00\x21\x01\x16\x00\
        \x0d\x86\x35\x1f\x01\x00\x0f\x7f\x45\x4c\x46\x2c\x20\x66\x6f\x72\x20\x61\x20\x74\
        \x65\x73\x74\x00\x5c\xac\x71\x2c\x00\x01\x24\x10\xe9\x44\xd9\xcc\x90\x42\x99\x0d\
        \x01\x00\x00\x00\x00\x01\x59\x5a\x10\x00\x00\x00";

    /// A bzImage of two sectors with `payload` at its end.
    fn image(payload: &[u8]) -> Vec<u8> {
        let mut image = vec![0; 2 * 512];
        image[0x1f1] = 1;
        image[0x202..0x206].copy_from_slice(b"HdrS");
        image[0x206..0x208].copy_from_slice(&0x20f_u16.to_le_bytes());
        image[0x248..0x24c].copy_from_slice(&16_u32.to_le_bytes());
        image[0x24c..0x250].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        image.extend([0xcc; 16]);
        image.extend(payload);
        image
    }

    #[test]
    fn the_elf_comes_out() {
        assert_eq!(elf_of(&image(PACKED)).expect("a kernel"), b"\x7fELF, for a test");
    }

    #[test]
    fn what_is_no_kernel_is_refused() {
        assert!(matches!(elf_of(b""), Err(KernelError::NoBzImage)));
        assert!(matches!(elf_of(&image(PACKED)[..0x210]), Err(KernelError::Short { .. })));
        let short = &image(PACKED)[..1040];
        assert!(matches!(elf_of(short), Err(KernelError::Short { end: 1112, file: 1040 })));
        assert!(matches!(elf_of(&image(b"\x1f\x8b gzip")), Err(KernelError::Packed(_))));
        let mut old = image(PACKED);
        old[0x206] = 0x07;
        assert!(matches!(elf_of(&old), Err(KernelError::Old(0x207))));
        let mut corrupt = image(PACKED);
        corrupt[1024 + 16 + 40] ^= 1;
        assert!(matches!(elf_of(&corrupt), Err(KernelError::Corrupt(_))));
    }
}
