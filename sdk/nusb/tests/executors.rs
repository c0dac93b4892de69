//! Awaiting, in executors that know nothing of USB.

mod common;

use std::future::Future;
use std::time::Duration;

use common::Bench;
use futures_lite::{StreamExt, future};
use nusb::hotplug::HotplugEvent;
use nusb::transfer::{
    Buffer, Bulk, ControlIn, ControlType, In, Interrupt, Out, Recipient, TransferError,
};
use nusb::{MaybeFuture, list_devices, watch_devices};

/// Runs the same in each.
fn everywhere<F: Future<Output = ()>>(case: impl Fn() -> F) {
    pollster::block_on(case());
    future::block_on(case());
    let tokio = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio().block_on(case());
}

#[test]
fn transfers_are_awaited_together() {
    everywhere(async || {
        let bench = Bench::new();
        let device = list_devices().await.unwrap().next().unwrap().open().await.unwrap();
        let interface = device.claim_interface(0).await.unwrap();
        let mut out = interface.endpoint::<Bulk, Out>(1).unwrap();
        let mut back = interface.endpoint::<Bulk, In>(0x81).unwrap();
        let mut events = interface.endpoint::<Interrupt, In>(0x82).unwrap();
        back.submit(Buffer::new(64));
        events.submit(Buffer::new(8));

        let sender = async {
            let event = events.next_complete().await;
            assert_eq!(&event.buffer[..], [3]);
            out.submit(event.buffer);
            out.next_complete().await.status.unwrap();
        };
        let state = bench.state.clone();
        let fake = bench.fake.clone();
        let later = std::thread::spawn(move || {
            state.lock().unwrap().events.push_back(Ok(vec![3]));
            fake.poke();
        });
        let (got, ()) = future::zip(back.next_complete(), sender).await;
        assert_eq!(&got.buffer[..], [3]);
        later.join().unwrap();
    });
}

#[test]
fn a_request_ends_by_itself_or_by_its_time() {
    everywhere(async || {
        let bench = Bench::new();
        let device = bench.open();
        let (control_type, recipient) = (ControlType::Vendor, Recipient::Interface);
        let request = |request| {
            let (value, index, length) = (1, 0, 2);
            ControlIn { control_type, recipient, request, value, index, length }
        };
        let answer = device.control_in(request(9), Duration::MAX).await.unwrap();
        assert_eq!(answer, [1, 0]);
        let answer = device.control_in(request(9), Duration::from_secs(60)).map_ok(|a| a.len());
        assert_eq!(answer.await, Ok(2));
        let stalled = device.control_in(request(1), Duration::from_secs(60)).await;
        assert_eq!(stalled, Err(TransferError::Stall));
    });
}

#[test]
fn changes_are_a_stream() {
    everywhere(async || {
        let bench = Bench::new();
        let mut watch = watch_devices().unwrap();
        assert!(future::poll_once(watch.next()).await.is_none());
        let (fake, first, second) = (bench.fake.clone(), bench.id, bench.plug());
        let later = std::thread::spawn(move || fake.unplug(first));
        match watch.next().await {
            Some(HotplugEvent::Connected(info)) => assert_eq!(info.product_string(), Some("Echo")),
            other => panic!("{other:?}"),
        }
        let gone = match watch.next().await {
            Some(HotplugEvent::Disconnected(id)) => id,
            other => panic!("{other:?}"),
        };
        later.join().unwrap();
        let left = list_devices().await.unwrap().next().unwrap();
        assert_ne!(left.id(), gone);
        assert_eq!(format!("{:?}", left.id()), format!("DeviceId({second})"));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_go_to_other_threads() {
    let bench = Bench::new();
    let device = bench.open();
    // Neither the device nor the interface is borrowed.
    let claimed = tokio::spawn(device.claim_interface(0).into_future()).await.unwrap().unwrap();
    let mut endpoint = claimed.endpoint::<Bulk, In>(0x81).unwrap();
    drop((device, claimed));
    endpoint.submit(Buffer::new(64));
    let waiting = tokio::spawn(async move { endpoint.next_complete().await.status });
    bench.fake.unplug(bench.id);
    assert_eq!(waiting.await.unwrap(), Err(TransferError::Disconnected));
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn tokio_reads_and_writes() {
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};

    let bench = Bench::new();
    let interface = bench.open().claim_interface(0).wait().unwrap();
    let mut writer = interface.endpoint::<Bulk, Out>(1).unwrap().writer(64);
    let mut reader = interface.endpoint::<Bulk, In>(0x81).unwrap().reader(64);
    writer.write_all(b"line\nrest").await.unwrap();
    writer.flush_end_async().await.unwrap();
    let mut line = String::new();
    reader.read_line(&mut line).await.unwrap();
    assert_eq!(line, "line\n");
    let mut rest = Vec::new();
    reader.until_short_packet().read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"rest");
    writer.shutdown().await.unwrap();
}

#[cfg(feature = "smol")]
#[test]
fn futures_io_reads_and_writes() {
    use futures_lite::{AsyncReadExt, AsyncWriteExt};

    future::block_on(async {
        let bench = Bench::new();
        let interface = bench.open().claim_interface(0).wait().unwrap();
        let mut writer = interface.endpoint::<Bulk, Out>(1).unwrap().writer(64);
        let mut reader = interface.endpoint::<Bulk, In>(0x81).unwrap().reader(64);
        writer.write_all(&[5; 100]).await.unwrap();
        writer.close().await.unwrap();
        let mut bytes = [0; 100];
        reader.read_exact(&mut bytes).await.unwrap();
        assert_eq!(bytes, [5; 100]);
    });
}
