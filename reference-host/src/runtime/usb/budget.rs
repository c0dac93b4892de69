//! How much one pipeline may have in flight.

/// The most transfers in flight of one pipeline.
pub const MAX_USB_TRANSFERS: usize = 1024;

/// The most bytes in flight of one pipeline.
pub const MAX_USB_BYTES: usize = 64 << 20;

/// The most packets of one isochronous transfer: more than a second of them at
/// full speed.
pub const MAX_USB_PACKETS: usize = 1024;

/// What a pipeline has in flight.
#[derive(Debug, Default)]
pub(super) struct Budget {
    transfers: usize,
    bytes: usize,
}

impl Budget {
    /// Whether a transfer of `bytes` may be added.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.transfers < MAX_USB_TRANSFERS && bytes <= MAX_USB_BYTES.saturating_sub(self.bytes)
    }

    pub(super) fn add(&mut self, bytes: usize) {
        self.transfers += 1;
        self.bytes += bytes;
    }

    pub(super) fn remove(&mut self, bytes: usize) {
        self.transfers = self.transfers.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_flight_is_counted_until_it_ends() {
        let mut budget = Budget::default();
        assert!(budget.has_room(MAX_USB_BYTES) && !budget.has_room(MAX_USB_BYTES + 1));
        budget.add(MAX_USB_BYTES - 1);
        assert!(budget.has_room(1) && !budget.has_room(2));
        (1..MAX_USB_TRANSFERS).for_each(|_| budget.add(0));
        assert!(!budget.has_room(0));
        budget.remove(0);
        assert!(budget.has_room(1));
    }
}
