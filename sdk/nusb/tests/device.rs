//! What a driver sees of a device, on calls that block.

mod common;

use std::io::{BufRead, ErrorKind as IoKind, Read, Write};
use std::num::NonZeroU8;
use std::time::Duration;

use common::Bench;
use nusb::descriptors::TransferType;
use nusb::transfer::{
    Buffer, Bulk, ControlIn, ControlOut, ControlType, Direction, In, Interrupt, Out, Recipient,
    TransferError,
};
use nusb::{DeviceSelector, Endpoint, ErrorKind, MaybeFuture, Speed};
use periplasm_usb_host::Error as HostError;

const SECOND: Duration = Duration::from_secs(1);
/// Long enough for nothing to happen in.
const SHORT: Duration = Duration::from_millis(2);

#[test]
fn a_list_tells_what_the_descriptors_say() {
    let bench = Bench::new();
    let info = bench.info();
    assert_eq!((info.vendor_id(), info.product_id()), (0x16c0, 0x05dc));
    assert_eq!((info.usb_version(), info.device_version()), (0x0200, 0x0123));
    assert_eq!((info.class(), info.subclass(), info.protocol()), (0xef, 2, 1));
    assert_eq!(info.speed(), Some(Speed::High));
    assert_eq!((info.busnum(), info.bus_id(), info.port_chain()), (1, "001", &[1, 1][..]));
    assert_eq!(info.sysfs_path().to_str(), Some("/sys/bus/usb/devices/1-1.1"));
    assert_eq!(info.manufacturer_string(), Some("Periplasm"));
    assert_eq!(info.get_product_string().wait().unwrap().as_deref(), Some("Echo"));
    let classes: Vec<_> = info.interfaces().map(|i| (i.interface_number(), i.class())).collect();
    assert_eq!(classes, [(0, 0xff), (1, 8)]);

    let buses: Vec<_> = nusb::list_buses().wait().unwrap().map(|bus| bus.busnum()).collect();
    assert_eq!(buses, [1]);
}

#[test]
fn selectors_fit_the_device_or_one_of_its_interfaces() {
    let info = Bench::new().info();
    let all = DeviceSelector::all;
    assert!(info.matches(&all()));
    assert!(info.matches(&all().with_vid_pid(0x16c0, 0x05dc).with_class(0xef)));
    assert!(info.matches(&all().with_class_subclass_protocol(8, 6, 0x50)));
    assert!(!info.matches(&all().with_class_subclass(8, 2)));
    assert!(!info.matches(&all().with_vid(0x16c1)));
    assert!(info.matches(&all().with_serial_number("E1".into())));
    assert!(!info.matches(&all().with_serial_number("E2".into())));
}

#[test]
fn descriptors_are_whole_and_end_before_what_is_none() {
    let device = Bench::new().open();
    assert_eq!(device.device_descriptor().num_configurations(), 1);
    let configuration = device.active_configuration().unwrap();
    assert_eq!(device.configurations().count(), 1);
    assert_eq!((configuration.max_power(), configuration.num_interfaces()), (50, 2));
    assert_eq!(configuration.string_index(), NonZeroU8::new(4));

    let interfaces: Vec<_> = configuration.interfaces().collect();
    assert_eq!(interfaces.len(), 2);
    let extras: Vec<_> = interfaces[0].first_alt_setting().descriptors().collect();
    assert_eq!(extras[0].as_bytes(), [4, 0x21, 0xaa, 0xbb]);
    let endpoints: Vec<_> = interfaces[0].first_alt_setting().endpoints().collect();
    let seen: Vec<_> = endpoints
        .iter()
        .map(|e| (e.address(), e.direction(), e.transfer_type(), e.max_packet_size(), e.interval()))
        .collect();
    assert_eq!(
        seen,
        [
            (0x01, Direction::Out, TransferType::Bulk, 64, 0),
            (0x81, Direction::In, TransferType::Bulk, 64, 0),
            (0x82, Direction::In, TransferType::Interrupt, 8, 10),
        ]
    );
    let settings: Vec<_> = interfaces[1].alt_settings().collect();
    assert_eq!(settings.len(), 2);
    let high = settings[1].endpoints().next().unwrap();
    assert_eq!((high.max_packet_size(), high.packets_per_microframe()), (512, 3));
}

