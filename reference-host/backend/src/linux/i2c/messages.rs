//! From embedded-hal's operations to the kernel's messages.

use embedded_hal::i2c::{ErrorKind, Operation};

/// The most messages of one call: `I2C_RDWR_IOCTL_MAX_MSGS` of
/// `include/uapi/linux/i2c-dev.h`. A message ends where the direction changes.
pub const MAX_MESSAGES: usize = 42;

/// The most bytes of one message: the limit in `i2cdev_ioctl_rdwr` of
/// `drivers/i2c/i2c-dev.c`.
pub const MAX_MESSAGE_BYTES: usize = 8192;

/// What the kernel puts behind one START.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) direction: Direction,
    pub(super) bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Write,
    Read,
}

/// One message for each run of operations of one direction: the kernel sends a
/// repeated START before every message, embedded-hal wants none in such a run.
/// (`I2C_M_NOSTART` would spare the copy, but few controllers know it.)
pub(super) fn merge(operations: &[Operation<'_>]) -> Result<Vec<Message>, ErrorKind> {
    let mut messages: Vec<Message> = Vec::new();
    for operation in operations {
        let (direction, len) = match operation {
            Operation::Write(bytes) => (Direction::Write, bytes.len()),
            Operation::Read(buffer) => (Direction::Read, buffer.len()),
        };
        if messages.last().is_none_or(|last| last.direction != direction) {
            if messages.len() == MAX_MESSAGES {
                return Err(ErrorKind::Other);
            }
            messages.push(Message { direction, bytes: Vec::new() });
        }
        let Some(message) = messages.last_mut() else { continue };
        let total = message.bytes.len().saturating_add(len);
        if total > MAX_MESSAGE_BYTES {
            return Err(ErrorKind::Other);
        }
        match operation {
            Operation::Write(bytes) => message.bytes.extend_from_slice(bytes),
            Operation::Read(_) => message.bytes.resize(total, 0),
        }
    }
    Ok(messages)
}

/// Gives what was read to the operations that `merge` was given.
pub(super) fn scatter(messages: &[Message], operations: &mut [Operation<'_>]) {
    let mut read =
        messages.iter().filter(|m| m.direction == Direction::Read).flat_map(|m| &m.bytes);
    for operation in operations {
        if let Operation::Read(buffer) = operation {
            for (byte, &found) in buffer.iter_mut().zip(&mut read) {
                *byte = found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(bytes: &[u8]) -> Message {
        Message { direction: Direction::Write, bytes: bytes.to_vec() }
    }

    fn read(bytes: &[u8]) -> Message {
        Message { direction: Direction::Read, bytes: bytes.to_vec() }
    }

    #[test]
    fn adjacent_operations_of_one_direction_become_one_message() {
        let (mut one, mut two, mut three) = ([9], [9; 2], [9; 3]);
        let mut operations = [
            Operation::Write(&[1]),
            Operation::Write(&[]),
            Operation::Write(&[2, 3]),
            Operation::Read(&mut one),
            Operation::Read(&mut two),
            Operation::Write(&[4]),
            Operation::Read(&mut three),
        ];
        let mut messages = merge(&operations).unwrap();
        assert_eq!(messages, [wrote(&[1, 2, 3]), read(&[0; 3]), wrote(&[4]), read(&[0; 3])]);

        messages[1].bytes = vec![10, 11, 12];
        messages[3].bytes = vec![13, 14, 15];
        scatter(&messages, &mut operations);
        assert_eq!((one, two, three), ([10], [11, 12], [13, 14, 15]));
    }

    #[test]
    fn an_operation_of_no_bytes_is_a_message_of_its_own_if_it_stands_alone() {
        assert_eq!(merge(&[Operation::Write(&[])]).unwrap(), [wrote(&[])]);
        assert_eq!(merge(&[Operation::Read(&mut [])]).unwrap(), [read(&[])]);
    }

    #[test]
    fn what_the_kernel_would_refuse_is_refused_before_the_call() {
        let most = [0; MAX_MESSAGE_BYTES];
        assert!(merge(&[Operation::Write(&most)]).is_ok());
        let longer = [Operation::Write(&most), Operation::Write(&[0])];
        assert_eq!(merge(&longer), Err(ErrorKind::Other));
        let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
        assert_eq!(merge(&[Operation::Read(&mut buffer)]), Err(ErrorKind::Other));

        let mut buffers = [[0]; MAX_MESSAGES];
        let mut operations = Vec::new();
        for buffer in &mut buffers[..MAX_MESSAGES / 2] {
            operations.push(Operation::Write(&[1]));
            operations.push(Operation::Read(buffer));
        }
        assert_eq!(merge(&operations).map(|m| m.len()), Ok(MAX_MESSAGES));
        operations.push(Operation::Write(&[1]));
        assert_eq!(merge(&operations), Err(ErrorKind::Other));
    }
}
