//! A plan, performed call by call.

use std::io;

use spidev::SpidevTransfer;

use super::bytes::split;
use super::plan::{Direction, Transfer};

/// Performs `calls` by `ioctl`, with chip select held between them. The two
/// buffers have exactly their bytes.
pub(super) fn perform(
    calls: &[Vec<Transfer>],
    mut sent: &[u8],
    mut received: &mut [u8],
    speed_hz: u32,
    mut ioctl: impl FnMut(&mut [SpidevTransfer<'_, '_>]) -> io::Result<()>,
) -> io::Result<()> {
    for (place, call) in calls.iter().enumerate() {
        let last = place + 1 == calls.len();
        let out = split(&mut sent, taken(call, Direction::writes));
        let (input, rest) = received.split_at_mut(taken(call, Direction::reads));
        received = rest;
        let mut kernel = transfers(call, out, input, speed_hz);
        if let Some(transfer) = kernel.last_mut().filter(|_| !last) {
            // At the end of a call, this keeps chip select as it is.
            transfer.cs_change = 1;
        }
        if let Err(error) = ioctl(&mut kernel) {
            if place > 0 {
                // The kernel may have refused it before it looked at chip
                // select, which is still held: a call of nothing releases it.
                let _ = ioctl(&mut [SpidevTransfer::delay(0)]);
            }
            return Err(error);
        }
    }
    Ok(())
}

fn taken(call: &[Transfer], uses: fn(Direction) -> bool) -> usize {
    call.iter().filter(|transfer| uses(transfer.direction)).map(|transfer| transfer.len).sum()
}

/// The kernel's form of a call. The two buffers have exactly its bytes.
fn transfers<'a, 'b>(
    call: &[Transfer],
    mut out: &'a [u8],
    mut input: &'b mut [u8],
    speed_hz: u32,
) -> Vec<SpidevTransfer<'a, 'b>> {
    let mut kernel = Vec::with_capacity(call.len());
    for transfer in call {
        let out = split(&mut out, if transfer.direction.writes() { transfer.len } else { 0 });
        let reads = if transfer.direction.reads() { transfer.len } else { 0 };
        let (read, rest) = std::mem::take(&mut input).split_at_mut(reads);
        input = rest;
        let mut made = match transfer.direction {
            Direction::Nothing => SpidevTransfer::delay(0),
            Direction::Write => SpidevTransfer::write(out),
            // Zeros are sent where there is nothing to send (`spi.h`).
            Direction::Read => SpidevTransfer::read(read),
            Direction::Both => SpidevTransfer::read_write(out, read),
        };
        made.delay_usecs = transfer.delay_us;
        // Said each time: another program may set up the same node.
        made.speed_hz = speed_hz;
        made.bits_per_word = 8;
        kernel.push(made);
    }
    kernel
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfer(direction: Direction, len: usize, delay_us: u16) -> Transfer {
        Transfer { direction, len, delay_us }
    }

    /// What each call was: `cs_change` and delay of its transfers.
    type Calls = Vec<Vec<(u8, u16)>>;

    fn performed(calls: &[Vec<Transfer>], fails_at: usize) -> (Calls, io::Result<()>) {
        let mut seen = Calls::new();
        let result = perform(calls, &[0; 8], &mut [0; 8], 1, |transfers| {
            seen.push(transfers.iter().map(|t| (t.cs_change, t.delay_usecs)).collect());
            if seen.len() - 1 == fails_at { Err(io::ErrorKind::Other.into()) } else { Ok(()) }
        });
        (seen, result)
    }

    #[test]
    fn chip_select_is_held_between_calls_and_released_by_the_last() {
        let calls = [
            vec![transfer(Direction::Write, 2, 3), transfer(Direction::Write, 4, 0)],
            vec![transfer(Direction::Read, 8, 0)],
            vec![transfer(Direction::Write, 2, 7)],
        ];
        let (seen, result) = performed(&calls, usize::MAX);
        assert!(result.is_ok());
        assert_eq!(seen, [vec![(0, 3), (1, 0)], vec![(1, 0)], vec![(0, 7)]]);
        let (seen, _) = performed(&calls[..1], usize::MAX);
        assert_eq!(seen, [[(0, 3), (0, 0)]]);
    }

    #[test]
    fn a_call_that_fails_lets_go_of_the_device() {
        let calls = [
            vec![transfer(Direction::Write, 4, 1)],
            vec![transfer(Direction::Write, 4, 2)],
            vec![transfer(Direction::Read, 8, 3)],
        ];
        let (seen, result) = performed(&calls, 1);
        assert!(result.is_err());
        assert_eq!(seen, [[(1, 1)], [(1, 2)], [(0, 0)]]);
        // The kernel itself does so where the first call fails.
        assert_eq!(performed(&calls, 0).0, [[(1, 1)]]);
    }

    #[test]
    fn a_call_gets_exactly_its_part_of_the_buffers() {
        let transfer = |direction, len, delay_us| Transfer { direction, len, delay_us };
        let call = [
            transfer(Direction::Write, 2, 0),
            transfer(Direction::Nothing, 0, 9),
            transfer(Direction::Both, 3, 1),
            transfer(Direction::Read, 1, 0),
        ];
        assert_eq!((taken(&call, Direction::writes), taken(&call, Direction::reads)), (5, 4));
        let (out, mut input) = ([0; 5], [0; 4]);
        let kernel = transfers(&call, &out, &mut input, 1_000_000);
        let shown: Vec<_> =
            kernel.iter().map(|t| (t.delay_usecs, t.cs_change, t.speed_hz)).collect();
        assert_eq!(
            shown,
            [(0, 0, 1_000_000), (9, 0, 1_000_000), (1, 0, 1_000_000), (0, 0, 1_000_000)]
        );
    }
}
