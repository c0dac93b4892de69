//! The loop of a gadget.

use core::ops::ControlFlow;
use core::time::Duration;

use usb_device::device::UsbDevice;

use crate::slot::Error;
use crate::{Bus, Port};

/// Why a gadget's step is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// Something happened on the bus.
    Bus,
    /// Nothing did for the interval.
    Interval,
}

/// Serves `device` until `step` breaks, and returns with what.
///
/// `step` polls the device with its classes, and does what the firmware's main
/// loop would do then. It is called whenever something happened on the bus, and
/// when nothing did for an `interval`, if there is one. A firmware's loop goes
/// round all the time; this one goes round until no packet was read or written,
/// then the gadget sleeps in the host.
///
/// # Errors
///
/// [`Error::Invalid`] when the port cannot do with the device's endpoints,
/// [`Error::Gone`] when the controller is not there any more.
pub fn serve<'a, P: Port, R>(
    device: &mut UsbDevice<'a, Bus<P>>,
    interval: Option<Duration>,
    mut step: impl FnMut(&mut UsbDevice<'a, Bus<P>>, Woken) -> ControlFlow<R>,
) -> Result<R, Error> {
    loop {
        if let Some(error) = device.bus().failed() {
            return Err(error);
        }
        device.bus().wait(interval);
        let mut woken = if device.bus().has_news() { Woken::Bus } else { Woken::Interval };
        loop {
            if let ControlFlow::Break(result) = step(device, woken) {
                return Ok(result);
            }
            if !device.bus().has_news() && !device.bus().has_moved() {
                break;
            }
            woken = Woken::Bus;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use usb_device::bus::UsbBusAllocator;
    use usb_device::device::{UsbDeviceBuilder, UsbVidPid};

    use super::*;
    use crate::slot::Events;
    use crate::testing::{Call, Fake, NOTHING, RESET, setup};

    fn device(bus: &UsbBusAllocator<Bus<Fake>>) -> UsbDevice<'_, Bus<Fake>> {
        UsbDeviceBuilder::new(bus, UsbVidPid(0x1209, 1)).build()
    }

    fn written(calls: &[Call]) -> Vec<Vec<u8>> {
        let packet = |call: &Call| match call {
            Call::Write(0, packet) => Some(packet.clone()),
            _ => None,
        };
        calls.iter().filter_map(packet).collect()
    }

    #[test]
    fn a_gadget_is_enumerated_by_one_call_an_event() {
        let fake = Fake::default();
        let bus = UsbBusAllocator::new(Bus::new(fake.clone()));
        let mut device = device(&bus);
        fake.calls();
        fake.happens(RESET);
        // GET_DESCRIPTOR, device, 8 bytes; then its status stage. SET_ADDRESS 5
        // (USB 2.0, 9.4.3 and 9.4.6).
        fake.happens(setup([0x80, 6, 0, 1, 0, 0, 8, 0]));
        fake.inside().packets.push_back((0, Vec::new()));
        fake.happens(Events { in_complete: 1, out_ready: 1, ..NOTHING });
        fake.happens(setup([0x00, 5, 5, 0, 0, 0, 0, 0]));
        fake.happens(Events { in_complete: 1, ..NOTHING });
        let served = serve(&mut device, None, |device, woken| {
            if woken == Woken::Interval {
                return ControlFlow::Break("quiet"); // The test has no more.
            }
            device.poll(&mut []);
            ControlFlow::Continue(())
        });
        assert_eq!(served, Ok("quiet"));
        let calls = fake.calls();
        // bLength 18, DEVICE, USB 2.10, class 0, packets of 8 bytes (9.6.1).
        assert_eq!(written(&calls), [vec![18, 1, 0x10, 2, 0, 0, 0, 8], vec![]]);
        assert_eq!(calls.iter().filter(|call| **call == Call::Wait(None)).count(), 6);
        assert!(!calls.contains(&Call::Poll));
        let last = [Call::Wait(None), Call::SetAddress(5), Call::Wait(None)];
        assert_eq!(calls[calls.len() - 3..], last);
    }

    /// usbd-storage reads a packet, and looks at it the next time round.
    #[test]
    fn a_step_that_moved_a_packet_is_followed_by_another() {
        let fake = Fake::default();
        let bus = UsbBusAllocator::new(Bus::new(fake.clone()));
        let out: usb_device::endpoint::EndpointOut<'_, _> = bus.bulk(64);
        let mut device = device(&bus);
        fake.calls();
        fake.comes(1, b"packet");
        let mut steps = Vec::new();
        let served = serve(&mut device, None, |device, woken| {
            if woken == Woken::Interval {
                return ControlFlow::Break(());
            }
            device.poll(&mut []);
            steps.push(out.read(&mut [0; 64]).ok());
            ControlFlow::Continue(())
        });
        assert_eq!((served, steps), (Ok(()), vec![Some(6), None]));
        assert_eq!(fake.calls(), [Call::Wait(None), Call::Read(1), Call::Wait(None)]);
    }

    #[test]
    fn a_step_comes_when_nothing_happens_for_the_interval() {
        let fake = Fake::default();
        let bus = UsbBusAllocator::new(Bus::new(fake.clone()));
        let mut device = device(&bus);
        fake.calls();
        let interval = Some(Duration::from_millis(1));
        let mut left = 3;
        let served = serve(&mut device, interval, |device, woken| {
            assert_eq!(woken, Woken::Interval);
            assert!(!device.poll(&mut []));
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(served, Ok(()));
        assert_eq!(fake.calls(), [const { Call::Wait(Some(Duration::from_millis(1))) }; 3]);
    }

    #[test]
    fn a_port_that_refuses_or_goes_ends_it() {
        for (at_once, error) in [(true, Error::Invalid), (false, Error::Gone)] {
            let fake = Fake::default();
            fake.inside().error = at_once.then_some(error);
            let bus = UsbBusAllocator::new(Bus::new(fake.clone()));
            let mut device = device(&bus);
            fake.inside().error = Some(error);
            fake.happens(setup([0x80, 6, 0, 1, 0, 0, 8, 0]));
            let served = serve(&mut device, None, |device, _| {
                assert!(!at_once);
                device.poll(&mut []);
                ControlFlow::<()>::Continue(())
            });
            assert_eq!(served, Err(error));
        }
    }
}
