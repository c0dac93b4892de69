//! embedded-io 0.6 and 0.7, and `embedded_hal_nb::serial`, with the port's
//! output wired to its input.

use alloc::vec;
use alloc::vec::Vec;

use embedded_hal_nb::serial::{Error as _, ErrorKind};

use crate::{Case, Hardware, Outcome, bad, good, same};

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "embedded-io 0.7: what is written is read", run: seven },
        Case { name: "embedded-io 0.6: what is written is read", run: six },
        Case { name: "embedded-io: a read takes what is there and no more", run: what_is_there },
        Case { name: "embedded-io: no bytes are read and written at once", run: empty },
        Case { name: "embedded-io: 4096 bytes arrive whole and in order", run: long },
        Case { name: "serial nb: nothing to read would block", run: would_block },
        Case { name: "serial nb: what is written is read", run: nb_written },
        Case { name: "serial: a wrong parity is said once, and the next byte is read", run: noisy },
    ]);
}

fn seven<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_io::{Read, ReadReady, Write};
    let mut port = hardware.serial();
    same!(good("read_ready", port.read_ready())?, false);
    good("write_all", port.write_all(b"plasm"))?;
    good("flush", port.flush())?;
    let mut bytes = [0; 5];
    good("read_exact", port.read_exact(&mut bytes))?;
    same!(&bytes, b"plasm");
    same!(good("read_ready", port.read_ready())?, false);
    Ok(())
}

fn six<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_io_06::{Read, ReadReady, Write};
    let mut port = hardware.serial();
    good("write_all", port.write_all(b"peri"))?;
    good("flush", port.flush())?;
    let mut bytes = [0; 4];
    good("read_exact", port.read_exact(&mut bytes))?;
    same!(&bytes, b"peri");
    same!(good("read_ready", port.read_ready())?, false);
    Ok(())
}

fn what_is_there<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_io::{Read, ReadReady, Write};
    let mut port = hardware.serial();
    good("write_all", port.write_all(&[1, 2, 3]))?;
    good("flush", port.flush())?;
    let mut taken = Vec::new();
    while taken.len() < 3 {
        // It may come in pieces, but a read must not wait for a full buffer.
        let mut buffer = [0; 64];
        let count = good("read", port.read(&mut buffer))?;
        if count == 0 {
            return Err("read returned 0 for a buffer that is not empty".into());
        }
        taken.extend_from_slice(&buffer[..count]);
    }
    same!(taken, [1, 2, 3]);
    same!(good("read_ready", port.read_ready())?, false);
    Ok(())
}

fn empty<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_io::{Read, Write};
    let mut port = hardware.serial();
    same!(good("read", Read::read(&mut port, &mut []))?, 0);
    same!(good("write", Write::write(&mut port, &[]))?, 0);
    good("flush", Write::flush(&mut port))
}

fn long<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_io::{Read, Write};
    let mut port = hardware.serial();
    let bytes: Vec<u8> = (0..4096_usize).map(|n| (n % 251) as u8).collect();
    // No more at once than a port's queue holds.
    for part in bytes.chunks(256) {
        good("write_all", port.write_all(part))?;
        good("flush", port.flush())?;
        let mut back = vec![0; part.len()];
        good("read_exact", port.read_exact(&mut back))?;
        same!(back, part);
    }
    Ok(())
}

fn would_block<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_hal_nb::serial::Read;
    let mut port = hardware.serial();
    match Read::<u8>::read(&mut port) {
        Err(nb::Error::WouldBlock) => Ok(()),
        other => Err(alloc::format!("found {other:?}, expected WouldBlock")),
    }
}

fn nb_written<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_hal_nb::serial::{Read, Write};
    let mut port = hardware.serial();
    for byte in [0, 0x55, 0xff] {
        good("write", nb::block!(Write::<u8>::write(&mut port, byte)))?;
    }
    good("flush", nb::block!(Write::<u8>::flush(&mut port)))?;
    for byte in [0, 0x55, 0xff] {
        same!(good("read", nb::block!(Read::<u8>::read(&mut port)))?, byte);
    }
    Ok(())
}

fn noisy<H: Hardware>(hardware: &mut H) -> Outcome {
    use embedded_hal_nb::serial::{Read, Write};
    let mut port = hardware.noisy_serial();
    for byte in [7, 8] {
        good("write", nb::block!(Write::<u8>::write(&mut port, byte)))?;
    }
    good("flush", nb::block!(Write::<u8>::flush(&mut port)))?;
    let error = bad("first", nb::block!(Read::<u8>::read(&mut port)))?;
    same!(error.kind(), ErrorKind::Parity);
    good("second", nb::block!(Read::<u8>::read(&mut port)))?;
    Ok(())
}
