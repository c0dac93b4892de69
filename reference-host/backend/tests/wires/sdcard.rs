//! The SD card model against the SD Physical Layer Simplified Specification,
//! and with `embedded-sdmmc`.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use embedded_hal::spi::SpiDevice;
use embedded_sdmmc::sdcard::spi::SdCard as Driver;
use embedded_sdmmc::{
    Block, BlockDevice, BlockIdx, Mode, SdCardError, TimeSource, Timestamp, VolumeIdx,
    VolumeManager,
};
use periplasm_backend::sim::models::sdcard::{Kind, Options, SdCard, crc7, crc16};

use crate::cable::{Bench, Cable};

/// The first 80 blocks of a card of 4 MiB: see the README beside it.
const IMAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../compose/pipelines/card/card.img");

fn card(kind: Kind, mebibytes: u32, image: &[u8]) -> (Bench, Cable<SdCard>, Arc<Mutex<SdCard>>) {
    let bench = Bench::default();
    let options = Options { kind, mebibytes, image: None };
    let (cable, card) = bench.spi(SdCard::new(&options, image).unwrap());
    (bench, cable, card)
}

/// A command, and the first byte of its response.
fn command(cable: &mut Cable<SdCard>, bytes: [u8; 6]) -> u8 {
    cable.write(&bytes).unwrap();
    let [first, second] = cable.exchange([0xff; 2]);
    assert_eq!(first, 0xff);
    second
}

#[test]
fn the_checksums_are_those_of_the_specification() {
    // Section 4.5, the examples for CRC7, and section 7.2.2.
    assert_eq!(crc7(&[0x40, 0, 0, 0, 0]), 0b100_1010);
    assert_eq!(crc7(&[0x51, 0, 0, 0, 0]), 0b010_1010);
    assert_eq!(crc7(&[0x11, 0, 0, 0x09, 0]), 0b011_0011);
    assert_eq!(crc7(&[0x40, 0, 0, 0, 0]) << 1 | 1, 0x95);
    assert_eq!(crc7(&[0x48, 0, 0, 0x01, 0xaa]) << 1 | 1, 0x87);
    // Section 4.5, the example for CRC16: 512 bytes of FFh.
    assert_eq!(crc16(&[0xff; 512]), 0x7fa1);
}

#[test]
fn it_says_nothing_before_a_whole_cmd0_and_is_idle_after_it() {
    let (_, mut cable, _) = card(Kind::High, 64, &[]);
    assert_eq!(command(&mut cable, [0x48, 0, 0, 1, 0xaa, 0x87]), 0xff);
    assert_eq!(command(&mut cable, [0x40, 0, 0, 0, 0, 0x94]), 0xff);
    assert_eq!(command(&mut cable, [0x40, 0, 0, 0, 0, 0x95]), 0x01);
    // CMD8: idle, and what was sent comes back; with a wrong checksum it does not.
    assert_eq!(command(&mut cable, [0x48, 0, 0, 1, 0xaa, 0x87]), 0x01);
    assert_eq!(cable.exchange([0xff; 4]), [0, 0, 1, 0xaa]);
    assert_eq!(command(&mut cable, [0x48, 0, 0, 1, 0xaa, 0x85]), 0x09);
    // Reading is illegal while it is idle.
    assert_eq!(command(&mut cable, [0x51, 0, 0, 0, 0, 0x55]), 0x05);
}

#[test]
fn a_card_of_version_1_does_not_know_cmd8() {
    let (_, mut cable, _) = card(Kind::Version1, 64, &[]);
    command(&mut cable, [0x40, 0, 0, 0, 0, 0x95]);
    assert_eq!(command(&mut cable, [0x48, 0, 0, 1, 0xaa, 0x87]), 0x05);
}

