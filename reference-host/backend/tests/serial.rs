//! Simulated serial ports: what arrives, when, and what goes wrong.

use std::sync::Arc;
use std::task::{Context, Waker};

use periplasm_backend::sim::{self, SERIAL_QUEUE, SerialConfig, VirtualClock, World};
use periplasm_backend::{Clock, Serial, SerialError};
use proptest::prelude::*;

const NEVER: u64 = u64::MAX;

fn port(config: &str) -> (sim::Serial, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::new());
    let config: SerialConfig = toml::from_str(config).unwrap();
    let world = World::new(clock.clone());
    (sim::Serial::new(&world, "gps", &config).unwrap(), clock)
}

fn read(port: &mut sim::Serial, most: usize, until_ns: u64) -> Result<Vec<u8>, SerialError> {
    let mut buffer = vec![0; most];
    port.read(&mut buffer, until_ns).map(|len| buffer[..len].to_vec())
}

#[test]
fn a_loop_gives_back_what_is_written() {
    let (mut port, clock) = port("model = 'loopback'");
    assert_eq!(port.write(b"plasm"), Ok(5));
    assert_eq!(port.read_ready(), Ok(true));
    assert_eq!(read(&mut port, 3, 0), Ok(b"pla".to_vec()));
    assert_eq!(read(&mut port, 0, NEVER), Ok(Vec::new()));
    assert_eq!(read(&mut port, 64, NEVER), Ok(b"sm".to_vec()));
    assert_eq!(port.read_ready(), Ok(false));
    assert_eq!((port.write(&[]), port.flush()), (Ok(0), Ok(())));
    assert_eq!(read(&mut port, 1, 500), Ok(Vec::new()));
    assert_eq!(clock.now_ns(), 500);
    // Nothing is known to come, and nobody says how long to wait.
    assert_eq!(read(&mut port, 1, NEVER), Ok(Vec::new()));
    assert_eq!(clock.now_ns(), 500);
}

#[test]
fn a_byte_takes_ten_bits() {
    let (mut port, clock) = port("model = 'loopback'\nbaud = 1_000");
    assert_eq!(port.write(&[1, 2, 3]), Ok(3));
    assert_eq!((port.read_ready(), clock.now_ns()), (Ok(false), 0));
    let mut readable = port.readable();
    let mut context = Context::from_waker(Waker::noop());
    assert!(readable.poll(&mut context).is_pending());
    assert_eq!(readable.next_ns(), Some(10_000_000));
    assert_eq!(read(&mut port, 9, NEVER), Ok(vec![1]));
    assert_eq!(clock.now_ns(), 10_000_000);
    port.flush().unwrap();
    assert_eq!(clock.now_ns(), 30_000_000);
    assert!(readable.poll(&mut context).is_ready());
    assert_eq!(read(&mut port, 9, 0), Ok(vec![2, 3]));
    // It happened once, and stays so.
    assert!(readable.poll(&mut context).is_ready());
}

#[test]
fn a_full_queue_is_waited_for() {
    let (mut port, clock) = port("model = 'script'\nbaud = 10");
    let bytes = vec![0; SERIAL_QUEUE + 100];
    assert_eq!(port.write(&bytes), Ok(SERIAL_QUEUE));
    assert_eq!((port.write(&bytes), clock.now_ns()), (Ok(1), 1_000_000_000));
}

#[test]
fn a_script_answers_what_it_is_asked() {
    let (mut port, clock) = port(
        "model = 'script'\nreplies = [{ to = \"AT\\r\", with = \"OK\", after-us = 500 }, \
         { to = [0, 255], with = [1] }]",
    );
    port.write(b"xAATT\rAT\r").unwrap();
    assert_eq!((read(&mut port, 9, NEVER), clock.now_ns()), (Ok(b"OK".to_vec()), 500_000));
    port.write(&[0]).unwrap();
    assert_eq!(read(&mut port, 9, 500_010), Ok(Vec::new()));
    port.write(&[255]).unwrap();
    assert_eq!(read(&mut port, 9, 0), Ok(vec![1]));
}

#[test]
fn a_stream_comes_by_itself() {
    let (mut port, clock) =
        port("model = 'stream'\nsend = \"$GP\\n\"\nperiod-us = 1_000_000\nstart-us = 5\ntimes = 3");
    let mut times = Vec::new();
    for _ in 0..3 {
        assert_eq!(read(&mut port, 64, NEVER), Ok(b"$GP\n".to_vec()));
        times.push(clock.now_ns());
    }
    assert_eq!(times, [5_000, 1_000_005_000, 2_000_005_000]);
    assert_eq!(read(&mut port, 64, NEVER), Ok(Vec::new()));
}

