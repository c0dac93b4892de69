//! What embassy-usb asks of a driver, on a port that is played by the test.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec;
use alloc::vec::Vec;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};

use embassy_usb::class::cdc_acm::{CdcAcmClass, State as CdcState};
use embassy_usb_driver::{
    Bus as _, ControlPipe as _, Driver as _, Endpoint as _, EndpointError, EndpointIn as _,
    EndpointOut as _, Event,
};

use super::*;
use crate::slot::Events;
use crate::testing::{Call, DETACHED, Fake, NOTHING, RESET, RESUME, SUSPEND, setup};

/// GET_DESCRIPTOR of the device, 64 bytes (USB 2.0, 9.4.3).
const GET_DEVICE: [u8; 8] = [0x80, 6, 0, 1, 0, 0, 64, 0];

struct Parts {
    fake: Fake,
    bus: Bus<Fake>,
    control: ControlPipe<Fake>,
    input: Endpoint<Fake>,
    output: Endpoint<Fake>,
}

/// Endpoint 0, and endpoint 1 in both directions, which the configuration uses.
fn parts() -> Parts {
    let fake = Fake::default();
    let mut driver = Driver::new(fake.clone());
    let input = driver.alloc_endpoint_in(EndpointType::Bulk, None, 64, 0).unwrap();
    let output = driver.alloc_endpoint_out(EndpointType::Bulk, None, 64, 0).unwrap();
    let (mut bus, control) = driver.start(8);
    assert_eq!(now(bus.poll()), Some(Event::PowerDetected));
    assert_eq!(now(bus.enable()), Some(()));
    for endpoint in [&input, &output] {
        bus.endpoint_set_enabled(endpoint.info().addr, true);
    }
    fake.calls();
    Parts { fake, bus, control, input, output }
}

/// What a future gives at once.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A future that is polled when it was woken, as an executor does.
struct Task<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl<'a, T> Task<'a, T> {
    fn new(future: impl Future<Output = T> + 'a) -> Self {
        Self { future: Box::pin(future), woken: Arc::new(Woken(AtomicUsize::new(1))) }
    }

    fn run(&mut self) -> Option<T> {
        let waker = Waker::from(self.woken.clone());
        let mut context = Context::from_waker(&waker);
        while self.woken.0.swap(0, Ordering::Relaxed) > 0 {
            if let Poll::Ready(value) = self.future.as_mut().poll(&mut context) {
                return Some(value);
            }
        }
        None
    }
}

#[test]
fn a_control_read_ends_by_the_hosts_empty_packet() {
    let Parts { fake, mut control, .. } = parts();
    assert_eq!(control.max_packet_size(), 8);
    fake.happens(setup(GET_DEVICE));
    assert_eq!(now(control.setup()), Some(GET_DEVICE));
    assert_eq!(now(control.data_in(b"12345678", true, false)), Some(Ok(())));
    let mut last = Task::new(control.data_in(b"9", false, true));
    assert_eq!(last.run(), None);
    fake.happens(Events { in_complete: 1, ..NOTHING });
    assert_eq!(last.run(), None);
    let written: Vec<_> =
        fake.calls().into_iter().filter(|call| matches!(call, Call::Write(..))).collect();
    assert_eq!(written, [Call::Write(0, b"12345678".to_vec()), Call::Write(0, b"9".to_vec())]);
    fake.comes(0, b"");
    assert_eq!(last.run(), Some(Ok(())));
}

/// SET_ADDRESS counts after its status stage (9.4.6).
#[test]
fn a_control_write_ends_by_an_empty_packet_to_the_host() {
    let Parts { fake, mut control, .. } = parts();
    fake.happens(setup([0x21, 9, 0, 2, 0, 0, 3, 0]));
    assert_eq!(now(control.setup()).unwrap()[0], 0x21);
    let mut room = [0; 8];
    let mut data = Task::new(control.data_out(&mut room, true, true));
    assert_eq!(data.run(), None);
    fake.comes(0, b"abc");
    assert_eq!(data.run(), Some(Ok(3)));
    drop(data);
    assert_eq!(&room[..3], b"abc");
    let mut accepted = Task::new(control.accept_set_address(5));
    assert_eq!(accepted.run(), None);
    assert!(!fake.calls().contains(&Call::SetAddress(5)));
    fake.happens(Events { in_complete: 1, ..NOTHING });
    assert_eq!(accepted.run(), Some(()));
    assert!(fake.calls().contains(&Call::SetAddress(5)));
}

