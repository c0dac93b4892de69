//! Frames as the kernel writes them: `struct can_frame` of
//! `include/uapi/linux/can.h`, and the errors of `linux/can/error.h`.

use crate::{CanError, CanFrame, CanId, CanPayload, MAX_CAN_BYTES};

/// Bytes of a `struct can_frame`: the identifier with its flags in the
/// machine's byte order, the length, three bytes of nothing, 8 bytes of data.
pub(super) const FRAME_BYTES: usize = 16;

const EXTENDED: u32 = 0x8000_0000;
const REMOTE: u32 = 0x4000_0000;
const ERROR: u32 = 0x2000_0000;
const EXTENDED_ID: u32 = 0x1fff_ffff;
const STANDARD_ID: u16 = 0x7ff;

/// The classes of error frames that are asked for (`CAN_ERR_*`).
const CONTROLLER: u32 = 0x04;
const PROTOCOL: u32 = 0x08;
const NO_ACKNOWLEDGE: u32 = 0x20;
const BUS_OFF: u32 = 0x40;
pub(super) const ERRORS: u32 = CONTROLLER | PROTOCOL | NO_ACKNOWLEDGE | BUS_OFF;

/// Of byte 1, if the controller has a problem.
const RECEIVE_OVERFLOW: u8 = 0x01;
/// Of byte 2, if the protocol was violated.
const BIT: u8 = 0x01 | 0x08 | 0x10;
const FORM: u8 = 0x02;
const STUFF: u8 = 0x04;
/// Byte 3: where it was. The checksum and its end, the acknowledge and its end.
const IN_CHECKSUM: [u8; 2] = [0x08, 0x18];
const IN_ACKNOWLEDGE: [u8; 2] = [0x19, 0x1b];

pub(super) type Raw = [u8; FRAME_BYTES];

/// A frame in the kernel's form.
pub(super) fn to_kernel(frame: &CanFrame) -> Raw {
    let id = match frame.id() {
        CanId::Standard(id) => u32::from(id),
        CanId::Extended(id) => id | EXTENDED,
    };
    let (flag, len) = match frame.payload() {
        CanPayload::Data { len, .. } => (0, len),
        CanPayload::Remote(len) => (REMOTE, len),
    };
    let mut raw = [0; FRAME_BYTES];
    raw[..4].copy_from_slice(&(id | flag).to_ne_bytes());
    raw[4] = len;
    for (place, byte) in raw[8..].iter_mut().zip(frame.data()) {
        *place = *byte;
    }
    raw
}

/// What the kernel's frame is: a frame, an error, or nothing that matters.
pub(super) fn from_kernel(raw: &Raw) -> Option<Result<CanFrame, CanError>> {
    let [a, b, c, d, len, _, _, _, data @ ..] = raw;
    let id = u32::from_ne_bytes([*a, *b, *c, *d]);
    if id & ERROR != 0 {
        return error(id, data).map(Err);
    }
    let number = match id & EXTENDED {
        0 => CanId::Standard((id as u16) & STANDARD_ID),
        _ => CanId::Extended(id & EXTENDED_ID),
    };
    let len = usize::from(*len).min(MAX_CAN_BYTES);
    match id & REMOTE {
        0 => CanFrame::new(number, data.get(..len)?),
        _ => CanFrame::remote(number, len),
    }
    .map(Ok)
}

