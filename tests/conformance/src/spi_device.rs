//! `embedded_hal::spi::SpiDevice`.

use alloc::vec;
use alloc::vec::Vec;

use embedded_hal::spi::{Error as _, ErrorKind, Operation, SpiDevice};

use crate::{Case, Hardware, Outcome, bad, good, same};

/// Reads, with bit 7 of the address.
const READ: u8 = 0x80;

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "SpiDevice: what is written is read", run: written_is_read },
        Case { name: "SpiDevice: chip select is held for a transaction", run: held },
        Case { name: "SpiDevice: chip select is released between two", run: released },
        Case { name: "SpiDevice: chip select is held through a delay", run: delayed },
        Case { name: "SpiDevice: a transfer is both ways at once", run: transfer },
        Case { name: "SpiDevice: a transfer in place is both ways at once", run: in_place },
        Case { name: "SpiDevice: sides of different lengths go on alone", run: uneven },
        Case { name: "SpiDevice: no bytes and no operations are fine", run: empty },
        Case { name: "SpiDevice: an overrun is said, and passes", run: overrun },
        Case { name: "SpiDevice: what is too long is refused whole", run: too_long },
        Case { name: "SpiDevice: 4096 bytes and one more arrive whole", run: long },
    ]);
}

fn read<D: SpiDevice>(device: &mut D, register: u8, len: usize) -> Result<Vec<u8>, D::Error> {
    let mut bytes = vec![0xa5; len];
    device.transaction(&mut [Operation::Write(&[register | READ]), Operation::Read(&mut bytes)])?;
    Ok(bytes)
}

fn written_is_read<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    good("write", SpiDevice::write(&mut device, &[0x10, 1, 2, 3]))?;
    same!(good("read", read(&mut device, 0x10, 3))?, [1, 2, 3]);
    Ok(())
}

fn held<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    let (mut one, mut two) = ([0; 2], [0; 1]);
    let mut operations =
        [Operation::Write(&[0x10 | READ]), Operation::Read(&mut one), Operation::Read(&mut two)];
    good("transaction", SpiDevice::transaction(&mut device, &mut operations))?;
    same!((one, two), ([1, 2], [3]));
    let mut operations = [Operation::Write(&[0x18, 4]), Operation::Write(&[5])];
    good("transaction", SpiDevice::transaction(&mut device, &mut operations))?;
    same!(good("read", read(&mut device, 0x18, 2))?, [4, 5]);
    Ok(())
}

fn released<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    good("write", SpiDevice::write(&mut device, &[0x20, 6]))?;
    // Were it still selected, these two would be data for 0x21 and 0x22.
    good("write", SpiDevice::write(&mut device, &[0x28, 7]))?;
    same!(good("read", read(&mut device, 0x28, 1))?, [7]);
    same!(good("read", read(&mut device, 0x20, 1))?, [6]);
    Ok(())
}

fn delayed<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    let mut byte = [0];
    let mut operations = [
        Operation::Write(&[0x20 | READ]),
        Operation::DelayNs(2_000),
        Operation::Read(&mut byte),
        Operation::DelayNs(0),
    ];
    good("transaction", SpiDevice::transaction(&mut device, &mut operations))?;
    same!(byte, [6]);
    Ok(())
}

fn transfer<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    good("write", SpiDevice::write(&mut device, &[0x30, 1, 2, 3]))?;
    let mut bytes = [0; 4];
    good("transfer", SpiDevice::transfer(&mut device, &mut bytes, &[0x30 | READ, 0, 0, 0]))?;
    // What comes in while the address goes out is the chip's own affair.
    same!(bytes[1..], [1, 2, 3]);
    Ok(())
}

fn in_place<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    let mut bytes = [0x30 | READ, 9, 9];
    good("transfer_in_place", SpiDevice::transfer_in_place(&mut device, &mut bytes))?;
    same!(bytes[1..], [1, 2]);
    Ok(())
}

fn uneven<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    let mut longer = [0; 4];
    good("a longer read", SpiDevice::transfer(&mut device, &mut longer, &[0x30 | READ]))?;
    same!(longer[1..], [1, 2, 3]);
    let mut shorter = [0; 2];
    good("a longer write", SpiDevice::transfer(&mut device, &mut shorter, &[0x38, 1, 2, 3]))?;
    same!(good("read", read(&mut device, 0x38, 3))?, [1, 2, 3]);
    Ok(())
}

fn empty<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    good("no operations", SpiDevice::transaction(&mut device, &mut []))?;
    good("no bytes to write", SpiDevice::write(&mut device, &[]))?;
    good("no bytes to read", SpiDevice::read(&mut device, &mut []))?;
    let mut operations = [
        Operation::Write(&[0x30 | READ]),
        Operation::Read(&mut []),
        Operation::Write(&[]),
        Operation::Transfer(&mut [], &[]),
        Operation::TransferInPlace(&mut []),
    ];
    good("operations of no bytes", SpiDevice::transaction(&mut device, &mut operations))
}

fn overrun<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.faulty_spi();
    let error = bad("first", SpiDevice::write(&mut device, &[0x10, 1]))?;
    same!(error.kind(), ErrorKind::Overrun);
    good("second", SpiDevice::write(&mut device, &[0x10, 1]))
}

fn too_long<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.short_spi();
    good("64 bytes", SpiDevice::write(&mut device, &[0; 64]))?;
    let mut more = [1; 65];
    more[0] = 0;
    bad("65 bytes", SpiDevice::write(&mut device, &more))?;
    same!(good("read", read(&mut device, 0, 1))?, [0], "a byte of what was refused");
    Ok(())
}

fn long<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut device = hardware.spi();
    for len in [4095, 4096, 4097, 65_536] {
        // 128 registers: the last 128 bytes stay.
        let mut bytes: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
        bytes.insert(0, 0);
        good("write", SpiDevice::write(&mut device, &bytes))?;
        let around = good("read", read(&mut device, 0, 128))?;
        for (register, found) in (0..128).zip(around) {
            let last = (len - 128..len).find(|place| place % 128 == register);
            same!(Some(found), last.map(|place| (place % 251) as u8));
        }
    }
    Ok(())
}
