//! The SX1262 model against its datasheet, revision 2.1, and with `lora-phy`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use embedded_hal::digital::OutputPin;
use lora_phy::iv::GenericSx126xInterfaceVariant as Pins;
use lora_phy::mod_params::{Bandwidth, CodingRate, ModulationParams, RadioError, SpreadingFactor};
use lora_phy::sx126x::{Config, Sx126x, Sx1262 as Variant};
use lora_phy::{LoRa, RxMode};
use periplasm_backend::sim::models::sx1262::{
    Air, Modulation, Options, Scripted, Shape, Sx1262, time_on_air_ns,
};
use periplasm_backend::sim::{Nets, Wiring};

use crate::cable::{Bench, Cable, Pin};
use crate::cable_async::{Input, now};

const MS: u64 = 1_000_000;

#[test]
fn packets_are_on_the_air_for_as_long_as_calculators_say() {
    // The Things Network's calculator, with its 13 bytes of LoRaWAN around 0, 10
    // and 51 bytes: µs.
    for (spreading_factor, len, us) in [
        (7, 13, 46_336),
        (7, 23, 61_696),
        (7, 64, 118_016),
        (10, 23, 370_688),
        (12, 13, 1_155_072),
        (12, 64, 2_793_472),
    ] {
        let low_data_rate = spreading_factor > 10;
        let modulation = Modulation { spreading_factor, low_data_rate, ..Modulation::default() };
        let shape = Shape { len, ..Shape::default() };
        assert_eq!(time_on_air_ns(&modulation, &shape), us * 1_000, "SF{spreading_factor}");
    }
}

/// A board's worth of radios.
#[derive(Default)]
struct Field {
    bench: Bench,
    nets: Nets,
    air: Arc<Mutex<Air>>,
}

type Radio = LoRa<Sx126x<Cable<Sx1262>, Pins<Reset, Input>, Variant>, Bench>;

/// The reset pin, of the type that all control pins have.
type Reset = Pin;

impl Field {
    fn chip(&self, name: &str, packets: Vec<Scripted>) -> Cable<Sx1262> {
        let pins: BTreeMap<_, _> =
            ["busy", "dio1", "reset"].map(|pin| (pin.to_owned(), format!("{name}-{pin}"))).into();
        self.reset(name).set_high().unwrap();
        let options = Options { packets, ..Options::default() };
        let wiring = Wiring::new(&self.nets, pins);
        let chip = Sx1262::new(&options, self.air.clone(), &wiring).unwrap();
        self.bench.wait_ns(4 * MS);
        self.bench.spi(chip).0
    }

    fn reset(&self, name: &str) -> Pin {
        self.bench.pin_on(self.nets.net(&format!("{name}-reset")))
    }

    fn input(&self, name: &str, pin: &str) -> Input {
        Input { net: self.nets.net(&format!("{name}-{pin}")), bench: self.bench.clone() }
    }

    fn radio(&self, name: &str, packets: Vec<Scripted>) -> Radio {
        let chip = self.chip(name, packets);
        let (dio1, busy) = (self.input(name, "dio1"), self.input(name, "busy"));
        let pins = Pins::new(self.reset(name), dio1, busy, None, None).unwrap();
        let config = Config { chip: Variant, tcxo_ctrl: None, use_dcdc: false, rx_boost: false };
        now(LoRa::new(Sx126x::new(chip, pins, config), false, self.bench.clone())).unwrap()
    }
}

fn modulation(radio: &mut Radio) -> ModulationParams {
    let (factor, rate) = (SpreadingFactor::_7, CodingRate::_4_5);
    radio.create_modulation_params(factor, Bandwidth::_125KHz, rate, 868_100_000).unwrap()
}

fn send(radio: &mut Radio, data: &[u8]) -> Result<(), RadioError> {
    let modulation = modulation(radio);
    let mut packet = radio.create_tx_packet_params(8, false, true, false, &modulation)?;
    now(radio.prepare_for_tx(&modulation, &mut packet, 14, data))?;
    now(radio.tx())
}