fn error(class: u32, data: &[u8]) -> Option<CanError> {
    let [_, controller, protocol, place, ..] = *data else { return None };
    if class & CONTROLLER != 0 && controller & RECEIVE_OVERFLOW != 0 {
        return Some(CanError::Overrun);
    }
    if class & PROTOCOL != 0 {
        // A wrong checksum has no bit of its own: it is a place.
        return Some(match protocol {
            _ if protocol & STUFF != 0 => CanError::Stuff,
            _ if IN_CHECKSUM.contains(&place) => CanError::Crc,
            _ if IN_ACKNOWLEDGE.contains(&place) => CanError::Acknowledge,
            _ if protocol & FORM != 0 => CanError::Form,
            _ if protocol & BIT != 0 => CanError::Bit,
            _ if class & NO_ACKNOWLEDGE != 0 => CanError::Acknowledge,
            _ => CanError::Other,
        });
    }
    if class & NO_ACKNOWLEDGE != 0 {
        return Some(CanError::Acknowledge);
    }
    // What else a controller tells of itself are warnings.
    (class & BUS_OFF != 0).then_some(CanError::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(id: u32, len: u8, data: [u8; 8]) -> Raw {
        let mut raw = [0; FRAME_BYTES];
        raw[..4].copy_from_slice(&id.to_ne_bytes());
        raw[4] = len;
        raw[8..].copy_from_slice(&data);
        raw
    }

    #[test]
    fn frames_are_the_kernels() {
        let data = CanFrame::new(CanId::Standard(0x123), &[1, 2, 3]).unwrap();
        assert_eq!(to_kernel(&data), raw(0x123, 3, [1, 2, 3, 0, 0, 0, 0, 0]));
        let long = CanFrame::new(CanId::Extended(0x1abc_def0), &[9; 8]).unwrap();
        assert_eq!(to_kernel(&long), raw(0x9abc_def0, 8, [9; 8]));
        let request = CanFrame::remote(CanId::Standard(0x7ff), 4).unwrap();
        assert_eq!(to_kernel(&request), raw(0x4000_07ff, 4, [0; 8]));
    }

    #[test]
    fn each_error_frame_is_the_error_it_tells_of() {
        use CanError::{Acknowledge, Bit, Crc, Form, Other, Overrun, Stuff};
        let frame = |class: u32, controller, protocol, place| {
            let data = [0, controller, protocol, place, 0, 0, 0, 0];
            from_kernel(&raw(0x2000_0000 | class, 8, data))
        };
        // The numbers of linux/can/error.h, written out.
        for (class, controller, protocol, place, expected) in [
            (0x04, 0x01, 0, 0, Some(Overrun)),
            (0x04, 0x20, 0, 0, None),           // warning level
            (0x04, 0x02, 0, 0, None),           // transmit buffer overflow
            (0x88, 0, 0x04, 0x0a, Some(Stuff)), // with CAN_ERR_BUSERROR
            (0x88, 0, 0x02, 0x1a, Some(Form)),  // end of frame
            (0x88, 0, 0x02, 0x18, Some(Crc)),   // checksum delimiter
            (0x88, 0, 0x00, 0x08, Some(Crc)),
            (0x88, 0, 0x80, 0x19, Some(Acknowledge)), // acknowledge slot, sending
            (0x88, 0, 0x01, 0x02, Some(Bit)),
            (0x88, 0, 0x08, 0x02, Some(Bit)),
            (0x88, 0, 0x10, 0x02, Some(Bit)),
            (0x88, 0, 0x20, 0x00, Some(Other)), // overload
            (0x20, 0, 0, 0, Some(Acknowledge)),
            (0xa8, 0, 0, 0, Some(Acknowledge)),
            (0x40, 0, 0, 0, Some(Other)), // bus off
            (0x02, 0, 0, 0, None),        // lost arbitration
            (0x100, 0, 0, 0, None),       // started again
        ] {
            assert_eq!(
                frame(class, controller, protocol, place),
                expected.map(Err),
                "{class:#x} {protocol:#x} {place:#x}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_is_what_is_received(
            standard in 0..=0x7ffu16,
            extended in prop::option::of(0..=0x1fff_ffffu32),
            data in prop::collection::vec(any::<u8>(), 0..=8),
            remote: bool,
        ) {
            let id = extended.map_or(CanId::Standard(standard), CanId::Extended);
            let frame = match remote {
                true => CanFrame::remote(id, data.len()),
                false => CanFrame::new(id, &data),
            };
            let frame = frame.unwrap();
            prop_assert_eq!(from_kernel(&to_kernel(&frame)), Some(Ok(frame)));
        }

        #[test]
        fn no_bytes_are_too_odd(bytes: Raw) {
            from_kernel(&bytes);
        }
    }
}
