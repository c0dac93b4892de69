//! The WS2812B model against its datasheet, and with `ws2812-spi`.

use std::sync::{Arc, Mutex};

use embedded_hal::spi::SpiBus;
use periplasm_backend::sim::models::ws2812::{Chain, Options};
use smart_leds_trait::{RGB8, SmartLedsWrite};

use crate::cable::{Bench, Cable};

fn chain(lamps: u16, clock_hz: u32) -> (Cable<Chain>, Arc<Mutex<Chain>>) {
    Bench::default().spi(Chain::new(&Options { lamps, clock_hz }).unwrap())
}

/// 24 bits of 20 clocks of 50 ns: `high` clocks at the beginning of each.
fn bits(high: impl Fn(usize) -> usize) -> Vec<u8> {
    let clocks: Vec<bool> = (0..24)
        .flat_map(|bit| (0..20).map(|clock| clock < high(bit)).collect::<Vec<_>>())
        .collect();
    clocks.chunks(8).map(|byte| byte.iter().fold(0, |all, on| all << 1 | u8::from(*on))).collect()
}

/// 300 µs of 50 ns clocks.
const RESET: [u8; 750] = [0; 750];

#[test]
fn it_takes_bits_of_the_datasheets_times() {
    // Bit n is one where green, red, blue = A5h, 0Fh, 80h has a one; a zero is
    // 300 ns high and 700 ns low, a one 650 ns and 350 ns.
    let word = 0x00a5_0f80_u32;
    let (mut cable, chain) = chain(1, 20_000_000);
    cable.write(&bits(|bit| if word >> (23 - bit) & 1 == 0 { 6 } else { 13 })).unwrap();
    assert_eq!(chain.lock().unwrap().colours(), [[0, 0, 0]], "shown before reset");
    cable.write(&RESET).unwrap();
    assert_eq!(chain.lock().unwrap().colours(), [[0x0f, 0xa5, 0x80]]);
}

#[test]
fn a_time_between_zero_and_one_spoils_the_data() {
    // 450 ns is neither 220 to 380 ns nor 580 ns to 1 µs.
    let (mut cable, chain) = chain(1, 20_000_000);
    cable.write(&bits(|bit| if bit == 3 { 9 } else { 13 })).unwrap();
    cable.write(&RESET).unwrap();
    assert_eq!(chain.lock().unwrap().colours(), [[0, 0, 0]]);
    cable.write(&bits(|_| 13)).unwrap();
    cable.write(&RESET).unwrap();
    assert_eq!(chain.lock().unwrap().colours(), [[0xff; 3]]);
}

#[test]
fn the_ws2812_spi_driver_shows_colours_at_3_mhz() {
    let colours = [[255, 0, 0], [0, 255, 0], [1, 2, 128], [0x5a, 0xa5, 0xff]];
    let (cable, chain) = chain(3, 3_000_000);
    let mut driver = ws2812_spi::Ws2812::new(cable);
    driver.write(colours.map(RGB8::from)).unwrap();
    assert_eq!(chain.lock().unwrap().colours(), &colours[..3], "what is beyond the end is lost");
    driver.write([RGB8::new(9, 9, 9)]).unwrap();
    assert_eq!(chain.lock().unwrap().colours(), [[9; 3], colours[1], colours[2]]);
}

#[test]
fn the_ws2812_spi_driver_shows_nothing_at_2_mhz() {
    // Its zero is then 500 ns high: the crate says 2 MHz, this datasheet 380 ns.
    let (cable, chain) = chain(1, 2_000_000);
    ws2812_spi::Ws2812::new(cable).write([RGB8::new(1, 2, 3)]).unwrap();
    assert_eq!(chain.lock().unwrap().colours(), [[0; 3]]);
}
