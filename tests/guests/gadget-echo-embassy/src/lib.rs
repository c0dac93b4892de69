//! The crates.io stack `embassy-usb`, untouched, as a component: a CDC-ACM port
//! that sends back what it receives.
#![no_std]

use bindings::{exports::periplasm::device::gadget, port};
use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use embassy_usb::class::cdc_acm::{CdcAcmClass, State};
use embassy_usb::driver::EndpointError;
use embassy_usb::{Builder, Config};
use periplasm_driver::{Error, block_on};
use periplasm_usb_device::Port;
use periplasm_usb_device::embassy::Driver;

periplasm_driver::driver!(Gadget);

struct Gadget;

impl gadget::Guest for Gadget {
    fn run() -> Result<(), Error> {
        block_on(run(port::open()));
        Err(Error::Gone)
    }
}

/// Runs it on any port, until that is gone.
async fn run<P: Port + 'static>(port: P) -> periplasm_usb_device::Error {
    let driver = Driver::new(port);
    let ended = driver.ended();
    // What V-USB and usb-device's examples share for CDC-ACM.
    let mut config = Config::new(0x16c0, 0x27dd);
    config.manufacturer = Some("Periplasm");
    config.product = Some("Echo of embassy");
    config.serial_number = Some("0001");
    let (mut configuration, mut bos, mut msos, mut control) = ([0; 128], [0; 32], [0; 0], [0; 64]);
    let mut state = State::new();
    let mut builder =
        Builder::new(driver, config, &mut configuration, &mut bos, &mut msos, &mut control);
    let mut class = CdcAcmClass::new(&mut builder, &mut state, 64);
    let mut device = builder.build();
    let echoes = async {
        loop {
            class.wait_connection().await;
            let _disconnected = echo(&mut class).await;
        }
    };
    match select(join(device.run(), echoes), ended).await {
        Either::First((never, ())) => never,
        Either::Second(why) => why,
    }
}

/// Until the host takes the configuration away.
async fn echo<P: Port + 'static>(
    class: &mut CdcAcmClass<'_, Driver<P>>,
) -> Result<(), EndpointError> {
    let mut packet = [0; 64];
    loop {
        let len = class.read_packet(&mut packet).await?;
        class.write_packet(&packet[..len]).await?;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use periplasm_gadget_testing::{Request, Speed, plug};
    use std::vec::Vec;

    #[test]
    fn it_sends_back_what_it_receives() {
        let serial = plug(Speed::Full, |port| embassy_futures::block_on(super::run(port)));
        assert_eq!(serial.info.product.as_deref(), Some("Echo of embassy"));
        // SET_LINE_CODING: 115200 baud, 8N1 (CDC PSTN 1.2, 6.3.10).
        let coding = [0x00, 0xc2, 0x01, 0x00, 0, 0, 8];
        serial.control_out(0x21, 0x20, 0, 0, &coding).unwrap();
        assert_eq!(serial.control_in(0xa1, 0x21, 0, 0, 7).unwrap(), coding);
        let mut data = serial.claim(1);
        let (mut input, mut output) = (data.line(0x82), data.line(0x01));
        let sent: Vec<u8> = (0..10_000_u32).map(|n| (n % 251) as u8).collect();
        output.start(Request::Out(sent.clone()));
        let mut received = Vec::new();
        while received.len() < sent.len() {
            received.extend(input.read(64).unwrap());
        }
        assert_eq!(received, sent);
    }
}
