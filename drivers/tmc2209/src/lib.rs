//! The crates.io driver `tmc2209`, untouched, as a component.
#![no_std]

use bindings::exports::periplasm::device::motor;
use bindings::line;
use embedded_io::Read;
use periplasm_driver::{Device, Error, SerialWithin};
use tmc2209::reg::{CHOPCONF, GCONF, IFCNT, IOIN, VACTUAL};
use tmc2209::{ReadableRegister, Reader, WritableRegister};

periplasm_driver::driver!(Stepper);

struct Stepper;

const ADDRESS: u8 = 0;
/// Full speed: 1600 microsteps a second (2237 · 12 MHz / 2²⁴), one turn of a
/// motor of 200 steps at 8 microsteps.
const FULL_SPEED: i32 = 2237;
/// The off time of the chopper that the chip has after reset; 0 switches it off.
const OFF_TIME: u8 = 3;

static CHIP: Device<SerialWithin> = Device::new(|| {
    let mut line = line::open().within_ms(100);
    if read::<IOIN>(&mut line)?.version() != 0x21 {
        return Err(Error::InvalidData);
    }
    let mut conf = GCONF::default();
    conf.set_pdn_disable(true);
    write(&mut line, conf)?;
    Ok(line)
});

fn read<R: ReadableRegister>(line: &mut SerialWithin) -> Result<R, Error> {
    tmc2209::send_read_request::<R, _>(ADDRESS, &mut *line)?;
    // What was sent comes back first. Noise has an end too.
    let (mut reader, mut bytes) = (Reader::default(), [0; 16]);
    for _ in 0..16 {
        let len = line.read(&mut bytes)?;
        if let (_, Some(reply)) = reader.read_response(&bytes[..len]) {
            return reply.register().map_err(|_| Error::InvalidData);
        }
    }
    Err(Error::InvalidData)
}

/// Writes, and asks the chip whether it took it.
fn write(line: &mut SerialWithin, register: impl WritableRegister) -> Result<(), Error> {
    let before = read::<IFCNT>(line)?.get();
    tmc2209::send_write_request(ADDRESS, register, &mut *line)?;
    let taken = read::<IFCNT>(line)?.get() == before.wrapping_add(1);
    if taken { Ok(()) } else { Err(Error::InvalidData) }
}

fn turn(speed: i32, off_time: u8) -> Result<(), Error> {
    CHIP.with(|line| {
        let mut conf = read::<CHOPCONF>(line)?;
        conf.set_toff(off_time.into());
        write(line, conf)?;
        let mut velocity = VACTUAL::default();
        velocity.set(speed * FULL_SPEED / 1000);
        write(line, velocity)
    })
}

impl motor::Guest for Stepper {
    fn drive(speed: i16) -> Result<(), Error> {
        match speed {
            0 => turn(0, 0),
            -1000..=1000 => turn(speed.into(), OFF_TIME),
            _ => Err(Error::InvalidData),
        }
    }

    fn brake() -> Result<(), Error> {
        turn(0, OFF_TIME)
    }
}
