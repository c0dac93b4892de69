//! `embedded_can`, blocking and nb, with a peer that answers each frame with
//! the same data under the next identifier.

use alloc::vec::Vec;

use embedded_can::{ExtendedId, Frame, Id, StandardId, blocking, nb as can_nb};

use crate::{Case, Hardware, Outcome, good, same};

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "embedded-can: a frame is answered", run: answered },
        Case { name: "embedded-can: 11-bit and 29-bit identifiers are different", run: widths },
        Case { name: "embedded-can: none and eight bytes are carried", run: lengths },
        Case { name: "embedded-can nb: nothing to receive would block", run: would_block },
        Case { name: "embedded-can nb: frames come in the order in which they went", run: order },
    ]);
}

fn standard(id: u16) -> Id {
    StandardId::new(id).unwrap_or(StandardId::ZERO).into()
}

fn extended(id: u32) -> Id {
    ExtendedId::new(id).unwrap_or(ExtendedId::ZERO).into()
}

type FrameOf<H> = <<H as Hardware>::Can as blocking::Can>::Frame;

fn ask<H: Hardware>(
    hardware: &mut H,
    id: Id,
    data: &[u8],
) -> Result<FrameOf<H>, alloc::string::String> {
    let mut can = hardware.can();
    let frame = <FrameOf<H> as Frame>::new(id, data).ok_or("Frame::new refused a good frame")?;
    good("transmit", blocking::Can::transmit(&mut can, &frame))?;
    good("receive", blocking::Can::receive(&mut can))
}

fn answered<H: Hardware>(hardware: &mut H) -> Outcome {
    let answer = ask(hardware, standard(0x123), &[1, 2, 3])?;
    same!(answer.id(), standard(0x124));
    same!(answer.data(), [1, 2, 3]);
    same!((answer.dlc(), answer.is_remote_frame()), (3, false));
    Ok(())
}

fn widths<H: Hardware>(hardware: &mut H) -> Outcome {
    same!(ask(hardware, extended(0x123), &[4])?.id(), extended(0x124));
    same!(ask(hardware, extended(0x1fff_fffe), &[4])?.id(), extended(0x1fff_ffff));
    Ok(())
}

fn lengths<H: Hardware>(hardware: &mut H) -> Outcome {
    same!(ask(hardware, standard(1), &[])?.data(), []);
    same!(ask(hardware, standard(1), &[1, 2, 3, 4, 5, 6, 7, 8])?.data(), [1, 2, 3, 4, 5, 6, 7, 8]);
    let nine = <FrameOf<H> as Frame>::new(standard(1), &[0; 9]);
    same!(nine.is_none(), true, "a frame of nine bytes");
    Ok(())
}

fn would_block<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut can = hardware.can();
    match can_nb::Can::receive(&mut can) {
        Err(nb::Error::WouldBlock) => Ok(()),
        Err(error) => Err(alloc::format!("found {error:?}, expected WouldBlock")),
        Ok(_) => Err("found a frame that nobody sent".into()),
    }
}

fn order<H: Hardware>(hardware: &mut H) -> Outcome {
    type NbFrame<H> = <<H as Hardware>::Can as can_nb::Can>::Frame;
    let mut can = hardware.can();
    for number in 0..8 {
        let frame = <NbFrame<H> as Frame>::new(standard(0x10), &[number]);
        let frame = frame.ok_or("Frame::new refused a good frame")?;
        good("transmit", nb::block!(can_nb::Can::transmit(&mut can, &frame)))?;
    }
    for number in 0..8 {
        let frame = good("receive", nb::block!(can_nb::Can::receive(&mut can)))?;
        same!(frame.data(), [number]);
    }
    Ok(())
}
