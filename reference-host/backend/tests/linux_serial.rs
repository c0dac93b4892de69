//! The `linux` backend's serial port on a pseudo terminal.
#![cfg(target_os = "linux")]

use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use periplasm_backend::linux::{LinuxSerial, OpenError, SerialConfig, SerialFlow, SerialParity};
use periplasm_backend::{Clock, RealClock, Serial, SerialError};
use serial2::SerialPort;

const NEVER: u64 = u64::MAX;

/// The far end of a line, and the path of the near one.
fn line() -> (SerialPort, PathBuf, Arc<RealClock>) {
    let (far, near) = SerialPort::pair().unwrap();
    let near = near.as_fd().try_clone_to_owned().unwrap();
    let path = std::fs::read_link(format!("/proc/self/fd/{}", raw(&near))).unwrap();
    (far, path, Arc::new(RealClock::new()))
}

fn raw(descriptor: &OwnedFd) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(descriptor)
}

fn open() -> (SerialPort, LinuxSerial, Arc<RealClock>) {
    let (far, path, clock) = line();
    let near = LinuxSerial::open(&SerialConfig::new(path, 115_200), clock.clone()).unwrap();
    (far, near, clock)
}

#[test]
fn every_byte_goes_both_ways_as_it_is() {
    let (far, mut near, _) = open();
    let bytes: Vec<u8> = (0..=255).chain([0xff, 0x00, 0xff, 0xff, 0x11, 0x13]).collect();
    far.write_all(&bytes).unwrap();
    let mut found = Vec::new();
    while found.len() < bytes.len() {
        let mut buffer = [0; 50];
        let read = near.read(&mut buffer, NEVER).unwrap();
        assert!(read > 0);
        found.extend_from_slice(&buffer[..read]);
    }
    assert_eq!(found, bytes);

    let mut sent = 0;
    while sent < bytes.len() {
        sent += near.write(&bytes[sent..]).unwrap();
    }
    let mut found = vec![0; bytes.len()];
    far.read_exact(&mut found).unwrap();
    assert_eq!(found, bytes);
    near.flush().unwrap();
    assert_eq!(near.write(&[]), Ok(0));
    assert_eq!(near.read(&mut [], NEVER), Ok(0));
}

#[test]
fn a_read_without_bytes_ends_with_its_time() {
    let (far, mut near, clock) = open();
    assert_eq!(near.read(&mut [0; 4], 0), Ok(0));
    let until = clock.now_ns() + 3_000_000;
    assert_eq!(near.read(&mut [0; 4], until), Ok(0));
    assert!(clock.now_ns() >= until);
    assert_eq!(near.read_ready(), Ok(false));
    far.write_all(b"x").unwrap();
    let mut buffer = [0; 4];
    assert_eq!(near.read(&mut buffer, NEVER), Ok(1));
    assert_eq!(buffer[0], b'x');
}

struct Bell(mpsc::Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

#[test]
fn an_event_is_woken_by_a_byte() {
    let (far, mut near, _) = open();
    let (sender, rung) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(sender)));
    let mut context = Context::from_waker(&waker);
    let mut readable = near.readable();
    assert_eq!(readable.poll(&mut context), Poll::Pending);
    far.write_all(b"x").unwrap();
    rung.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(readable.poll(&mut context), Poll::Ready(()));
    assert_eq!(near.read_ready(), Ok(true));
    assert_eq!(near.read(&mut [0; 4], 0), Ok(1));
    assert_eq!(readable.poll(&mut context), Poll::Ready(()), "it has happened");
}

#[test]
fn a_port_that_goes_away_is_gone() {
    let (far, mut near, _) = open();
    let mut readable = near.readable();
    drop(far);
    assert_eq!(readable.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
    assert_eq!(near.read(&mut [0; 4], NEVER), Err(SerialError::Gone));
    assert_eq!(near.read_ready(), Ok(true));
    assert_eq!(near.write(b"x"), Err(SerialError::Gone));
}

#[test]
fn a_port_that_goes_away_ends_a_read_that_waits() {
    let (far, mut near, _) = open();
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| near.read(&mut [0; 4], NEVER));
        drop(far);
        assert_eq!(reading.join().unwrap(), Err(SerialError::Gone));
    });
}

#[test]
fn a_port_has_one_user_at_a_time() {
    let (_far, path, clock) = line();
    let config = SerialConfig::new(&path, 9600);
    let first = LinuxSerial::open(&config, clock.clone()).unwrap();
    let error = LinuxSerial::open(&config, clock.clone()).unwrap_err();
    assert!(matches!(error, OpenError::Busy { .. }), "{error:?}");
    assert!(error.remedy().contains("fuser"), "{}", error.remedy());
    drop(first);
    LinuxSerial::open(&config, clock).unwrap();
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let (_far, path, clock) = line();
    let config = SerialConfig::new(&path, 9600);
    let message =
        |config: &SerialConfig| LinuxSerial::open(config, clock.clone()).unwrap_err().to_string();
    let slow = SerialConfig { baud: 0, ..config.clone() };
    assert_eq!(message(&slow), "the baud rate is 0, and must be at least 1");
    let wide = SerialConfig { data_bits: 9, ..config.clone() };
    assert_eq!(message(&wide), "the number of data bits is 9, and must be from 5 to 8");
    let long = SerialConfig { stop_bits: 3, ..config.clone() };
    assert_eq!(message(&long), "the number of stop bits is 3, and must be 1 or 2");
    // A pseudo terminal has 8 bits and no parity always.
    let narrow = SerialConfig { data_bits: 7, ..config.clone() };
    assert!(message(&narrow).ends_with("cannot do this number of data bits"));
    let even = SerialConfig { parity: SerialParity::Even, ..config };
    assert!(message(&even).ends_with("cannot do this parity"));
}

#[test]
fn a_write_that_nobody_takes_ends() {
    // 4 MBd: the patience of a port without flow control is a second.
    let (_far, path, clock) = line();
    let config = SerialConfig { flow: SerialFlow::None, ..SerialConfig::new(path, 4_000_000) };
    let mut near = LinuxSerial::open(&config, clock).unwrap();
    let mut taken = 0usize;
    let error = loop {
        match near.write(&[0; 4096]) {
            Ok(bytes) => taken += bytes,
            Err(error) => break error,
        }
    };
    assert_eq!(error, SerialError::Other);
    assert!(taken > 0);
}