fn receive(radio: &mut Radio, mode: RxMode) -> Result<Vec<u8>, RadioError> {
    let modulation = modulation(radio);
    let packet = radio.create_rx_packet_params(8, false, 255, true, false, &modulation)?;
    now(radio.prepare_for_rx(mode, &modulation, &packet))?;
    let mut data = [0; 255];
    let (len, status) = now(radio.rx(&packet, &mut data))?;
    assert_eq!((status.rssi, status.snr), (-60, 9));
    Ok(data[..len.into()].to_vec())
}

#[test]
fn a_command_while_busy_is_lost_and_registers_keep_what_is_written() {
    let field = Field::default();
    let mut chip = field.chip("a", vec![]);
    // The sync word of private networks (section 12.1), and standby by RC.
    assert_eq!(chip.exchange([0x1d, 0x07, 0x40, 0, 0, 0])[4..], [0x14, 0x24]);
    field.bench.wait_ns(10_000);
    assert_eq!(chip.exchange([0xc0, 0])[1] >> 4, 2);
    field.bench.wait_ns(10_000);
    chip.exchange([0x0d, 0x07, 0x40, 0x34, 0x44]);
    chip.exchange([0x0d, 0x07, 0x40, 0x11, 0x11]);
    field.bench.wait_ns(10_000);
    assert_eq!(chip.exchange([0x1d, 0x07, 0x40, 0, 0, 0])[4..], [0x34, 0x44]);
}

#[test]
fn lora_phy_sends_and_knows_of_it_after_the_time_on_air() {
    let field = Field::default();
    let mut radio = field.radio("a", vec![]);
    send(&mut radio, b"thirteen byte").unwrap();
    let air = field.air.lock().unwrap();
    let packet = air.packets().next().unwrap();
    assert_eq!(packet.data, b"thirteen byte");
    // 868.1 MHz in steps of 32 MHz / 2²⁵.
    assert_eq!(packet.modulation.frequency, 910_268_826);
    let passed = field.bench.now_ns() - packet.start_ns;
    assert!((46_336_000..46_400_000).contains(&passed), "{passed}");
}

#[test]
fn lora_phy_receives_what_comes_while_it_listens() {
    let field = Field::default();
    let at_ms = |at_ms, text: &str| Scripted { at_ms, text: text.to_owned() };
    let packets = vec![at_ms(1, "too early"), at_ms(200, "hello"), at_ms(400, "again")];
    let mut radio = field.radio("a", packets);
    assert_eq!(receive(&mut radio, RxMode::Continuous).unwrap(), b"hello");
    let end = field.bench.now_ns();
    assert!((200 * MS + 30_976_000..240 * MS).contains(&end), "{end}");
    assert_eq!(receive(&mut radio, RxMode::Single(0)).unwrap(), b"again");
}

#[test]
fn lora_phy_gives_up_after_the_symbols_it_was_told() {
    let field = Field::default();
    let mut radio = field.radio("a", vec![]);
    let before = field.bench.now_ns();
    let found = receive(&mut radio, RxMode::Single(100));
    assert!(matches!(found, Err(RadioError::ReceiveTimeout)), "{found:?}");
    // 100 symbols of 1.024 ms, as the driver rounds them: 128.
    let passed = field.bench.now_ns() - before;
    assert!((102 * MS..150 * MS).contains(&passed), "{passed}");
}

#[test]
fn one_radio_hears_another_and_nobody_on_another_channel_does() {
    let field = Field::default();
    let mut sender = field.radio("a", vec![]);
    let mut receiver = field.radio("b", vec![]);
    let parameters = modulation(&mut receiver);
    let packet = receiver.create_rx_packet_params(8, false, 255, true, false, &parameters).unwrap();
    now(receiver.prepare_for_rx(RxMode::Continuous, &parameters, &packet)).unwrap();
    let mut data = [0; 255];
    // Nothing is on the air: nothing will ever happen on DIO1.
    assert!(matches!(now(receiver.rx(&packet, &mut data)), Err(RadioError::DIO1)));
    send(&mut sender, b"over").unwrap();
    now(receiver.process_irq_event()).unwrap();
    let dio1 = field.nets.net("b-dio1");
    assert!(dio1.level(field.bench.now_ns()).is_high());
}
