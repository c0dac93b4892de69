//! The TMC2209 model against its datasheet, revision 1.03, and with `tmc2209`.

use std::sync::Arc;

use periplasm_backend::sim::models::tmc2209::{Options, Tmc2209, crc8};
use tmc2209::reg::{GCONF, IFCNT, IOIN, VACTUAL};

use crate::cable::{Bench, Line};

fn line(options: Options) -> (Bench, Line<Tmc2209>) {
    let bench = Bench::default();
    let chip = Tmc2209::new(&options, &bench.wiring(&["enn"])).unwrap();
    let line = Line::new(&bench, chip);
    (bench, line)
}

#[test]
fn the_checksum_is_that_of_datagrams_seen_on_real_wires() {
    // A read of IOIN and its reply, as published by the author of
    // TMC2209_Raspberry_Pi, and a write of CHOPCONF from ST's community.
    assert_eq!(crc8(&[0x55, 0x00, 0x06]), 0xe8);
    assert_eq!(crc8(&[0x05, 0xff, 0x06, 0x21, 0x00, 0x02, 0x41]), 0x9d);
    assert_eq!(crc8(&[0x05, 0x00, 0xec, 0x10, 0x00, 0x00, 0x53]), 0x9c);
}

#[test]
fn it_replies_after_eight_bit_times_and_its_echo_comes_first() {
    let (bench, mut line) = line(Options::default());
    let request = [0x55, 0x00, 0x06, 0xe8];
    line.send(&request);
    assert_eq!(line.take(), request);
    let reply = line.take();
    assert_eq!(reply[..4], [0x05, 0xff, 0x06, 0x21]);
    assert_eq!(reply[7], crc8(&reply[..7]));
    // 8 bit times of SENDDELAY and 80 of the reply.
    assert_eq!(bench.now_ns(), 88 * 1_000_000_000 / 115_200);
}

#[test]
fn it_counts_whole_writes_for_it_and_nothing_else() {
    let (_, mut line) = line(Options { echo: false, ..Options::default() });
    let mut count = |write: [u8; 8]| {
        line.send(&write);
        line.send(&[0x05, 0x00, 0x02, crc8(&[0x05, 0x00, 0x02])]);
        line.take()[6]
    };
    assert_eq!(count([0x05, 0x00, 0xec, 0x10, 0x00, 0x00, 0x53, 0x9c]), 1);
    assert_eq!(count([0x05, 0x00, 0xec, 0x10, 0x00, 0x00, 0x53, 0x9d]), 1);
    let mut other = [0x05, 0x01, 0xec, 0x10, 0x00, 0x00, 0x53, 0];
    other[7] = crc8(&other[..7]);
    assert_eq!(count(other), 1);
}

#[test]
fn the_tmc2209_driver_turns_the_motor() {
    let (bench, mut line) = line(Options::default());
    let chip = Arc::clone(&line.chip);
    tmc2209::send_read_request::<IOIN, _>(0, &mut line).unwrap();
    assert_eq!(tmc2209::await_read::<IOIN, _>(&mut line).unwrap().version(), 0x21);
    let mut conf = GCONF::default();
    conf.set_pdn_disable(true);
    tmc2209::send_write_request(0, conf, &mut line).unwrap();
    let mut velocity = VACTUAL::default();
    velocity.set(1000);
    tmc2209::send_write_request(0, velocity, &mut line).unwrap();
    tmc2209::send_read_request::<IFCNT, _>(0, &mut line).unwrap();
    assert_eq!(tmc2209::await_read::<IFCNT, _>(&mut line).unwrap().0, 2);
    // Section 5.2: VACTUAL · 0.715 Hz with the internal clock.
    let before = chip.lock().unwrap().microsteps(bench.now_ns());
    bench.wait_ns(10_000_000_000);
    let made = chip.lock().unwrap().microsteps(bench.now_ns()) - before;
    assert!((7_150..=7_154).contains(&made), "{made}");
    velocity.set(-1000);
    tmc2209::send_write_request(0, velocity, &mut line).unwrap();
    bench.wait_ns(10_000_000_000);
    assert!((-1..=1).contains(&(chip.lock().unwrap().microsteps(bench.now_ns()) - before)));
}