#[test]
fn a_new_setup_or_a_reset_ends_a_control_transfer() {
    for end in [setup(GET_DEVICE), RESET] {
        let Parts { fake, mut control, mut bus, .. } = parts();
        fake.happens(setup(GET_DEVICE));
        now(control.setup()).unwrap();
        assert_eq!(now(control.data_in(b"12345678", true, false)), Some(Ok(())));
        let mut stuck = Task::new(control.data_in(b"9", false, true));
        assert_eq!(stuck.run(), None);
        fake.happens(end);
        assert_eq!(stuck.run(), Some(Err(EndpointError::Disabled)));
        drop(stuck);
        // An answer that is too late goes nowhere.
        fake.calls();
        now(control.reject());
        now(control.accept_set_address(5));
        if end.bus.reset {
            assert_eq!(now(control.setup()), None); // Not before the reset.
            assert_eq!(now(bus.poll()), Some(Event::Reset));
        } else {
            assert_eq!(fake.calls(), []);
            assert_eq!(now(control.setup()), Some(GET_DEVICE));
        }
    }
}

#[test]
fn packets_wait_for_room_and_for_each_other() {
    let Parts { fake, mut input, mut output, .. } = parts();
    assert_eq!(now(input.write(b"one")), Some(Ok(())));
    let mut second = Task::new(input.write(b"two"));
    assert_eq!(second.run(), None);
    fake.happens(Events { in_complete: 2, ..NOTHING });
    assert_eq!(second.run(), Some(Ok(())));
    let mut room = [0; 64];
    let mut read = Task::new(output.read(&mut room));
    assert_eq!(read.run(), None);
    fake.comes(1, b"");
    assert_eq!(read.run(), Some(Ok(0)));
    drop((second, read));
    fake.comes(1, b"four");
    assert_eq!(now(output.read(&mut [0; 3])), Some(Err(EndpointError::BufferOverflow)));
    assert_eq!(now(input.write(&[0; 65])), Some(Err(EndpointError::BufferOverflow)));
}

#[test]
fn a_reset_disables_the_endpoints() {
    let Parts { fake, mut bus, input, mut output, .. } = parts();
    let mut room = [0; 64];
    let mut read = Task::new(output.read(&mut room));
    assert_eq!(read.run(), None);
    fake.happens(RESET);
    assert_eq!(now(bus.poll()), Some(Event::Reset));
    assert_eq!(read.run(), Some(Err(EndpointError::Disabled)));
    drop(read);
    let mut enabled = Task::new(output.wait_enabled());
    assert_eq!(enabled.run(), None);
    bus.endpoint_set_enabled(input.info().addr, true);
    assert_eq!(enabled.run(), None);
    bus.endpoint_set_enabled(EndpointAddress::from(1), true);
    assert_eq!(enabled.run(), Some(()));
}

/// The host tells one of them, which tells the others.
#[test]
fn tasks_wake_each_other() {
    let Parts { fake, mut bus, mut input, mut output, .. } = parts();
    now(input.write(b"x")).unwrap().unwrap();
    let mut room = [0; 64];
    let mut read = Task::new(output.read(&mut room));
    let mut write = Task::new(input.write(b"y"));
    let mut event = Task::new(bus.poll());
    assert_eq!((read.run(), write.run(), event.run()), (None, None, None));
    // The last that asked is the one that the host wakes; it is dropped.
    drop(event);
    assert_eq!((read.run(), write.run()), (None, None));
    fake.comes(1, b"z");
    fake.happens(Events { in_complete: 2, ..NOTHING });
    assert_eq!(write.run(), Some(Ok(())));
    assert_eq!(read.run(), Some(Ok(1)));
}

