//! Known answers are the captures at the end of the kernel's
//! `Documentation/usb/usbip_protocol.rst`.

use proptest::prelude::*;

use super::*;

/// Bytes of groups of hexadecimal digits.
fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    assert_eq!(digits.len() % 2, 0);
    (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

const IN: &str = "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff
                  00000000 00000004 00000000 00000000";
const OUT: &str = "00000001 00000d06 0001000f 00000000 00000001 00000000 00000040 ffffffff
                   00000000 00000004 00000000 00000000";
const OUT_DATA: &str = "ffffffff860008a784ce5ae212376300000000000000000000000000000000000000000000
                        000000000000000000000000000000000000000000000000000000";
const RET_OUT: &str = "00000003 00000d06 00000000 00000000 00000000 00000000 00000040 ffffffff
                       00000000 00000000 00000000 00000000";
const RET_IN: &str = "00000003 00000d05 00000000 00000000 00000000 00000000 00000040 ffffffff
                      00000000 00000000 00000000 00000000";
const IN_DATA: &str = "ffffffff860011a784ce5ae2123763612891b10201000004000000000000000000000000000
                       00000000000000000000000000000000000000000000000000000";

/// In the captures the word of `start_frame` is all ones, and that of the
/// packets is 0: an older kernel's way to say "not isochronous".
fn ours(capture: &str) -> Vec<u8> {
    let mut bytes = hex(capture);
    bytes[28..36].copy_from_slice(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    bytes
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    bytes
}

fn interrupt(input: bool, data: Vec<u8>) -> Submit {
    Submit {
        seqnum: if input { 0xd05 } else { 0xd06 },
        device: 0x1_000f,
        input,
        endpoint: 1,
        flags: if input { flags::DIR_IN } else { 0 },
        len: 64,
        interval: 4,
        data,
        ..Submit::default()
    }
}

#[test]
fn the_captured_submissions_are_read_and_written() {
    let mut asked = interrupt(true, Vec::new());
    assert_eq!(written(|to| Command::Submit(asked.clone()).write(to)), ours(IN));
    asked.start_frame = u32::MAX;
    assert_eq!(Command::read(&mut &hex(IN)[..]).unwrap(), Command::Submit(asked));

    let mut asked = interrupt(false, hex(OUT_DATA));
    assert_eq!(asked.data.len(), 64);
    let whole = [ours(OUT), hex(OUT_DATA)].concat();
    assert_eq!(written(|to| Command::Submit(asked.clone()).write(to)), whole);
    asked.start_frame = u32::MAX;
    let whole = [hex(OUT), hex(OUT_DATA)].concat();
    assert_eq!(Command::read(&mut &whole[..]).unwrap(), Command::Submit(asked));
}

fn read_reply(bytes: &[u8], asked: &Submit) -> Result<Reply, ReadError> {
    let (head, mut body) = bytes.split_first_chunk().ok_or(ReadError::Closed)?;
    ReplyHead::parse(head)?.read_body(asked, &mut body, Vec::new())
}

#[test]
fn the_captured_answers_are_read_and_written() {
    let answer =
        |seqnum, data| Reply::Submit { seqnum, status: 0, actual: 64, data, packets: Vec::new() };
    let out = answer(0xd06, Vec::new());
    assert_eq!(written(|to| out.write(to)), ours(RET_OUT));
    assert_eq!(read_reply(&hex(RET_OUT), &interrupt(false, Vec::new())).unwrap(), out);

    let input = answer(0xd05, hex(IN_DATA));
    assert_eq!(written(|to| input.write(to)), [ours(RET_IN), hex(IN_DATA)].concat());
    let bytes = [hex(RET_IN), hex(IN_DATA)].concat();
    assert_eq!(read_reply(&bytes, &interrupt(true, Vec::new())).unwrap(), input);
}

#[test]
fn an_unlink_names_its_victim_behind_the_common_head() {
    let command = Command::Unlink { seqnum: 8, device: 0x1_0002, victim: 7 };
    let bytes = written(|to| command.write(to));
    let head = hex("00000002 00000008 00010002 00000000 00000000 00000007");
    assert_eq!(bytes, [head, vec![0; 24]].concat());
    assert_eq!(Command::read(&mut &bytes[..]).unwrap(), command);

    let reply = Reply::Unlink { seqnum: 8, status: -104 };
    let bytes = written(|to| reply.write(to));
    let head = hex("00000004 00000008 00000000 00000000 00000000 ffffff98");
    assert_eq!(bytes, [head, vec![0; 24]].concat());
    assert_eq!(read_reply(&bytes, &Submit::default()).unwrap(), reply);
}

#[test]
fn operations_have_the_documented_offsets() {
    assert_eq!(written(|to| Operation::List.write(to)), hex("0111 8005 00000000"));
    let import = Operation::Import { bus_id: "3-2".to_owned() };
    let bytes = written(|to| import.write(to));
    assert_eq!(bytes[..11], [&hex("0111 8003 00000000")[..], b"3-2"].concat());
    assert_eq!((bytes.len(), &bytes[11..]), (40, &[0; 29][..]));
    assert_eq!(Operation::read(&mut &bytes[..]).unwrap(), import);

    let device = Exported {
        path: "/sys/devices/pci0000:00/0000:00:1d.1/usb3/3-2".to_owned(),
        bus_id: "3-2".to_owned(),
        bus: 3,
        device: 2,
        speed: 3,
        vendor: 0x16c0,
        product: 0x05dc,
        version: 0x0100,
        class: [0xef, 2, 1],
        configuration: 1,
        configurations: 2,
        interface_count: 2,
        interfaces: vec![[2, 2, 1], [10, 0, 0]],
    };
    let list = written(|to| write_list(&[device.clone(), device.clone()], to));
    assert_eq!(list[..12], hex("0111 0005 00000000 00000002"));
    assert_eq!(list[0x10c..0x10f], *b"3-2");
    assert_eq!(list[0x12c..0x144], hex("00000003 00000002 00000003 16c0 05dc 0100 ef0201 010202"));
    assert_eq!(list[0x144..0x14c], hex("02020100 0a000000"));
    assert_eq!(list.len(), 0xc + 2 * (0x138 + 8));
    assert_eq!(read_list(&mut &list[..]).unwrap(), Ok(vec![device.clone(), device.clone()]));

    let alone = Exported { interfaces: Vec::new(), ..device };
    let import = written(|to| write_import(Ok(&alone), to));
    assert_eq!((import.len(), import[0x13f]), (0x140, 2));
    assert_eq!(read_import(&mut &import[..]).unwrap(), Ok(alone));
    let refused = written(|to| write_import(Err(1), to));
    assert_eq!(refused, hex("0111 0003 00000001"));
    assert_eq!(read_import(&mut &refused[..]).unwrap(), Err(1));
}

#[test]
fn isochronous_packets_follow_the_data_without_gaps() {
    let packets = [(0, 4, 4, 0), (4, 4, 0, -84), (8, 4, 2, 0)]
        .map(|(offset, length, actual, status)| IsoPacket { offset, length, actual, status });
    let asked = Submit {
        input: true,
        len: 12,
        packets: packets.map(|packet| IsoPacket { actual: 0, status: 0, ..packet }).into(),
        ..Submit::default()
    };
    let data = vec![1, 2, 3, 4, 5, 6];
    let reply = Reply::Submit { seqnum: 0, status: 0, actual: 6, data, packets: packets.into() };
    let bytes = written(|to| reply.write(to));
    assert_eq!(bytes[32..40], hex("00000003 00000001"));
    assert_eq!(bytes.len(), 48 + 6 + 3 * 16);
    assert_eq!(bytes[48 + 6 + 16..][..16], hex("00000004 00000004 00000000 ffffffac"));
    assert_eq!(read_reply(&bytes, &asked).unwrap(), reply);
}

/// What is said to a message with a word replaced.
fn lie(message: &str, at: usize, word: u32) -> WireError {
    let mut bytes = hex(message);
    bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
    let error = match hex(message)[3] {
        3 => read_reply(&bytes, &interrupt(true, Vec::new())).unwrap_err(),
        _ => Command::read(&mut &bytes[..]).unwrap_err(),
    };
    match error {
        ReadError::Wire(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lies_are_told_before_memory_is_asked_for() {
    assert_eq!(lie(IN, 0, 9), WireError::Code { found: 9 });
    assert_eq!(lie(IN, 12, 2), WireError::Direction { found: 2 });
    assert_eq!(lie(IN, 16, 16), WireError::Endpoint { found: 16 });
    let limit = MAX_TRANSFER;
    assert_eq!(lie(OUT, 24, u32::MAX), WireError::Transfer { found: u32::MAX, limit });
    assert_eq!(lie(OUT, 32, 1025), WireError::Packets { found: 1025, limit: 1024 });
    assert_eq!(lie(RET_IN, 24, 65), WireError::Transfer { found: 65, limit: 64 });
    assert_eq!(lie(RET_IN, 32, 1), WireError::Packets { found: 1, limit: 0 });

    let mut list = hex("0111 0005 00000000 ffffffff");
    let error = read_list(&mut &list[..]).unwrap_err();
    assert!(matches!(error, ReadError::Wire(WireError::Devices { found: u32::MAX })), "{error:?}");
    list[1] = 0x06;
    let error = read_list(&mut &list[..]).unwrap_err();
    assert!(matches!(error, ReadError::Wire(WireError::Version { found: 0x0106 })), "{error:?}");
    let import = [hex("0111 8003 00000000"), vec![b'x'; 32]].concat();
    let error = Operation::read(&mut &import[..]).unwrap_err();
    assert!(matches!(error, ReadError::Wire(WireError::Text)), "{error:?}");
}

#[test]
fn a_packet_outside_its_transfer_is_refused() {
    let packet = IsoPacket { offset: u32::MAX, length: 2, actual: 0, status: 0 };
    let submit = Submit { input: true, len: 8, packets: vec![packet], ..Submit::default() };
    let bytes = written(|to| Command::Submit(submit).write(to));
    let error = Command::read(&mut &bytes[..]).unwrap_err();
    assert!(matches!(error, ReadError::Wire(WireError::Packet { len: 8 })), "{error:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_an_error(
        code in prop::sample::select(vec![0u32, 1, 2, 3, 4, 0x0111_8003, 0x0111_8005, 0x0111_0005]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let bytes = [&code.to_be_bytes()[..], &rest].concat();
        let _ = Operation::read(&mut &bytes[..]);
        let _ = read_list(&mut &bytes[..]);
        let _ = read_import(&mut &bytes[..]);
        let _ = read_reply(&bytes, &interrupt(true, Vec::new()));
        if let Ok(command) = Command::read(&mut &bytes[..]) {
            // What is read is written, and read again, as the same.
            let again = written(|to| command.write(to));
            prop_assert_eq!(Command::read(&mut &again[..]).unwrap(), command);
        }
    }

    #[test]
    fn every_submission_survives(
        seqnum: u32, input: bool, endpoint in 0u8..16, setup: [u8; 8],
        lengths in prop::collection::vec(0u32..64, 0..20), flags: u32,
    ) {
        let mut offset = 0;
        let mut packets = Vec::new();
        for length in lengths {
            packets.push(IsoPacket { offset, length, actual: 0, status: 0 });
            offset += length;
        }
        let data = if input { Vec::new() } else { vec![0xa5; offset as usize] };
        let submit = Submit {
            seqnum, input, endpoint, setup, flags, len: offset, data, packets,
            ..Submit::default()
        };
        let command = Command::Submit(submit);
        let bytes = written(|to| command.write(to));
        prop_assert_eq!(Command::read(&mut &bytes[..]).unwrap(), command);
        for cut in 0..bytes.len() {
            let error = Command::read(&mut &bytes[..cut]).unwrap_err();
            prop_assert!(matches!(error, ReadError::Closed));
        }
    }
}
