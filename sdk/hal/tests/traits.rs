//! That a driver of any kind takes the handles: each assertion is a bound such
//! as drivers have, and does not compile without the trait.

use embedded_hal::i2c::{SevenBitAddress, TenBitAddress};
use embedded_hal::{delay, digital, i2c, pwm, spi};
use embedded_hal_02::blocking;
use embedded_hal_02::digital::v2;
use periplasm_hal::hal_02::{Converter, PwmPin};
use periplasm_hal::{
    Adc, AdcChannel, Can, Delay, I2c, InputPin, NoPin, OutputPin, Pwm, Serial, SerialWithin,
    SpiBus, SpiDevice, SpiNb, TwoWayPin,
};

#[test]
fn handles_are_what_drivers_on_1_0_ask_for() {
    fn buses<I, S, B>()
    where
        I: i2c::I2c<SevenBitAddress> + i2c::I2c<TenBitAddress>,
        S: spi::SpiDevice,
        B: spi::SpiBus,
    {
    }
    fn pins<O, N, P>()
    where
        O: digital::StatefulOutputPin,
        N: digital::InputPin,
        P: pwm::SetDutyCycle,
    {
    }
    buses::<I2c, SpiDevice, SpiBus>();
    pins::<OutputPin, InputPin, Pwm>();
    fn both<P: digital::OutputPin + digital::InputPin + embedded_hal_async::digital::Wait>() {}
    both::<TwoWayPin>();
    fn output<O: digital::OutputPin>() {}
    output::<NoPin>();
    fn waits<D: delay::DelayNs>() {}
    waits::<Delay>();
    fn measures<A: AdcChannel>() {}
    measures::<Adc>();
}

#[test]
fn handles_are_what_async_drivers_ask_for() {
    use embedded_hal_async::{delay, digital, i2c, spi};
    fn all<I, S, B, N, D, P>()
    where
        I: i2c::I2c<SevenBitAddress> + i2c::I2c<TenBitAddress>,
        S: spi::SpiDevice,
        B: spi::SpiBus,
        N: digital::Wait,
        D: delay::DelayNs,
        P: embedded_io_async::Read + embedded_io_async::Write,
        P: embedded_io_async_06::Read + embedded_io_async_06::Write,
    {
    }
    all::<I2c, SpiDevice, SpiBus, InputPin, Delay, Serial>();
}

#[test]
fn ports_and_frames_are_what_drivers_ask_for() {
    fn port<P>()
    where
        P: embedded_io::Read + embedded_io::Write + embedded_io::ReadReady,
        P: embedded_io_06::Read + embedded_io_06::Write + embedded_io_06::ReadReady,
    {
    }
    port::<Serial>();
    port::<SerialWithin>();
    fn nb<P: embedded_hal_nb::serial::Read + embedded_hal_nb::serial::Write>() {}
    nb::<Serial>();
    fn bytes<S: embedded_hal_nb::spi::FullDuplex + embedded_hal_02::spi::FullDuplex<u8>>() {}
    bytes::<SpiNb>();
    fn frames<C: embedded_can::blocking::Can + embedded_can::nb::Can>() {}
    frames::<Can>();
}

#[test]
fn handles_are_what_drivers_on_0_2_ask_for() {
    fn i2c<I, A>()
    where
        A: blocking::i2c::AddressMode,
        I: blocking::i2c::Read<A> + blocking::i2c::Write<A> + blocking::i2c::WriteRead<A>,
        I: blocking::i2c::WriteIter<A> + blocking::i2c::WriteIterRead<A>,
        I: blocking::i2c::Transactional<A> + blocking::i2c::TransactionalIter<A>,
    {
    }
    i2c::<I2c, u8>();
    i2c::<I2c, u16>();
    fn spi<S>()
    where
        S: blocking::spi::Transfer<u8> + blocking::spi::Write<u8>,
        S: blocking::spi::WriteIter<u8> + blocking::spi::Transactional<u8>,
    {
    }
    spi::<SpiDevice>();
    spi::<SpiBus>();
    fn output<O: v2::OutputPin>() {}
    output::<NoPin>();
    fn pins<O: v2::StatefulOutputPin + v2::ToggleableOutputPin, N: v2::InputPin>() {}
    pins::<OutputPin, InputPin>();
    fn both<P: v2::OutputPin + v2::InputPin>() {}
    both::<TwoWayPin>();
    fn pulses<P: embedded_hal_02::PwmPin>() {}
    pulses::<PwmPin>();
    fn waits<D, W>()
    where
        D: blocking::delay::DelayMs<W> + blocking::delay::DelayUs<W>,
    {
    }
    waits::<Delay, u8>();
    waits::<Delay, u16>();
    waits::<Delay, u32>();
    fn port<P>()
    where
        P: embedded_hal_02::serial::Read<u8> + embedded_hal_02::serial::Write<u8>,
        P: blocking::serial::Write<u8>,
    {
    }
    port::<Serial>();
    fn measures<C, W, P>()
    where
        P: embedded_hal_02::adc::Channel<C>,
        C: embedded_hal_02::adc::OneShot<C, W, P>,
    {
    }
    measures::<Converter, u16, Adc>();
    measures::<Converter, i16, Adc>();
    measures::<Converter, i32, Adc>();
}
