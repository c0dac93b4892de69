//! Servers that lie to the client.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use crate::cable::tests::host::*;
use crate::usbip::wire::*;
use crate::usbip::{Client, ConnectError};
use crate::{Request, Setup, Transfer, UsbError, UsbHost};

/// A server that says the same to each new client and closes.
fn says(bytes: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = Operation::read(&mut stream);
            let _ = stream.write_all(&bytes);
        }
    });
    address
}

fn refused(bytes: Vec<u8>) -> ConnectError {
    Client::connect(&says(bytes).to_string()).err().unwrap()
}

#[test]
fn a_list_that_is_none_is_an_error() {
    let wire = |error| match error {
        ConnectError::Talk { source: ReadError::Wire(error), .. } => error,
        other => panic!("{other}"),
    };
    let error = wire(refused(vec![1, 6, 0, 5, 0, 0, 0, 0]));
    assert_eq!(error, WireError::Version { found: 0x0106 });
    let error = wire(refused(vec![1, 0x11, 0, 3, 0, 0, 0, 0]));
    assert_eq!(error, WireError::Code { found: 3 });
    let endless = [vec![1, 0x11, 0, 5, 0, 0, 0, 0], vec![0xff; 4], vec![0; 4000]].concat();
    assert_eq!(wire(refused(endless)), WireError::Devices { found: u32::MAX });
    let error = refused(vec![1, 0x11, 0, 5, 0, 0, 0, 1]);
    assert!(matches!(error, ConnectError::Refused { status: 1, .. }), "{error}");
    for cut in [vec![], vec![1, 0x11, 0, 5], vec![1, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, b'/']] {
        let error = refused(cut);
        assert!(matches!(error, ConnectError::Talk { source: ReadError::Closed, .. }), "{error}");
    }
}

/// A device with one interface and a bulk endpoint in each direction.
const DEVICE: [u8; 18] = [18, 1, 0, 2, 0, 0, 0, 64, 1, 0x20, 2, 0x20, 0, 1, 0, 0, 0, 1];
const CONFIGURATION: [u8; 32] = [
    9, 2, 32, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 2, 0xff, 0, 0, 0, 7, 5, 0x81, 2, 64, 0, 0, 7, 5,
    0x01, 2, 64, 0, 0,
];

fn exported() -> Exported {
    Exported {
        bus_id: "1-1".to_owned(),
        bus: 1,
        device: 2,
        speed: 2,
        vendor: 0x2001,
        product: 0x2002,
        version: 0x0100,
        configuration: 1,
        configurations: 1,
        interface_count: 1,
        interfaces: vec![[0xff, 0, 0]],
        ..Exported::default()
    }
}

/// A server with a device whose descriptors are served; the rest is up to
/// `answer`, which ends the connection by `false`.
fn server(answer: impl Fn(&mut TcpStream, Command) -> bool + Send + 'static) -> Arc<dyn UsbHost> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            match Operation::read(&mut stream) {
                Ok(Operation::List) => write_list(&[exported()], &mut stream).unwrap(),
                Ok(Operation::Import { .. }) => {
                    write_import(Ok(&exported()), &mut stream).unwrap();
                    while let Ok(command) = Command::read(&mut stream) {
                        if !describe(&mut stream, &command) && !answer(&mut stream, command) {
                            break;
                        }
                    }
                }
                Err(_) => {}
            }
        }
    });
    Client::connect(&address.to_string()).unwrap()
}

/// Answers what asks for descriptors.
fn describe(stream: &mut TcpStream, command: &Command) -> bool {
    let Command::Submit(submit) = command else { return false };
    let descriptor = match submit.setup {
        [0x80, 6, _, 1, ..] => &DEVICE[..],
        [0x80, 6, _, 2, ..] => &CONFIGURATION[..],
        _ => return false,
    };
    let data = &descriptor[..descriptor.len().min(submit.len as usize)];
    reply(submit.seqnum, data).write(stream).unwrap();
    true
}

fn reply(seqnum: u32, data: &[u8]) -> Reply {
    let actual = data.len() as u32;
    Reply::Submit { seqnum, status: 0, actual, data: data.into(), packets: Vec::new() }
}

