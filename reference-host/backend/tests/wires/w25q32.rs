//! The W25Q32JV model against its datasheet, revision F, and with `w25q32jv`.

use std::sync::{Arc, Mutex};

use embedded_hal::digital::OutputPin;
use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
use periplasm_backend::Clock;
use periplasm_backend::sim::models::w25q32::{Options, Times, W25q32};

use crate::cable::{Bench, Cable};

fn chip() -> (Bench, Cable<W25q32>, Arc<Mutex<W25q32>>) {
    let bench = Bench::default();
    bench.pin("hold").set_high().unwrap();
    bench.pin("wp").set_high().unwrap();
    let chip = W25q32::new(&Options::default(), &bench.wiring(&["hold", "wp"]));
    let (cable, chip) = bench.spi(chip);
    (bench, cable, chip)
}

const BUSY: u8 = 1;
const WRITE_ENABLED: u8 = 2;

fn status(cable: &mut Cable<W25q32>) -> u8 {
    cable.exchange([0x05, 0])[1]
}

#[test]
fn it_gives_the_identities_of_the_datasheet() {
    let (_, mut cable, _) = chip();
    // Section 8.1.1: EFh 4016h by 9Fh, EFh 15h by 90h, 15h by ABh.
    assert_eq!(cable.exchange([0x9f, 0, 0, 0])[1..], [0xef, 0x40, 0x16]);
    assert_eq!(cable.exchange([0x90, 0, 0, 0, 0, 0])[4..], [0xef, 0x15]);
    assert_eq!(cable.exchange([0x90, 0, 0, 1, 0, 0])[4..], [0x15, 0xef]);
    assert_eq!(cable.exchange([0xab, 0, 0, 0, 0])[4], 0x15);
}

#[test]
fn a_page_wraps_at_its_end_and_programming_only_clears_bits() {
    let (bench, mut cable, chip) = chip();
    cable.exchange([0x06]);
    cable.exchange([0x02, 0x00, 0x01, 0xfe, 0xa1, 0xa2, 0xa3]);
    bench.wait_ns(400_000);
    let memory = |at: usize| chip.lock().unwrap().memory()[at];
    assert_eq!([0x1fe, 0x1ff, 0x100, 0x200].map(memory), [0xa1, 0xa2, 0xa3, 0xff]);
    cable.exchange([0x06]);
    cable.exchange([0x02, 0x00, 0x01, 0xfe, 0x0f]);
    bench.wait_ns(400_000);
    assert_eq!(chip.lock().unwrap().memory()[0x1fe], 0x01);
}

#[test]
fn it_is_busy_for_as_long_as_the_datasheet_says() {
    // Section 9.6, typical: tPP, tSE, tBE1, tBE2, tCE.
    for (instruction, us) in [
        (&[0x02, 0, 0, 0, 0x55][..], 400),
        (&[0x20, 0, 0, 0], 45_000),
        (&[0x52, 0, 0, 0], 120_000),
        (&[0xd8, 0, 0, 0], 150_000),
        (&[0xc7], 10_000_000),
    ] {
        let (bench, mut cable, _) = chip();
        cable.exchange([0x06]);
        assert_eq!(status(&mut cable), WRITE_ENABLED);
        embedded_hal::spi::SpiDevice::write(&mut cable, instruction).unwrap();
        assert_eq!(status(&mut cable), BUSY | WRITE_ENABLED);
        bench.wait_ns(us * 1_000 - 1);
        // All else is ignored meanwhile.
        assert_eq!(cable.exchange([0x9f, 0])[1], 0xff);
        assert_eq!(status(&mut cable), BUSY | WRITE_ENABLED, "{instruction:x?}");
        bench.wait_ns(1);
        assert_eq!(status(&mut cable), 0, "{instruction:x?}");
    }
}

#[test]
fn nothing_is_written_without_write_enable() {
    let (_, mut cable, chip) = chip();
    cable.exchange([0x02, 0, 0, 0, 0]);
    cable.exchange([0x06]);
    cable.exchange([0x04]);
    cable.exchange([0x02, 0, 0, 0, 0]);
    assert_eq!(status(&mut cable), 0);
    assert!(chip.lock().unwrap().memory().iter().all(|byte| *byte == 0xff));
}

#[test]
fn the_protected_half_is_neither_programmed_nor_erased() {
    let (bench, mut cable, chip) = chip();
    // BP2..0 = 110, TB = 0: the upper half (section 7.1).
    cable.exchange([0x06]);
    cable.exchange([0x01, 0b11000]);
    bench.wait_ns(10_000_000);
    assert_eq!(status(&mut cable), 0b11000);
    for address in [0x20_u8, 0x1f] {
        cable.exchange([0x06]);
        cable.exchange([0x02, address, 0, 0, 0]);
        bench.wait_ns(400_000);
    }
    let memory = |at: usize| chip.lock().unwrap().memory()[at];
    assert_eq!([0x20_0000, 0x1f_0000].map(memory), [0xff, 0x00]);
}

#[test]
fn it_hears_nothing_while_hold_is_low_and_nothing_but_abh_in_power_down() {
    let (bench, mut cable, _) = chip();
    bench.pin("hold").set_low().unwrap();
    assert_eq!(cable.exchange([0x9f, 0])[1], 0xff);
    bench.pin("hold").set_high().unwrap();
    cable.exchange([0xb9]);
    assert_eq!(cable.exchange([0x9f, 0])[1], 0xff);
    cable.exchange([0xab]);
    assert_eq!(cable.exchange([0x9f, 0])[1], 0xef);
}

#[test]
fn the_w25q32jv_driver_erases_writes_and_reads() {
    let (bench, cable, chip) = chip();
    let mut driver = w25q32jv::W25q32jv::new(cable, bench.pin("hold"), bench.pin("wp")).unwrap();
    assert_eq!(driver.device_id().unwrap(), Options::default().unique_id.to_be_bytes());
    // Across a page boundary and a sector boundary.
    let text: Vec<u8> = (0..700).map(|place| (place % 251) as u8).collect();
    NorFlash::write(&mut driver, 4096 - 300, &text).unwrap();
    let mut found = [0; 700];
    ReadNorFlash::read(&mut driver, 4096 - 300, &mut found).unwrap();
    assert_eq!(found[..], text);
    driver.erase_sector(0).unwrap();
    assert!(chip.lock().unwrap().memory()[..4096].iter().all(|byte| *byte == 0xff));
    assert_eq!(chip.lock().unwrap().memory()[4096..4496], text[300..]);
    // It polls without a delay, and nothing moves the clock here: the model
    // counts what is on its wires.
    assert_eq!(bench.clock.now_ns(), 0);
}

#[test]
fn the_longest_times_can_be_asked_for() {
    let bench = Bench::default();
    let options = Options { times: Times::Maximum, ..Options::default() };
    let (mut cable, _) = bench.spi(W25q32::new(&options, &bench.wiring(&[])));
    cable.exchange([0x06]);
    cable.exchange([0x20, 0, 0, 0]);
    bench.wait_ns(399_999_999);
    assert_eq!(status(&mut cable) & BUSY, BUSY);
    bench.wait_ns(1);
    assert_eq!(status(&mut cable) & BUSY, 0);
}
