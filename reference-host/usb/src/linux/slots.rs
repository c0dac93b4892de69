//! The transfers of one endpoint, where only all of them can be cancelled.

use std::collections::VecDeque;

use nusb::transfer::{Buffer, Completion};

use super::error::transfer;
use crate::{Completed, UsbError};

/// What can be done with an endpoint: the part of nusb's that is used.
pub(super) trait Queue: Send {
    /// Begins a transfer.
    fn submit(&mut self, buffer: Buffer);
    /// Asks for the end of all transfers.
    fn cancel_all(&mut self);
    /// How many have not been returned.
    fn pending(&self) -> usize;
}

/// The transfers of one pipe, the oldest first.
#[derive(Default)]
pub(super) struct Slots(VecDeque<Slot>);

struct Slot {
    tag: u32,
    /// The most bytes that may come; none for OUT.
    limit: Option<usize>,
    cancelled: bool,
    state: State,
}

enum State {
    /// With the kernel.
    Flying,
    /// To be begun when all that fly have landed.
    Waiting(Buffer),
    Done(Completed),
}

impl Slots {
    /// A transfer begins, now or behind those that wait.
    pub(super) fn submit(
        &mut self,
        queue: &mut dyn Queue,
        tag: u32,
        limit: Option<usize>,
        buffer: Buffer,
    ) {
        // Behind a cancellation of some, all must land first: the order counts.
        let wait = self.0.iter().any(|slot| {
            matches!(slot.state, State::Waiting(_))
                || (slot.cancelled && matches!(slot.state, State::Flying))
        });
        let state = if wait {
            State::Waiting(buffer)
        } else {
            queue.submit(buffer);
            State::Flying
        };
        self.0.push_back(Slot { tag, limit, cancelled: false, state });
    }

    /// Cancels one, or all.
    pub(super) fn cancel(&mut self, queue: &mut dyn Queue, tag: Option<u32>) {
        let mut flying = false;
        for slot in &mut self.0 {
            if tag.is_some_and(|tag| tag != slot.tag) || slot.cancelled {
                continue;
            }
            match &mut slot.state {
                State::Flying => flying = true,
                State::Waiting(buffer) => {
                    let buffer = std::mem::replace(buffer, Buffer::new(0));
                    let status = Err(UsbError::Cancelled);
                    let out = slot.limit.is_none();
                    let data = if out { buffer.into_vec() } else { Vec::new() };
                    let (tag, packets) = (slot.tag, Vec::new());
                    slot.state = State::Done(Completed { tag, status, actual: 0, data, packets });
                }
                State::Done(_) => continue,
            }
            slot.cancelled = true;
        }
        if flying {
            queue.cancel_all();
        }
    }

    /// The oldest that flies has landed. One that was not meant to be cancelled
    /// waits then for [`Self::resume`].
    pub(super) fn landed(&mut self, completion: Completion) {
        let flying = |slot: &&mut Slot| matches!(slot.state, State::Flying);
        let Some(slot) = self.0.iter_mut().find(flying) else { return };
        let Completion { buffer, actual_len, status } = completion;
        let status = status.map_err(transfer);
        if status == Err(UsbError::Cancelled) && !slot.cancelled && actual_len == 0 {
            // Another was meant.
            slot.state = State::Waiting(buffer);
            return;
        }
        let mut completed = Completed {
            tag: slot.tag,
            status,
            actual: actual_len,
            data: buffer.into_vec(),
            packets: Vec::new(),
        };
        if let Some(limit) = slot.limit {
            if actual_len > limit {
                completed.status = completed.status.and(Err(UsbError::Overflow));
                completed.actual = limit;
            }
            completed.data.truncate(completed.actual);
        }
        slot.state = State::Done(completed);
    }

    /// Begins what waits, if nothing flies any more.
    pub(super) fn resume(&mut self, queue: &mut dyn Queue) {
        if queue.pending() > 0 {
            return;
        }
        for slot in &mut self.0 {
            if let State::Waiting(buffer) = &mut slot.state {
                let mut buffer = std::mem::replace(buffer, Buffer::new(0));
                if slot.limit.is_some() {
                    buffer.clear();
                }
                queue.submit(buffer);
                slot.state = State::Flying;
            }
        }
    }

    /// There is no endpoint any more: all that has not ended has now.
    pub(super) fn end(&mut self) {
        for slot in &mut self.0 {
            if !matches!(slot.state, State::Done(_)) {
                let status = Err(UsbError::Cancelled);
                let (tag, data, packets) = (slot.tag, Vec::new(), Vec::new());
                slot.state = State::Done(Completed { tag, status, actual: 0, data, packets });
            }
        }
    }

    /// Whether the oldest has ended, or there is none.
    pub(super) fn ready(&self) -> bool {
        self.0.front().is_none_or(|slot| matches!(slot.state, State::Done(_)))
    }