/// What a transfer of 8 bytes ends as.
fn eight(answer: impl Fn(&mut TcpStream, Command) -> bool + Send + 'static) -> crate::Completed {
    let client = server(answer);
    let (_, device) = device(&client);
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x81).unwrap();
    let completed = read(&mut *pipe, 8);
    if completed.status == Err(UsbError::Gone) {
        let setup = Setup { request_type: 0x80, request: 0, value: 0, index: 0 };
        let request = Request::ControlIn { setup, len: 2 };
        assert_eq!(device.control().submit(Transfer { tag: 0, request }), Err(UsbError::Gone));
    }
    completed
}

fn number(command: &Command) -> u32 {
    match command {
        Command::Submit(submit) => submit.seqnum,
        Command::Unlink { seqnum, .. } => *seqnum,
    }
}

#[test]
fn an_honest_answer_is_taken() {
    let completed =
        eight(|stream, command| reply(number(&command), b"honest").write(stream).is_ok());
    assert_eq!((completed.status, &*completed.data), (Ok(()), &b"honest"[..]));
}

#[test]
fn a_lie_ends_the_connection_as_if_the_device_had_gone() {
    let gone = Err(UsbError::Gone);
    // A number that was never asked.
    let lie = |stream: &mut TcpStream, _| reply(4711, b"lie").write(stream).is_ok();
    assert_eq!(eight(lie).status, gone);
    // More than was asked for.
    let lie = |stream: &mut TcpStream, command| {
        reply(number(&command), b"nine byte").write(stream).is_ok()
    };
    assert_eq!(eight(lie).status, gone);
    // Packets where there are none.
    let lie = |stream: &mut TcpStream, command| {
        let (seqnum, packets) = (number(&command), vec![IsoPacket::default()]);
        let data = Vec::new();
        Reply::Submit { seqnum, status: 0, actual: 0, data, packets }.write(stream).is_ok()
    };
    assert_eq!(eight(lie).status, gone);
    // An answer to a request to cancel that nobody made.
    let lie =
        |stream: &mut TcpStream, _| Reply::Unlink { seqnum: 1, status: 0 }.write(stream).is_ok();
    assert_eq!(eight(lie).status, gone);
    // No message at all, half of one, and none.
    assert_eq!(eight(|stream, _| stream.write_all(&[0xff; 64]).is_ok()).status, gone);
    assert_eq!(eight(|stream, _| stream.write_all(&[0; 30]).is_err()).status, gone);
    assert_eq!(eight(|_, _| false).status, gone);
}

#[test]
fn an_answer_without_its_data_ends_the_connection() {
    let completed = eight(|stream, command| {
        let mut bytes = Vec::new();
        reply(number(&command), b"12345678").write(&mut bytes).unwrap();
        let _ = stream.write_all(&bytes[..50]);
        false
    });
    assert_eq!(completed.status, Err(UsbError::Gone));
}

#[test]
fn a_device_that_lies_about_itself_is_left_out() {
    // No more than its first nine bytes come of the configuration.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            match Operation::read(&mut stream) {
                Ok(Operation::List) => write_list(&[exported()], &mut stream).unwrap(),
                _ => {
                    write_import(Ok(&exported()), &mut stream).unwrap();
                    while let Ok(Command::Submit(submit)) = Command::read(&mut stream) {
                        let data = match submit.setup {
                            [_, 6, _, 1, ..] => &DEVICE[..],
                            _ => &CONFIGURATION[..9],
                        };
                        let data = &data[..data.len().min(submit.len as usize)];
                        reply(submit.seqnum, data).write(&mut stream).unwrap();
                    }
                }
            }
        }
    });
    let client = Client::connect(&address.to_string()).unwrap();
    assert_eq!(client.devices(), []);
}

#[test]
fn a_late_answer_to_a_cancelled_transfer_counts() {
    // Answered first, and then the request to cancel it: as Linux does.
    let client = server(|stream, command| match command {
        Command::Submit(_) => true,
        Command::Unlink { seqnum, victim, .. } => {
            reply(victim, b"late").write(stream).is_ok()
                && Reply::Unlink { seqnum, status: 0 }.write(stream).is_ok()
        }
    });
    let (_, device) = device(&client);
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x81).unwrap();
    pipe.submit(Transfer { tag: 3, request: Request::In { len: 8, room: Vec::new() } }).unwrap();
    pipe.cancel_all();
    let completed = end(&mut *pipe);
    assert_eq!((completed.tag, completed.status, &*completed.data), (3, Ok(()), &b"late"[..]));
}