#[test]
fn the_bus_sleeps_wakes_and_stalls() {
    let Parts { fake, mut bus, input, .. } = parts();
    for (event, told) in
        [(SUSPEND, Event::Suspend), (RESUME, Event::Resume), (DETACHED, Event::Suspend)]
    {
        fake.happens(event);
        assert_eq!(now(bus.poll()), Some(told));
    }
    fake.calls();
    bus.endpoint_set_stalled(input.info().addr, true);
    assert!(bus.endpoint_is_stalled(input.info().addr));
    now(bus.remote_wakeup()).unwrap().unwrap();
    now(bus.disable()).unwrap();
    bus.force_reset().unwrap();
    let calls = fake.calls();
    assert_eq!(calls[..3], [Call::SetStalled(0x81, true), Call::RemoteWakeup, Call::Disable]);
    assert!(matches!(&calls[3..], [Call::Disable, Call::Enable(all)] if all.len() == 4));
}

#[test]
fn a_port_that_refuses_or_goes_is_told() {
    let fake = Fake::default();
    let driver = Driver::new(fake.clone());
    assert_eq!(driver.speed(), AnySpeed::High);
    let ended = driver.ended();
    let mut ended = Task::new(ended);
    assert_eq!(ended.run(), None);
    let (mut bus, _control) = driver.start(64);
    fake.inside().error = Some(Error::Invalid);
    now(bus.enable()).unwrap();
    assert_eq!(ended.run(), Some(Error::Invalid));
}

/// embassy-usb itself: its device descriptor (9.6.1), by the address that it got.
#[test]
fn embassy_usb_runs_on_it() {
    let fake = Fake::default();
    let config = embassy_usb::Config::new(0x16c0, 0x27dd);
    let (mut descriptors, mut bos, mut msos, mut buffer) = ([0; 128], [0; 32], [0; 32], [0; 64]);
    let mut state = CdcState::new();
    let mut builder = embassy_usb::Builder::new(
        Driver::new(fake.clone()),
        config,
        &mut descriptors,
        &mut bos,
        &mut msos,
        &mut buffer,
    );
    let _class = CdcAcmClass::new(&mut builder, &mut state, 64);
    let mut device = builder.build();
    let mut run = Task::new(device.run());
    assert!(run.run().is_none());
    let addresses = |calls: Vec<Call>| match &calls[..] {
        [.., Call::Enable(all), Call::Poll] => all.iter().map(|e| e.0).collect::<Vec<_>>(),
        _ => panic!("{calls:?}"),
    };
    assert_eq!(addresses(fake.calls()), [0x81, 0x01, 0x82, 0x00, 0x80]);
    let mut packets = Vec::new();
    let script = [
        RESET,
        setup([0x00, 5, 5, 0, 0, 0, 0, 0]),
        Events { in_complete: 1, ..NOTHING },
        setup([0x80, 6, 0, 1, 0, 0, 18, 0]),
        Events { in_complete: 1, ..NOTHING },
    ];
    for event in script {
        fake.happens(event);
        assert!(run.run().is_none());
        packets.extend(fake.calls().into_iter().filter_map(|call| match call {
            Call::Write(0, packet) => Some(packet),
            Call::SetAddress(address) => Some(vec![address]),
            _ => None,
        }));
    }
    let device = [18, 1, 0x10, 2, 0xef, 2, 1, 64, 0xc0, 0x16, 0xdd, 0x27, 0x10, 0, 1, 2, 3, 1];
    assert_eq!(packets[..2], [vec![], vec![5]]);
    // Classes in interfaces, by associations, or none: as the crate decides.
    assert_eq!((packets[2].len(), &packets[2][7..12]), (18, &device[7..12]));
    assert_eq!(packets.len(), 3);
}
