//! The bytes of a transaction, in one row for each direction.

use embedded_hal::spi::Operation;

use super::plan;

/// All that is sent, in the order of the operations; zeros where a transfer
/// receives more than it sends.
pub(super) fn gather(operations: &[Operation<'_, u8>], sent: &mut Vec<u8>) {
    sent.clear();
    for operation in operations {
        let (direction, len) = plan::shape(operation);
        if !direction.writes() {
            continue;
        }
        let end = sent.len() + len;
        match operation {
            Operation::Write(bytes) | Operation::Transfer(_, bytes) => {
                sent.extend_from_slice(bytes);
            }
            Operation::TransferInPlace(buffer) => sent.extend_from_slice(buffer),
            Operation::Read(_) | Operation::DelayNs(_) => {}
        }
        sent.resize(end, 0);
    }
}

/// Gives what was received to the operations; what a transfer received beyond
/// its buffer is dropped.
pub(super) fn scatter(mut received: &[u8], operations: &mut [Operation<'_, u8>]) {
    for operation in operations {
        let (direction, len) = plan::shape(operation);
        if !direction.reads() {
            continue;
        }
        let bytes = split(&mut received, len);
        match operation {
            Operation::Read(buffer)
            | Operation::Transfer(buffer, _)
            | Operation::TransferInPlace(buffer) => {
                buffer.copy_from_slice(&bytes[..buffer.len()]);
            }
            Operation::Write(_) | Operation::DelayNs(_) => {}
        }
    }
}

/// The least significant bit of each byte first.
pub(super) fn turn_round(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = byte.reverse_bits();
    }
}

/// Takes the first `len` bytes away.
pub(super) fn split<'a>(bytes: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (first, rest) = bytes.split_at(len);
    *bytes = rest;
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_sends_and_receives_its_own_bytes() {
        let (mut two, mut one, mut place, mut three) = ([0; 2], [0; 1], [7, 8], [0; 3]);
        let mut operations = [
            Operation::Write(&[1]),
            Operation::Read(&mut two),
            Operation::DelayNs(5),
            Operation::Transfer(&mut one, &[2, 3]),
            Operation::TransferInPlace(&mut place),
            Operation::Transfer(&mut [], &[4]),
            Operation::Transfer(&mut three, &[5]),
        ];
        let mut sent = vec![99];
        gather(&operations, &mut sent);
        assert_eq!(sent, [1, 2, 3, 7, 8, 4, 5, 0, 0]);

        scatter(&[10, 11, 12, 13, 14, 15, 16, 17, 18], &mut operations);
        assert_eq!((two, one, place, three), ([10, 11], [12], [14, 15], [16, 17, 18]));
    }

    #[test]
    fn the_least_significant_bit_can_go_first() {
        let mut bytes = [0x01, 0x80, 0xf0, 0xa5];
        turn_round(&mut bytes);
        assert_eq!(bytes, [0x80, 0x01, 0x0f, 0xa5]);
    }
}
