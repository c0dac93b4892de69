//! The SCSI commands that a host sends to a stick (SPC-4, SBC-3).

use core::borrow::BorrowMut;

use usb_device::bus::UsbBus;
use usbd_storage::subclass::Command;
use usbd_storage::subclass::scsi::{Scsi, ScsiCommand};
use usbd_storage::transport::bbb::BulkOnly;

use crate::disk::{BLOCK, BLOCKS, Disk, GOOD, INVALID_FIELD, NO_SUCH_COMMAND, Sense};

/// What the class hands over.
type Given<'c, 'a, B, S> = Command<'c, ScsiCommand, Scsi<BulkOnly<'a, B, S>>>;

/// Standard INQUIRY data (SPC-4, 6.4.2): a removable disk that knows SPC-2.
const INQUIRY: &[u8; 36] = b"\x00\x80\x04\x02\x1f\x00\x00\x00PERIPLSMStick           0001";

/// Commands about a medium that is always there: START STOP UNIT, PREVENT ALLOW
/// MEDIUM REMOVAL, SYNCHRONIZE CACHE.
const NOTHING_TO_DO: [u8; 3] = [0x1b, 0x1e, 0x35];

/// Goes on with a command as far as it can now; the class asks again when there
/// is more data, or more room.
pub(crate) fn answer<B: UsbBus, S: BorrowMut<[u8]>>(
    disk: &mut Disk,
    mut command: Given<'_, '_, B, S>,
) {
    let before = disk.sense;
    let finished = match command.kind {
        ScsiCommand::TestUnitReady => Ok(true),
        ScsiCommand::Unknown { cmd } if NOTHING_TO_DO.contains(&cmd) => Ok(true),
        ScsiCommand::Inquiry { evpd: false, alloc_len, .. } => {
            send(&mut command, INQUIRY, alloc_len.into())
        }
        ScsiCommand::RequestSense { alloc_len, .. } => {
            // Fixed format (SPC-4, 4.5.3).
            let [key, code, qualifier] = before;
            let mut sense = [0; 18];
            (sense[0], sense[2], sense[7]) = (0x70, key, 10);
            (sense[12], sense[13]) = (code, qualifier);
            send(&mut command, &sense, alloc_len.into())
        }
        // No pages: a header alone (SPC-4, 7.5.5).
        ScsiCommand::ModeSense6 { alloc_len, .. } => {
            send(&mut command, &[3, 0, 0, 0], alloc_len.into())
        }
        ScsiCommand::ModeSense10 { alloc_len, .. } => {
            send(&mut command, &[0, 6, 0, 0, 0, 0, 0, 0], alloc_len.into())
        }
        ScsiCommand::ReadCapacity10 => send(&mut command, &capacity(), 8),
        ScsiCommand::ReadCapacity16 { alloc_len } => {
            let mut long = [0; 32];
            long[4..12].copy_from_slice(&capacity());
            send(&mut command, &long, alloc_len as usize)
        }
        ScsiCommand::ReadFormatCapacities { alloc_len } => {
            let mut list = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
            list[4..8].copy_from_slice(&BLOCKS.to_be_bytes());
            list[8..12].copy_from_slice(&(BLOCK as u32).to_be_bytes());
            list[8] = 2; // Formatted.
            send(&mut command, &list, alloc_len.into())
        }
        // No blocks are no mistake (SBC-3, 5.11).
        ScsiCommand::Read { len: 0, .. } | ScsiCommand::Write { len: 0, .. } => Ok(true),
        ScsiCommand::Read { lba, len } => Disk::range(lba, len).and_then(|range| {
            let left = &disk.bytes[range][disk.done..];
            disk.done += command.write_data(left).map_err(|_| INVALID_FIELD)?;
            Ok(disk.done == usize::from(len) * BLOCK)
        }),
        ScsiCommand::Write { lba, len } => Disk::range(lba, len).and_then(|range| {
            let left = &mut disk.bytes[range][disk.done..];
            disk.done += command.read_data(left).map_err(|_| INVALID_FIELD)?;
            Ok(disk.done == usize::from(len) * BLOCK)
        }),
        ScsiCommand::Inquiry { .. } => Err(INVALID_FIELD),
        _ => Err(NO_SUCH_COMMAND),
    };
    match finished {
        Ok(false) => return,
        Ok(true) => {
            disk.sense = GOOD;
            command.pass();
        }
        Err(sense) => {
            disk.sense = sense;
            command.fail();
        }
    }
    disk.done = 0;
}

/// The last block and the size of one (SBC-3, 5.15.2).
fn capacity() -> [u8; 8] {
    let mut capacity = [0; 8];
    capacity[..4].copy_from_slice(&(BLOCKS - 1).to_be_bytes());
    capacity[4..].copy_from_slice(&(BLOCK as u32).to_be_bytes());
    capacity
}

/// Answers with `data`, of which the host has room for `room` bytes.
fn send<B: UsbBus, S: BorrowMut<[u8]>>(
    command: &mut Given<'_, '_, B, S>,
    data: &[u8],
    room: usize,
) -> Result<bool, Sense> {
    let data = &data[..data.len().min(room)];
    command.try_write_data_all(data).map_err(|_| INVALID_FIELD)?;
    Ok(true)
}