#[test]
fn what_nobody_reads_is_lost_and_that_is_said_after_what_is_there() {
    let (mut port, clock) = port("model = 'stream'\nsend = [1, 2, 3]\nperiod-us = 1");
    clock.delay_ns(u64::MAX / 2);
    let mut found = 0;
    let error = loop {
        match read(&mut port, 1_000, 0) {
            Ok(bytes) => found += bytes.len(),
            Err(error) => break error,
        }
    };
    assert_eq!((found, error), (SERIAL_QUEUE, SerialError::Overrun));
    assert_eq!(port.read_ready(), Ok(false));
}

#[test]
fn a_fault_takes_a_byte_and_says_what_was_wrong_with_it() {
    for (kind, expected) in [
        ("noise", SerialError::Noise),
        ("parity", SerialError::Parity),
        ("framing", SerialError::FrameFormat),
        ("overrun", SerialError::Overrun),
    ] {
        let (mut port, _) = port(&format!(
            "model = 'loopback'\nfault = {{ kind = '{kind}', after = 2, times = 1 }}"
        ));
        // Waiting for bytes is no byte.
        assert_eq!(read(&mut port, 9, 10), Ok(Vec::new()));
        port.write(&[1, 2, 3, 4]).unwrap();
        assert_eq!(read(&mut port, 9, 0), Ok(vec![1, 2]));
        assert_eq!(port.read_ready(), Ok(true));
        assert_eq!(read(&mut port, 9, 0), Err(expected));
        assert_eq!(read(&mut port, 9, 0), Ok(vec![4]));
    }
}

#[test]
fn a_port_that_disappeared_says_so_whatever_it_is_asked() {
    let (mut port, _) = port("model = 'loopback'\nfault = { kind = 'disappears', after = 3 }");
    port.write(&[1, 2]).unwrap();
    assert_eq!(read(&mut port, 1, 0), Ok(vec![1]));
    assert_eq!(read(&mut port, 1, NEVER), Err(SerialError::Gone));
    assert_eq!(port.write(&[1]), Err(SerialError::Gone));
    assert_eq!(port.write(&[]), Err(SerialError::Gone));
    assert_eq!(port.flush(), Err(SerialError::Gone));
    assert_eq!(port.read_ready(), Err(SerialError::Gone));
    assert!(port.readable().poll(&mut Context::from_waker(Waker::noop())).is_ready());
}

#[test]
fn what_no_port_can_have_is_refused() {
    for (config, expected) in [
        ("model = 'strem'", "there is no serial model `strem`; did you mean `stream`?"),
        ("model = 'stream'\nperiod-us = 1", "missing field `send`"),
        ("model = 'stream'\nsend = ''\nperiod-us = 1", "something to `send`"),
        ("model = 'stream'\nsend = 'x'\nperiod-us = 0", "`period-us` above 0"),
        ("model = 'stream'\nsend = [256]\nperiod-us = 1", "`send`: invalid value: integer `256`"),
        ("model = 'script'\nreplies = [{ to = '', with = 'x' }]", "at least one byte"),
        ("model = 'loopback'\nbaud = 0", "nonzero"),
        ("model = 'loopback'\nspeed-hz = 1", "`speed-hz` is not an option"),
    ] {
        let error = toml::from_str::<SerialConfig>(config).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

proptest! {
    /// What goes through a loop comes back whole and in order, at no more than
    /// the speed of the line.
    #[test]
    fn nothing_is_lost_on_a_loop(
        steps in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..30), 0_usize..30, 0_u64..5_000), 0..40),
        baud in prop::option::of(1_000_000_u32..20_000_000),
    ) {
        let speed = baud.map_or(String::new(), |baud| format!("\nbaud = {baud}"));
        let (mut port, clock) = port(&format!("model = 'loopback'{speed}"));
        let (mut sent, mut back) = (Vec::new(), Vec::new());
        for (bytes, most, wait) in steps {
            let taken = port.write(&bytes).unwrap();
            prop_assert_eq!(taken, bytes.len());
            sent.extend(bytes);
            back.extend(read(&mut port, most, clock.now_ns() + wait).unwrap());
            prop_assert!(sent.starts_with(&back));
            if let Some(baud) = baud {
                let most = clock.now_ns() as u128 * u128::from(baud) / 10_000_000_000;
                prop_assert!(back.len() as u128 <= most);
            }
        }
        port.flush().unwrap();
        back.extend(read(&mut port, SERIAL_QUEUE, 0).unwrap());
        prop_assert_eq!(sent, back);
    }
}
