//! `embedded_hal::i2c::I2c`.

use alloc::vec;
use alloc::vec::Vec;

use embedded_hal::i2c::{
    Error as _, ErrorKind, I2c, NoAcknowledgeSource, Operation, SevenBitAddress, TenBitAddress,
};

use crate::{Case, Hardware, Outcome, bad, good, same};

const CHIP: u8 = 0x50;
const READ_ONLY: u8 = 0x51;
const NOBODY: u8 = 0x52;
const CONTENDED: u8 = 0x53;
const TEN_BIT: u16 = 0x050;

/// The most bytes that every host must take in one write.
const LONG: usize = 4096;

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "I2c: what is written is read", run: written_is_read },
        Case { name: "I2c: a transaction's operations happen in order", run: in_order },
        Case { name: "I2c: operations of one direction are one", run: merged },
        Case { name: "I2c: a read follows a write without a STOP", run: repeated_start },
        Case { name: "I2c: 7-bit and 10-bit addresses are different targets", run: widths },
        Case { name: "I2c: a number that is no address reaches nobody", run: no_address },
        Case { name: "I2c: an absent target is told from a refused byte", run: who_refused },
        Case { name: "I2c: a lost arbitration is said, and passes", run: arbitration },
        Case { name: "I2c: nothing to do is done", run: empty },
        Case { name: "I2c: no bytes are a probe", run: probe },
        Case { name: "I2c: a failed transaction leaves what was done before", run: partial },
        Case { name: "I2c: many bytes arrive whole", run: long },
    ]);
}

type Seven<H> = <H as Hardware>::I2c;

fn read<B: I2c<SevenBitAddress>>(
    bus: &mut B,
    register: u8,
    len: usize,
) -> Result<Vec<u8>, B::Error> {
    let mut bytes = vec![0xa5; len];
    bus.write_read(CHIP, &[register], &mut bytes)?;
    Ok(bytes)
}

fn written_is_read<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus: Seven<H> = hardware.i2c();
    good("write", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[0x10, 1, 2, 3]))?;
    same!(good("write_read", read(&mut bus, 0x10, 3))?, [1, 2, 3]);
    good("write", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[0x11]))?;
    let mut bytes = [0; 2];
    good("read", I2c::<SevenBitAddress>::read(&mut bus, CHIP, &mut bytes))?;
    same!(bytes, [2, 3]);
    Ok(())
}

fn in_order<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    let (mut first, mut second) = ([0; 2], [0; 1]);
    let mut operations = [
        Operation::Write(&[0x20, 7, 8, 9]),
        Operation::Read(&mut first),
        Operation::Write(&[0x21]),
        Operation::Read(&mut second),
    ];
    good("write", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[0x23, 5, 6]))?;
    good("transaction", I2c::<SevenBitAddress>::transaction(&mut bus, CHIP, &mut operations))?;
    // After the write of three bytes from 0x20 on, reading goes on at 0x23.
    same!(first, [5, 6]);
    same!(second, [8]);
    Ok(())
}

fn merged<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    // Were the second write a new START, 9 would be a register's address.
    let mut operations = [Operation::Write(&[0x30, 8]), Operation::Write(&[9, 10])];
    good("transaction", I2c::<SevenBitAddress>::transaction(&mut bus, CHIP, &mut operations))?;
    same!(good("write_read", read(&mut bus, 0x30, 3))?, [8, 9, 10]);
    let (mut one, mut two) = ([0; 1], [0; 2]);
    let mut operations =
        [Operation::Write(&[0x30]), Operation::Read(&mut one), Operation::Read(&mut two)];
    good("transaction", I2c::<SevenBitAddress>::transaction(&mut bus, CHIP, &mut operations))?;
    same!((one, two), ([8], [9, 10]));
    Ok(())
}

fn repeated_start<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    good("write", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[0x38, 1, 2]))?;
    let mut byte = [0];
    let mut operations = [Operation::Write(&[0x39]), Operation::Read(&mut byte)];
    good("transaction", I2c::<SevenBitAddress>::transaction(&mut bus, CHIP, &mut operations))?;
    same!(byte, [2]);
    Ok(())
}