#[test]
fn requests_go_out_as_the_specification_packs_them() {
    let bench = Bench::new();
    let device = bench.open();
    let data = &[1, 2][..];
    let (control_type, recipient) = (ControlType::Class, Recipient::Endpoint);
    let request = ControlOut { control_type, recipient, request: 7, value: 8, index: 9, data };
    device.control_out(request, SECOND).wait().unwrap();
    assert_eq!(bench.state.lock().unwrap().requests, [(0x22, 7, 8, 9, vec![1, 2])]);

    let (control_type, recipient) = (ControlType::Vendor, Recipient::Interface);
    let mut request =
        ControlIn { control_type, recipient, request: 9, value: 0x0102, index: 0, length: 4 };
    assert_eq!(device.control_in(request, SECOND).wait().unwrap(), [2, 1, 4, 0]);
    request.request = 10;
    assert_eq!(device.control_in(request, SECOND).wait(), Err(TransferError::Stall));
}

#[test]
fn strings_are_decoded_and_damaged_ones_refused() {
    let device = Bench::new().open();
    let languages = device.get_string_descriptor_supported_languages(SECOND).wait().unwrap();
    assert_eq!(languages.collect::<Vec<_>>(), [0x0409, 0x0407]);
    let string = |index, language| {
        device.get_string_descriptor(NonZeroU8::new(index).unwrap(), language, SECOND).wait()
    };
    assert_eq!(string(2, 0x0407).unwrap(), "Üb");
    assert!(matches!(string(3, 0), Err(nusb::GetDescriptorError::InvalidDescriptor)));
    let stalled = nusb::GetDescriptorError::Transfer(TransferError::Stall);
    assert_eq!(string(9, 0).unwrap_err().to_string(), stalled.to_string());
}

#[test]
fn an_endpoint_is_what_it_was_asked_to_be_and_open_once() {
    let interface = Bench::new().open().claim_interface(0).wait().unwrap();
    let kind = |e: nusb::Error| e.kind();
    assert_eq!(interface.endpoint::<Bulk, Out>(9).map_err(kind).err(), Some(ErrorKind::NotFound));
    assert_eq!(interface.endpoint::<Bulk, In>(1).map_err(kind).err(), Some(ErrorKind::Other));
    assert_eq!(interface.endpoint::<Interrupt, Out>(1).map_err(kind).err(), Some(ErrorKind::Other));
    let open = interface.endpoint::<Bulk, Out>(1).unwrap();
    assert_eq!(interface.endpoint::<Bulk, Out>(1).map_err(kind).err(), Some(ErrorKind::Busy));
    drop(open);
    interface.endpoint::<Bulk, Out>(1).unwrap();
}

#[test]
fn an_interface_is_kept_by_its_endpoints_and_taken_from_the_kernel() {
    let bench = Bench::new();
    let device = bench.open();
    let interface = device.claim_interface(0).wait().unwrap();
    let endpoint = interface.endpoint::<Bulk, Out>(1).unwrap();
    interface.release().wait().unwrap();
    assert_eq!(device.claim_interface(0).wait().unwrap_err().kind(), ErrorKind::Busy);
    drop(endpoint);
    device.claim_interface(0).wait().unwrap();

    assert_eq!(device.claim_interface(1).wait().unwrap_err().kind(), ErrorKind::Busy);
    let interface = device.detach_and_claim_interface(1).wait().unwrap();
    assert_eq!(interface.descriptor().unwrap().num_endpoints(), 0);
    interface.set_alt_setting(1).wait().unwrap();
    assert_eq!((interface.get_alt_setting(), interface.descriptors().count()), (1, 2));
    assert_eq!(interface.endpoint::<Bulk, Out>(2).unwrap().max_packet_size(), 512);

    assert_eq!(device.set_configuration(1).wait().unwrap_err().kind(), ErrorKind::Busy);
    drop(interface);
    // The kernel's driver has it back.
    assert_eq!(device.claim_interface(1).wait().unwrap_err().kind(), ErrorKind::Busy);
    device.set_configuration(2).wait().unwrap();
    assert!(device.active_configuration().unwrap_err().to_string().contains("2"));
    device.reset().wait().unwrap();
    assert_eq!(bench.state.lock().unwrap().resets, 1);
}

