//! The names of the bindings, natively, on a device made of functions.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use periplasm_usb_host::native::{fake, install};
use periplasm_usb_host::{Buffer, Change, Error, Host, Setup, happened, wait};

/// Sends back what it got, one transfer after the other.
#[derive(Default)]
struct Echo(VecDeque<Vec<u8>>);

impl fake::Device for Echo {
    fn control_in(&mut self, setup: Setup, _: u16) -> Result<Vec<u8>, Error> {
        Ok(setup.value.to_le_bytes().to_vec())
    }

    fn sent(&mut self, _: u8, data: &[u8]) -> Option<Result<(), Error>> {
        self.0.push_back(data.to_vec());
        Some(Ok(()))
    }

    fn asked(&mut self, _: u8, _: usize) -> Option<Result<Vec<u8>, Error>> {
        self.0.pop_front().map(Ok)
    }
}

/// A host of its own for each test: what is installed is for the whole process.
fn host(fake: &fake::Host) -> Host {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    install(fake.usb());
    periplasm_usb_host::open()
}

fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}

#[test]
fn bytes_go_and_come() {
    let fake = fake::Host::new();
    let id = fake.plug(fake::Identity::default(), Echo::default());
    let device = host(&fake).open(id).unwrap();
    let interface = device.claim(0).unwrap();
    assert_eq!(device.claim(0).unwrap_err(), Error::Busy);
    let (out, back) = (interface.pipe(1).unwrap(), interface.pipe(0x81).unwrap());

    assert_eq!(out.transfer_out(b"one", None).actual, 3);
    assert_eq!(back.transfer_in(64, None).data, b"one");

    let buffer = Buffer::new(8);
    buffer.write(2, b"two").unwrap();
    out.submit_out_from(&buffer, 2, 3).unwrap();
    assert_eq!(out.submit_out_from(&buffer, 7, 2), Err(Error::Invalid));
    back.submit_in(64).unwrap();
    assert!(back.ready().ready());
    let done = back.wait_into(None, &buffer, 7).unwrap();
    assert_eq!((done.status, done.actual, done.data), (Some(Error::Overflow), 3, vec![]));
    assert_eq!(buffer.read(0, 8).unwrap(), b"\0\0two\0\0t");

    let setup = Setup { request_type: 0xc0, request: 0, value: 0x0201, index: 0 };
    assert_eq!(device.control_in(setup, 1, None).data, [1]);
}

#[test]
fn time_ends_a_wait_but_no_transfer_unless_it_is_one() {
    let fake = fake::Host::new();
    let id = fake.plug(fake::Identity::default(), Echo::default());
    let device = host(&fake).open(id).unwrap();
    let interface = device.claim(0).unwrap();
    let (out, back) = (interface.pipe(1).unwrap(), interface.pipe(0x81).unwrap());
    assert!(back.wait(None).is_none()); // nothing in flight

    let tag = back.submit_in(8).unwrap();
    assert!(back.wait(Some(1_000)).is_none());
    assert_eq!(back.transfer_in(8, None).status, Some(Error::Busy));
    let events = [&back.ready(), &wait::timer(1_000)];
    assert_eq!(wait::any(&events), [1]);
    out.transfer_out(b"x", None);
    assert_eq!(wait::any(&events), [0, 1]);
    let done = back.wait(None).unwrap();
    assert_eq!((done.tag, &done.data[..], back.pending()), (tag, &b"x"[..], 0));

    assert_eq!(back.transfer_in(8, Some(1_000)).status, Some(Error::Timeout));
    assert_eq!(back.pending(), 0);
}

#[test]
fn what_is_pulled_out_is_gone_and_told() {
    let fake = fake::Host::new();
    let host = host(&fake);
    let changed = host.changed();
    assert!(!changed.ready());
    let id = fake.plug(fake::Identity::default(), Echo::default());
    assert!(matches!(host.next_change(), Some(Change::Connected(info)) if info.id == id));
    let device = host.open(id).unwrap();
    let interface = device.claim(0).unwrap();
    let back = interface.pipe(0x81).unwrap();
    back.submit_in(8).unwrap();

    let fake_later = fake.clone();
    let puller = std::thread::spawn(move || fake_later.unplug(id));
    block_on(happened(back.ready()));
    assert_eq!(back.wait(None).unwrap().status, Some(Error::Gone));
    puller.join().unwrap();
    assert!(matches!(host.next_change(), Some(Change::Disconnected(gone)) if gone == id));
    assert_eq!(host.open(id).unwrap_err(), Error::Gone);
    assert_eq!(back.submit_in(8), Err(Error::Gone));
}

#[test]
fn a_moment_wakes_its_future() {
    block_on(async {
        let late = happened(wait::timer(u64::MAX));
        happened(wait::timer(2_000_000)).await;
        happened(wait::timer(0)).await;
        drop(late);
    });
}
