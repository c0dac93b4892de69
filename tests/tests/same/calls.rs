//! Any call, by kind. Lengths are short most often, so that many calls fit and
//! chips answer; and long sometimes.

use player::{analog, can, i2c, pins, serial, spi, spi_bus, together};
use proptest::collection::vec;
use proptest::prelude::*;

pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![8 => vec(any::<u8>(), 0..6), 1 => vec(any::<u8>(), 0..400)]
}

fn len() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0..10usize, 1 => 0..600usize]
}

/// Those with a chip most often, and also the absent and the impossible. Not
/// the ungranted: natively there is no grant to lack (`faults` has that).
fn address() -> impl Strategy<Value = i2c::Address> {
    use i2c::Address;
    prop_oneof![
        6 => prop_oneof![Just(0x50), Just(0x51)].prop_map(Address::Seven),
        3 => Just(Address::Ten(0x050)),
        1 => prop_oneof![Just(0x52), 0x80..=u8::MAX].prop_map(Address::Seven),
        1 => prop_oneof![Just(0x3ff), 0x400..=u16::MAX].prop_map(Address::Ten),
    ]
}

pub(crate) fn i2c() -> impl Strategy<Value = i2c::Call> {
    use i2c::{Call, Step};
    let step = || prop_oneof![len().prop_map(Step::Read), bytes().prop_map(Step::Write)];
    prop_oneof![
        3 => (address(), len()).prop_map(|(a, n)| Call::Read(a, n)),
        3 => (address(), bytes()).prop_map(|(a, b)| Call::Write(a, b)),
        4 => (address(), bytes(), len()).prop_map(|(a, b, n)| Call::WriteRead(a, b, n)),
        4 => (address(), vec(step(), 0..12)).prop_map(|(a, s)| Call::Transaction(a, s)),
    ]
}

fn step() -> impl Strategy<Value = spi::Step> {
    use spi::Step;
    prop_oneof![
        len().prop_map(Step::Read),
        bytes().prop_map(Step::Write),
        (bytes(), len()).prop_map(|(b, n)| Step::Transfer(b, n)),
        bytes().prop_map(Step::InPlace),
        (0..5_000_u32).prop_map(Step::DelayNs),
    ]
}

pub(crate) fn spi() -> impl Strategy<Value = spi::Call> {
    use spi::Call;
    prop_oneof![
        1 => len().prop_map(Call::Read),
        1 => bytes().prop_map(Call::Write),
        1 => (bytes(), len()).prop_map(|(b, n)| Call::Transfer(b, n)),
        1 => bytes().prop_map(Call::InPlace),
        2 => vec(step(), 0..8).prop_map(Call::Transaction),
    ]
}

pub(crate) fn spi_bus() -> impl Strategy<Value = spi_bus::Call> {
    use spi_bus::Call;
    prop_oneof![
        len().prop_map(Call::Read),
        bytes().prop_map(Call::Write),
        (bytes(), len()).prop_map(|(b, n)| Call::Transfer(b, n)),
        bytes().prop_map(Call::InPlace),
        Just(Call::Flush),
    ]
}

pub(crate) fn pins() -> impl Strategy<Value = pins::Call> {
    use pins::Call;
    prop_oneof![
        Just(Call::SetHigh),
        Just(Call::SetLow),
        any::<bool>().prop_map(Call::SetState),
        Just(Call::Toggle),
        Just(Call::IsSetHigh),
        Just(Call::IsSetLow),
        Just(Call::IsHigh),
        Just(Call::IsLow),
        Just(Call::WaveIsHigh),
    ]
}

/// What the board says of its output.
pub(crate) const MAX_DUTY: u16 = 1000;

pub(crate) fn analog() -> impl Strategy<Value = analog::Call> {
    use analog::Call;
    prop_oneof![
        1 => Just(Call::MaxDuty),
        2 => (0..=MAX_DUTY).prop_map(Call::SetDuty),
        1 => Just(Call::FullyOn),
        1 => Just(Call::FullyOff),
        1 => (0..=100_u8).prop_map(Call::Percent),
        1 => Just(Call::Code),
        1 => Just(Call::Microvolts),
        1 => Just(Call::MaxCode),
    ]
}

pub(crate) fn serial() -> impl Strategy<Value = serial::Call> {
    use serial::{Call, Version};
    let version = || prop_oneof![Just(Version::Six), Just(Version::Seven)];
    prop_oneof![
        1 => (version(), bytes()).prop_map(|(v, b)| Call::Write(v, b)),
        1 => version().prop_map(Call::Flush),
        2 => (version(), len()).prop_map(|(v, n)| Call::Read(v, n)),
        1 => any::<u8>().prop_map(Call::NbWrite),
        1 => Just(Call::NbFlush),
        1 => Just(Call::NbRead),
    ]
}

pub(crate) fn can() -> impl Strategy<Value = can::Call> {
    use can::{Call, Payload};
    let payload = prop_oneof![
        3 => vec(any::<u8>(), 0..10).prop_map(Payload::Data),
        1 => (0..10usize).prop_map(Payload::Remote),
    ];
    let frame = (any::<bool>(), any::<bool>(), any::<u32>(), payload);
    prop_oneof![
        frame.prop_map(|(nb, extended, id, payload)| Call::Transmit { nb, extended, id, payload }),
        Just(Call::Receive),
    ]
}

pub(crate) fn together() -> impl Strategy<Value = together::Call> {
    use together::{Call, Condition};
    let condition = || {
        prop_oneof![
            Just(Condition::High),
            Just(Condition::Low),
            Just(Condition::Rising),
            Just(Condition::Falling),
            Just(Condition::Any),
        ]
    };
    let chip = || prop_oneof![3 => Just(0x50_u8), 1 => Just(0x52)];
    let read = || (chip(), bytes(), len());
    prop_oneof![
        (read(), read(), vec(step(), 0..6))
            .prop_map(|(one, two, spi)| Call::Buses { i2c: [one, two], spi }),
        (any::<bool>(), condition(), 0..3_000_u32)
            .prop_map(|(wave, condition, timeout_us)| Call::Wait { wave, condition, timeout_us }),
        (condition(), 0..20_u32, 0..20_u32, any::<bool>()).prop_map(
            |(condition, timeout_us, after_us, high)| Call::Driven {
                condition,
                timeout_us,
                after_us,
                high
            }
        ),
        (0..10_u32, 0..10_u32).prop_map(|(one, two)| Call::Timers(one, two)),
    ]
}

/// Waiting, between calls of any kind.
pub(crate) fn delay() -> impl Strategy<Value = player::Call> {
    use player::Call;
    prop_oneof![
        1 => any::<u32>().prop_map(Call::DelayNs),
        1 => any::<u32>().prop_map(Call::DelayUs),
        1 => any::<u32>().prop_map(Call::DelayMs),
        4 => (0..2_000_u32).prop_map(Call::DelayUs),
    ]
}