    /// The oldest, if it has ended.
    pub(super) fn take(&mut self) -> Option<Completed> {
        match self.0.pop_front()? {
            Slot { state: State::Done(completed), .. } => Some(completed),
            slot => {
                self.0.push_front(slot);
                None
            }
        }
    }

    /// How many were not taken.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nusb::transfer::TransferError;

    /// Buffers that are with the kernel.
    #[derive(Default)]
    struct Kernel(VecDeque<Buffer>, bool);

    impl Queue for Kernel {
        fn submit(&mut self, buffer: Buffer) {
            self.0.push_back(buffer);
        }

        fn cancel_all(&mut self) {
            self.1 = true;
        }

        fn pending(&self) -> usize {
            self.0.len()
        }
    }

    impl Kernel {
        /// The oldest lands.
        fn land(&mut self, status: Result<(), TransferError>, bytes: &[u8]) -> Completion {
            let mut buffer = self.0.pop_front().unwrap();
            if status.is_ok() || !bytes.is_empty() {
                buffer.clear();
                buffer.extend_from_slice(bytes);
            }
            Completion { actual_len: bytes.len(), buffer, status }
        }
    }

    fn input(slots: &mut Slots, kernel: &mut Kernel, tag: u32, limit: usize) {
        slots.submit(kernel, tag, Some(limit), Buffer::new(64));
    }

    #[test]
    fn the_others_of_a_cancelled_queue_are_begun_again_in_order() {
        let (mut slots, mut kernel) = (Slots::default(), Kernel::default());
        for tag in 0..3 {
            input(&mut slots, &mut kernel, tag, 64);
        }
        slots.cancel(&mut kernel, Some(1));
        assert!(kernel.1);
        // Behind those that land first.
        input(&mut slots, &mut kernel, 3, 64);
        assert_eq!(kernel.pending(), 3);
        // The first had its bytes already.
        let done = kernel.land(Ok(()), b"first");
        slots.landed(done);
        for _ in 0..2 {
            slots.resume(&mut kernel);
            let cancelled = kernel.land(Err(TransferError::Cancelled), b"");
            slots.landed(cancelled);
        }
        slots.resume(&mut kernel);
        assert_eq!(kernel.pending(), 2);
        let mut ended = Vec::new();
        for bytes in [b"third", b"forth"] {
            let done = kernel.land(Ok(()), bytes);
            slots.landed(done);
        }
        while let Some(completed) = slots.take() {
            ended.push((completed.tag, completed.status, completed.data));
        }
        let expected = [
            (0, Ok(()), b"first".to_vec()),
            (1, Err(UsbError::Cancelled), Vec::new()),
            (2, Ok(()), b"third".to_vec()),
            (3, Ok(()), b"forth".to_vec()),
        ];
        assert_eq!(ended, expected);
    }

    #[test]
    fn an_unmeant_cancellation_keeps_the_bytes_that_came() {
        let (mut slots, mut kernel) = (Slots::default(), Kernel::default());
        input(&mut slots, &mut kernel, 0, 64);
        input(&mut slots, &mut kernel, 1, 64);
        slots.cancel(&mut kernel, Some(1));
        let cut = kernel.land(Err(TransferError::Cancelled), b"half");
        slots.landed(cut);
        let completed = slots.take().unwrap();
        assert_eq!((completed.status, completed.actual), (Err(UsbError::Cancelled), 4));
        assert_eq!(completed.data, b"half");
        assert!(!slots.ready() && slots.take().is_none());
        slots.end();
        assert_eq!(slots.take().unwrap().status, Err(UsbError::Cancelled));
        assert!(slots.ready());
    }

    #[test]
    fn more_than_was_asked_for_is_an_overflow() {
        let (mut slots, mut kernel) = (Slots::default(), Kernel::default());
        input(&mut slots, &mut kernel, 0, 3);
        let done = kernel.land(Ok(()), b"four");
        slots.landed(done);
        let completed = slots.take().unwrap();
        assert_eq!((completed.status, completed.actual), (Err(UsbError::Overflow), 3));
        assert_eq!(completed.data, b"fou");
    }

    #[test]
    fn what_waits_is_cancelled_where_it_is_and_gives_its_bytes_back() {
        let (mut slots, mut kernel) = (Slots::default(), Kernel::default());
        slots.submit(&mut kernel, 0, None, Buffer::from(*b"zero"));
        slots.cancel(&mut kernel, Some(0));
        slots.submit(&mut kernel, 1, None, Buffer::from(*b"one!"));
        slots.cancel(&mut kernel, None);
        let cancelled = kernel.land(Err(TransferError::Cancelled), b"");
        slots.landed(cancelled);
        slots.resume(&mut kernel);
        assert_eq!(kernel.pending(), 0);
        for data in [b"zero", b"one!"] {
            let completed = slots.take().unwrap();
            assert_eq!((completed.status, &*completed.data), (Err(UsbError::Cancelled), &data[..]));
        }
    }
}
