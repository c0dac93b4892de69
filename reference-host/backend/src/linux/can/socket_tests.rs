use std::os::unix::net::UnixDatagram;
use std::sync::mpsc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::*;
use crate::{CanId, RealClock};

const NEVER: u64 = u64::MAX;

/// A bus on a pair of datagram sockets, which pass on messages as a CAN socket
/// does, and its other side.
fn bus() -> (LinuxCan, UnixDatagram, Arc<RealClock>) {
    let (near, far) = UnixDatagram::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    let clock = Arc::new(RealClock::new());
    (LinuxCan::new(near.into(), clock.clone()).unwrap(), far, clock)
}

fn frame(id: u16) -> CanFrame {
    CanFrame::new(CanId::Standard(id), &id.to_be_bytes()).unwrap()
}

fn error_frame(class: u32, controller: u8) -> frame::Raw {
    let mut raw = [0; FRAME_BYTES];
    raw[..4].copy_from_slice(&(0x2000_0000 | class).to_ne_bytes());
    (raw[4], raw[9]) = (8, controller);
    raw
}

#[test]
fn frames_come_in_their_order_with_the_errors_between_them() {
    let (mut can, far, _) = bus();
    far.send(&frame::to_kernel(&frame(1))).unwrap();
    far.send(&error_frame(0x20, 0)).unwrap();
    far.send(&error_frame(0x04, 0x20)).unwrap();
    far.send(b"no frame").unwrap();
    far.send(&frame::to_kernel(&frame(2))).unwrap();
    assert_eq!(can.receive(NEVER), Ok(Some(frame(1))));
    assert_eq!(can.receive(NEVER), Err(CanError::Acknowledge));
    assert_eq!(can.receive(NEVER), Ok(Some(frame(2))), "a warning is nothing");
    assert_eq!(can.receive(0), Ok(None));
}

#[test]
fn a_frame_is_sent_whole_and_a_full_queue_is_waited_for() {
    let (mut can, far, clock) = bus();
    assert_eq!(can.transmit(&frame(3), 0), Ok(true));
    let mut raw = [0; 32];
    assert_eq!(far.recv(&mut raw).unwrap(), FRAME_BYTES);
    assert_eq!(raw[..FRAME_BYTES], frame::to_kernel(&frame(3)));

    let mut queued = 0u32;
    while can.transmit(&frame(4), 0).unwrap() {
        queued += 1;
    }
    let until = clock.now_ns() + 3_000_000;
    assert_eq!(can.transmit(&frame(4), until), Ok(false));
    assert!(clock.now_ns() >= until);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| can.transmit(&frame(5), NEVER));
        for _ in 0..queued {
            far.recv(&mut raw).unwrap();
        }
        assert_eq!(sending.join().unwrap(), Ok(true));
    });
    far.recv(&mut raw).unwrap();
    assert_eq!(raw[..FRAME_BYTES], frame::to_kernel(&frame(5)));
}

struct Bell(mpsc::Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

#[test]
fn an_event_is_woken_by_a_frame() {
    let (mut can, far, _) = bus();
    let (sender, rung) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(sender)));
    let mut context = Context::from_waker(&waker);
    let mut receivable = can.receivable();
    assert_eq!(receivable.poll(&mut context), Poll::Pending);
    far.send(&error_frame(0x04, 0x20)).unwrap();
    rung.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(receivable.poll(&mut context), Poll::Pending, "a warning is nothing");
    far.send(&frame::to_kernel(&frame(1))).unwrap();
    rung.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(receivable.poll(&mut context), Poll::Ready(()));
    assert_eq!(can.receive(0), Ok(Some(frame(1))));
}

#[test]
fn every_error_number_has_the_kind_it_describes() {
    // Linux's numbers (asm-generic/errno.h), written out.
    for (errno, expected) in [
        (100, CanError::Gone),
        (19, CanError::Gone),
        (6, CanError::Gone),
        (22, CanError::Other),
        (1, CanError::Other),
    ] {
        assert_eq!(kind(&io::Error::from_raw_os_error(errno)), expected, "{errno}");
    }
}

/// On a machine with a virtual bus, for the calls that a pair of sockets has
/// not: `sudo ip link add vcan0 type vcan && sudo ip link set vcan0 up`.
#[test]
fn a_virtual_bus_carries_frames_and_gives_none_back() {
    let clock = Arc::new(RealClock::new());
    let open = || LinuxCan::open(&CanConfig::new("vcan0"), clock.clone());
    let Ok(mut one) = open() else { return };
    let mut two = open().unwrap();
    assert_eq!(one.transmit(&frame(0x101), NEVER), Ok(true));
    let until = clock.now_ns() + 1_000_000_000;
    while two.receive(until).unwrap() != Some(frame(0x101)) {
        assert!(clock.now_ns() < until);
    }
    assert_ne!(one.receive(0), Ok(Some(frame(0x101))));
}