#[test]
fn the_driver_finds_the_size_of_every_kind_and_what_it_wrote() {
    for (kind, mebibytes) in
        [(Kind::Version1, 1), (Kind::Standard, 1024), (Kind::High, 4), (Kind::High, 32_768)]
    {
        let (bench, cable, card) = card(kind, mebibytes, &[]);
        let driver = Driver::new(cable, bench);
        assert_eq!(driver.num_bytes().unwrap(), u64::from(mebibytes) << 20, "{kind:?}");
        let mut blocks: [Block; 3] = Default::default();
        for (number, block) in (1..).zip(&mut blocks) {
            block.contents.fill(number);
        }
        driver.write(&blocks, BlockIdx(7)).unwrap();
        driver.write(&blocks[..1], BlockIdx(2047)).unwrap();
        let mut found: [Block; 3] = Default::default();
        driver.read(&mut found, BlockIdx(7)).unwrap();
        assert_eq!(found.map(|block| block.contents), blocks.map(|block| block.contents));
        assert_eq!(card.lock().unwrap().block(2047), [1; 512]);
    }
}

#[test]
fn the_driver_reports_a_block_beyond_the_end() {
    let (bench, cable, _) = card(Kind::High, 1, &[]);
    let driver = Driver::new(cable, bench);
    let mut block: [Block; 1] = Default::default();
    assert!(matches!(driver.read(&mut block, BlockIdx(2048)), Err(SdCardError::TimeoutReadBuffer)));
    // And goes on.
    driver.read(&mut block, BlockIdx(2047)).unwrap();
}

/// A clock for file dates: 2026-01-01.
struct Fixed;

impl TimeSource for Fixed {
    fn get_timestamp(&self) -> Timestamp {
        Timestamp {
            year_since_1970: 56,
            zero_indexed_month: 0,
            zero_indexed_day: 0,
            hours: 0,
            minutes: 0,
            seconds: 0,
        }
    }
}

type Manager = VolumeManager<Driver<Cable<SdCard>, Bench>, Fixed>;

fn manager(image: &[u8]) -> Manager {
    let (bench, cable, _) = card(Kind::High, 4, image);
    VolumeManager::new(Driver::new(cable, bench), Fixed)
}

fn read(manager: &Manager, folder: Option<&str>, name: &str) -> String {
    let volume = manager.open_volume(VolumeIdx(0)).unwrap();
    let root = volume.open_root_dir().unwrap();
    let folder = match folder {
        Some(folder) => root.open_dir(folder).unwrap(),
        None => root,
    };
    let file = folder.open_file_in_dir(name, Mode::ReadOnly).unwrap();
    let mut bytes = vec![0; file.length() as usize];
    let mut read = 0;
    while !file.is_eof() {
        read += file.read(&mut bytes[read..]).unwrap();
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn embedded_sdmmc_reads_files_that_mkfs_vfat_and_mtools_made() {
    let manager = manager(&std::fs::read(IMAGE).unwrap());
    assert_eq!(read(&manager, None, "README.TXT"), "Peripherals, in their own plasm.\n");
    let climate = read(&manager, Some("LOG"), "CLIMATE.CSV");
    assert_eq!(climate.lines().count(), 25);
    assert!(climate.starts_with("hour,celsius\n0,12.0\n"), "{climate}");
}

#[test]
fn embedded_sdmmc_works_on_a_file_system_made_now() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("card.img");
    // The partition begins at block 8, as in the committed image.
    let mut image = std::fs::read(IMAGE).unwrap();
    image.truncate(512);
    image.resize(4 << 20, 0);
    std::fs::write(&file, &image).unwrap();
    let Some(image) = format(&file) else {
        eprintln!("mkfs.vfat is not installed: nothing to do");
        return;
    };
    let manager = manager(&image);
    {
        let volume = manager.open_volume(VolumeIdx(0)).unwrap();
        let root = volume.open_root_dir().unwrap();
        let note = root.open_file_in_dir("NOTE.TXT", Mode::ReadWriteCreate).unwrap();
        note.write(&[b'x'; 3000]).unwrap();
    }
    assert_eq!(read(&manager, None, "NOTE.TXT"), "x".repeat(3000));
}

/// The bytes of `file` with a file system, if there is a program that makes one.
fn format(file: &Path) -> Option<Vec<u8>> {
    let arguments = ["-F", "16", "-s", "1", "--offset=8"];
    let mut known = ["mkfs.vfat", "/usr/sbin/mkfs.vfat", "/sbin/mkfs.vfat"].into_iter();
    let made = known.find_map(|program| {
        Command::new(program).args(arguments).arg(file).arg("4092").output().ok()
    })?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read(file).ok()
}