fn pair(bench: &Bench) -> (Endpoint<Bulk, Out>, Endpoint<Bulk, In>) {
    let interface = bench.open().claim_interface(0).wait().unwrap();
    (interface.endpoint(1).unwrap(), interface.endpoint(0x81).unwrap())
}

#[test]
fn one_transfer_at_a_time_gives_its_buffer_back() {
    let bench = Bench::new();
    let (mut out, mut back) = pair(&bench);
    let sent = out.transfer_blocking(b"hello".as_slice().into(), SECOND);
    assert_eq!((sent.actual_len, &sent.buffer[..]), (5, &b"hello"[..]));
    let mut got = back.transfer_blocking(Buffer::new(128), SECOND);
    assert_eq!((got.actual_len, &got.buffer[..], got.status), (5, &b"hello"[..], Ok(())));
    assert_eq!((got.buffer.requested_len(), got.buffer.capacity()), (128, 128));
    got.buffer.set_requested_len(64);

    let late = back.transfer_blocking(got.buffer, SHORT);
    assert_eq!(
        (late.status, late.actual_len, back.pending()),
        (Err(TransferError::Cancelled), 0, 0)
    );
    let odd = back.transfer_blocking(Buffer::new(65), SECOND);
    assert_eq!(odd.status, Err(TransferError::InvalidArgument));
}

#[test]
fn many_transfers_end_in_order_and_can_be_cancelled() {
    let bench = Bench::new();
    let (mut out, mut back) = pair(&bench);
    back.submit(Buffer::new(64));
    back.submit(Buffer::new(1)); // refused, in its turn
    back.submit(Buffer::new(64));
    assert_eq!((back.pending(), back.wait_next_complete(SHORT).is_none()), (3, true));
    out.submit(b"a".as_slice().into());
    assert_eq!(&back.wait_next_complete(SECOND).unwrap().buffer[..], b"a");
    let refused = back.wait_next_complete(SECOND).unwrap();
    assert_eq!(refused.status, Err(TransferError::InvalidArgument));
    back.cancel_all();
    let cancelled = back.wait_next_complete(SECOND).unwrap();
    assert_eq!((cancelled.status, back.pending()), (Err(TransferError::Cancelled), 0));
    back.clear_halt().wait().unwrap();
    assert_eq!(bench.state.lock().unwrap().cleared, [0x81]);
    assert_eq!(out.clear_halt().wait().unwrap_err().kind(), ErrorKind::Busy);
}

#[test]
#[should_panic(expected = "submit one first")]
fn waiting_for_no_transfer_is_told() {
    let bench = Bench::new();
    pair(&bench).1.wait_next_complete(SHORT);
}

#[test]
fn what_is_pulled_out_is_disconnected_everywhere() {
    let bench = Bench::new();
    let (info, device) = (bench.info(), bench.open());
    let (mut out, mut back) = pair(&bench);
    back.submit(Buffer::new(64));
    bench.fake.unplug(bench.id);
    let done = back.wait_next_complete(SECOND).unwrap();
    assert_eq!(done.status, Err(TransferError::Disconnected));
    let done = out.transfer_blocking(vec![1].into(), SECOND);
    assert_eq!(done.status, Err(TransferError::Disconnected));
    assert_eq!(info.open().wait().unwrap_err().kind(), ErrorKind::Disconnected);
    assert_eq!(device.claim_interface(1).wait().unwrap_err().kind(), ErrorKind::Disconnected);
    assert_ne!(bench.plug(), bench.id);
    bench.open().claim_interface(0).wait().unwrap();
}

