//! The crates.io driver `lora-phy`, untouched, as a component: an SX1262.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

use bindings::exports::periplasm::device::radio::{self as device, Packet};
use bindings::{busy, dio1, radio, reset};
use lora_phy::iv::GenericSx126xInterfaceVariant as Pins;
use lora_phy::mod_params::{Bandwidth, CodingRate, ModulationParams, RadioError, SpreadingFactor};
use lora_phy::sx126x::{Config, Sx126x, Sx1262};
use lora_phy::{LoRa, RxMode};
use periplasm_driver::{
    BusFault, Delay, Device, Error, InputPin, OutputPin, SpiDevice, block_on, within_ms,
};

periplasm_driver::driver!(Radio);
periplasm_driver::silence_defmt!();

struct Radio;

type Chip = LoRa<Sx126x<SpiDevice, Pins<OutputPin, InputPin>, Sx1262>, Delay>;

/// The first channel that every LoRaWAN device in Europe has.
const FREQUENCY_HZ: u32 = 868_100_000;
const POWER_DBM: i32 = 14;
const PREAMBLE: u16 = 8;
/// More than the longest packet is on the air.
const SENDING_MS: u32 = 1_000;

static CHIP: Device<Chip> = Device::new(|| {
    let pins = Pins::new(reset::open(), dio1::open(), busy::open(), None, None).map_err(fault)?;
    let config = Config { chip: Sx1262, tcxo_ctrl: None, use_dcdc: false, rx_boost: false };
    let chip = Sx126x::new(radio::open(), pins, config);
    within(SENDING_MS, LoRa::new(chip, false, Delay))
});

fn fault(error: RadioError) -> Error {
    match error {
        // The driver keeps no more of it.
        RadioError::SPI | RadioError::Reset | RadioError::Busy | RadioError::DIO1 => {
            Error::Bus(BusFault::Other)
        }
        _ => Error::InvalidData,
    }
}

/// A chip that does not get ready is not waited for any longer.
fn within<T>(ms: u32, call: impl Future<Output = Result<T, RadioError>>) -> Result<T, Error> {
    block_on(within_ms(ms, call)).ok_or(Error::NotReady)?.map_err(fault)
}

fn modulation(chip: &mut Chip) -> Result<ModulationParams, RadioError> {
    let (factor, rate) = (SpreadingFactor::_7, CodingRate::_4_5);
    chip.create_modulation_params(factor, Bandwidth::_125KHz, rate, FREQUENCY_HZ)
}

impl device::Guest for Radio {
    fn send(data: Vec<u8>) -> Result<(), Error> {
        let call = async |chip: &mut Chip| {
            let modulation = modulation(chip)?;
            let mut packet =
                chip.create_tx_packet_params(PREAMBLE, false, true, false, &modulation)?;
            chip.prepare_for_tx(&modulation, &mut packet, POWER_DBM, &data).await?;
            chip.tx().await
        };
        CHIP.with(|chip| within(SENDING_MS, call(chip)))
    }

    fn receive(timeout_ms: u32) -> Result<Option<Packet>, Error> {
        let prepare = async |chip: &mut Chip| {
            let modulation = modulation(chip)?;
            let packet =
                chip.create_rx_packet_params(PREAMBLE, false, u8::MAX, true, false, &modulation)?;
            chip.prepare_for_rx(RxMode::Continuous, &modulation, &packet).await?;
            Ok(packet)
        };
        CHIP.with(|chip| {
            let packet = within(SENDING_MS, prepare(chip))?;
            let mut data = [0; 255];
            let heard = block_on(within_ms(timeout_ms, chip.rx(&packet, &mut data)));
            within(SENDING_MS, chip.enter_standby())?;
            Ok(heard.transpose().map_err(fault)?.map(|(len, status)| Packet {
                data: data[..len.into()].to_vec(),
                rssi: i32::from(status.rssi) * 1000,
                snr: i32::from(status.snr) * 1000,
            }))
        })
    }
}
