//! The marks that the kernel puts among received bytes.
//!
//! With `PARMRK` (`termios(3)`), a byte that arrived damaged is given as 0xff,
//! 0x00 and the byte; a break as 0xff, 0x00, 0x00; and 0xff itself as 0xff,
//! 0xff.

/// A byte, or where one was damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrived {
    Byte(u8),
    Damaged,
}

/// How far into a mark the bytes so far go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Marks {
    #[default]
    Outside,
    Escaped,
    Inside,
}

impl Marks {
    /// What one more byte of the kernel's is, if that is clear with it.
    pub(super) fn next(&mut self, byte: u8) -> Option<Arrived> {
        let (state, arrived) = match (*self, byte) {
            (Self::Outside, 0xff) => (Self::Escaped, None),
            (Self::Outside, byte) => (Self::Outside, Some(Arrived::Byte(byte))),
            (Self::Escaped, 0x00) => (Self::Inside, None),
            // 0xff, or what no kernel writes: then it is taken as it is.
            (Self::Escaped, byte) => (Self::Outside, Some(Arrived::Byte(byte))),
            (Self::Inside, _) => (Self::Outside, Some(Arrived::Damaged)),
        };
        *self = state;
        arrived
    }
}

#[cfg(test)]
mod tests {
    use super::Arrived::{Byte, Damaged};
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<Arrived> {
        let mut marks = Marks::default();
        bytes.iter().filter_map(|byte| marks.next(*byte)).collect()
    }

    #[test]
    fn a_mark_is_one_damaged_byte() {
        assert_eq!(read(b"a\xff\x00bc"), [Byte(b'a'), Damaged, Byte(b'c')]);
        assert_eq!(read(b"\xff\x00\x00\x00"), [Damaged, Byte(0)]);
        assert_eq!(read(b"\xff\xff\x00"), [Byte(0xff), Byte(0)]);
        assert_eq!(read(b"\xff\x00\xff\xff\xff"), [Damaged, Byte(0xff)]);
        assert_eq!(read(b"\xff"), []);
        assert_eq!(read(b"\xff\x00"), []);
    }

    proptest! {
        #[test]
        fn what_the_kernel_writes_is_read_back(
            arrived in prop::collection::vec(prop::option::of(any::<u8>()), 0..100),
        ) {
            let mut written = Vec::new();
            for byte in &arrived {
                match byte {
                    Some(0xff) => written.extend([0xff, 0xff]),
                    Some(byte) => written.push(*byte),
                    None => written.extend([0xff, 0x00, 0x7f]),
                }
            }
            let expected: Vec<_> =
                arrived.iter().map(|byte| byte.map_or(Damaged, Byte)).collect();
            prop_assert_eq!(read(&written), expected);
        }
    }
}