fn widths<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    good("7-bit write", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[0x40, 7]))?;
    good("10-bit write", I2c::<TenBitAddress>::write(&mut bus, TEN_BIT, &[0x40, 10]))?;
    let (mut seven, mut ten) = ([0], [0]);
    good("7-bit", I2c::<SevenBitAddress>::write_read(&mut bus, CHIP, &[0x40], &mut seven))?;
    good("10-bit", I2c::<TenBitAddress>::write_read(&mut bus, TEN_BIT, &[0x40], &mut ten))?;
    same!((seven, ten), ([7], [10]));
    Ok(())
}

fn no_address<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    bad("0x80 in 7 bits", I2c::<SevenBitAddress>::write(&mut bus, 0x80, &[0]))?;
    bad("0x400 in 10 bits", I2c::<TenBitAddress>::write(&mut bus, 0x400, &[0]))?;
    // With whatever offset marks 10 bits, this must not become 0x50.
    for offset in [0x6000, 0x5c00, 0xa000] {
        let wrapped = u16::from(CHIP).wrapping_add(offset);
        bad("a wrapped address", I2c::<TenBitAddress>::write(&mut bus, wrapped, &[0x40, 99]))?;
    }
    same!(good("write_read", read(&mut bus, 0x40, 1))?, [7]);
    Ok(())
}

fn who_refused<H: Hardware>(hardware: &mut H) -> Outcome {
    use NoAcknowledgeSource::{Address, Data, Unknown};
    let mut bus = hardware.i2c();
    // A controller may be unable to tell which byte it was.
    let absent = bad("nobody", I2c::<SevenBitAddress>::write(&mut bus, NOBODY, &[0]))?.kind();
    if ![Address, Unknown].map(ErrorKind::NoAcknowledge).contains(&absent) {
        same!(absent, ErrorKind::NoAcknowledge(Address), "nobody");
    }
    let refused = bad("read-only", I2c::<SevenBitAddress>::write(&mut bus, READ_ONLY, &[0, 1]))?;
    if ![Data, Unknown].map(ErrorKind::NoAcknowledge).contains(&refused.kind()) {
        same!(refused.kind(), ErrorKind::NoAcknowledge(Data), "read-only");
    }
    let mut bytes = [0xa5; 2];
    bad("reading nobody", I2c::<SevenBitAddress>::read(&mut bus, NOBODY, &mut bytes))?;
    Ok(())
}

fn arbitration<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    let error = bad("first", I2c::<SevenBitAddress>::write(&mut bus, CONTENDED, &[0]))?;
    same!(error.kind(), ErrorKind::ArbitrationLoss);
    good("second", I2c::<SevenBitAddress>::write(&mut bus, CONTENDED, &[0]))
}

fn empty<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    // Nothing is put on the bus, so nobody can fail to acknowledge.
    good("no operations", I2c::<SevenBitAddress>::transaction(&mut bus, NOBODY, &mut []))
}

fn probe<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    good("probe", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[]))?;
    bad("probe of nobody", I2c::<SevenBitAddress>::write(&mut bus, NOBODY, &[]))?;
    Ok(())
}

fn partial<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    good("write", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &[0x50, 1]))?;
    bad("refused", I2c::<SevenBitAddress>::write(&mut bus, READ_ONLY, &[0x50, 1, 2, 3]))?;
    same!(good("write_read", read(&mut bus, 0x50, 1))?, [1]);
    Ok(())
}

fn long<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut bus = hardware.i2c();
    // The chip has 256 registers: the last 256 bytes stay.
    let mut bytes: Vec<u8> = (0..LONG).map(|n| (n % 251) as u8).collect();
    bytes.insert(0, 0);
    good("write", I2c::<SevenBitAddress>::write(&mut bus, CHIP, &bytes))?;
    let stay: Vec<u8> = bytes[1 + LONG - 256..].to_vec();
    same!(good("write_read", read(&mut bus, 0, 256))?, stay);
    let around = good("write_read", read(&mut bus, 0, LONG))?;
    same!(around[LONG - 256..], stay[..]);
    Ok(())
}