#[test]
fn a_reader_joins_transfers_and_a_writer_splits_them() {
    let bench = Bench::new();
    let (out, back) = pair(&bench);
    let mut writer = out.writer(100).with_num_transfers(2); // 128 bytes a transfer
    let mut reader = back.reader(64).with_num_transfers(3);
    let bytes: Vec<u8> = (0..=255).chain(0..=99).collect();
    writer.write_all(&bytes).unwrap();
    writer.flush().unwrap();
    let mut got = vec![0; bytes.len()];
    reader.read_exact(&mut got).unwrap();
    assert_eq!(got, bytes);

    reader.set_read_timeout(SHORT);
    assert_eq!(reader.read(&mut got).unwrap_err().kind(), IoKind::TimedOut);
    writer.write_all(b"late").unwrap();
    writer.submit();
    assert_eq!(reader.fill_buf().unwrap(), b"late");
    reader.consume(4);
    reader.cancel_all();
    assert_eq!(reader.read(&mut got).unwrap(), 0);
}

#[test]
fn messages_end_with_short_packets() {
    let bench = Bench::new();
    let (out, back) = pair(&bench);
    let (mut writer, mut reader) = (out.writer(64), back.reader(64));
    writer.write_all(&[7; 64]).unwrap();
    writer.flush_end().unwrap(); // with an empty packet
    writer.write_all(b"two").unwrap();
    writer.flush_end().unwrap();
    assert_eq!(bench.state.lock().unwrap().echoed.len(), 3);

    let mut message = Vec::new();
    let mut until = reader.until_short_packet();
    until.consume_end().unwrap_err();
    until.read_to_end(&mut message).unwrap();
    assert_eq!(message, [7; 64]);
    assert!(until.is_end());
    until.consume_end().unwrap();
    until.read_to_end(&mut message).unwrap();
    assert_eq!(&message[64..], b"two");

    reader.cancel_all();
    reader.until_short_packet().consume_end().unwrap();
    let ended = reader.until_short_packet().read(&mut [0]).unwrap_err();
    assert_eq!(ended.kind(), IoKind::UnexpectedEof);
}

#[test]
fn a_writer_waits_when_enough_is_in_flight() {
    let bench = Bench::new();
    bench.device(|device| device.full = true);
    let mut writer = pair(&bench).0.writer(64).with_write_timeout(SHORT);
    writer.write_all(&[1; 64]).unwrap();
    assert_eq!(writer.write(&[2]).unwrap_err().kind(), IoKind::TimedOut);
    bench.device(|device| device.full = false);
    assert_eq!(writer.write(&[2]).unwrap(), 1);
    writer.flush().unwrap();
    assert_eq!(bench.state.lock().unwrap().echoed, [vec![1; 64], vec![2]]);
}

#[test]
fn a_reader_tells_a_stall_after_the_bytes_before_it() {
    let bench = Bench::new();
    let interface = bench.open().claim_interface(0).wait().unwrap();
    let mut reader = interface.endpoint::<Interrupt, In>(0x82).unwrap().reader(8);
    bench.device(|device| device.events.extend([Ok(vec![1]), Err(HostError::Stall)]));
    let mut bytes = [0; 8];
    assert_eq!(reader.read(&mut bytes).unwrap(), 1);
    assert_eq!(reader.read(&mut bytes).unwrap_err().kind(), IoKind::ConnectionReset);
    let mut endpoint = reader.into_inner();
    endpoint.clear_halt().wait().unwrap();
}
