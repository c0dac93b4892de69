//! A reset pin, active low.

use crate::sim::Net;

/// A wire that resets a chip with a low pulse.
#[derive(Clone, Debug)]
pub(super) struct ResetPin {
    net: Net,
    least_ns: u64,
    /// Edges that were looked at.
    seen: u64,
    /// When it fell, while it is low.
    low_since: Option<u64>,
}

impl ResetPin {
    /// On `net`; pulses shorter than `least_ns` do nothing.
    pub(super) fn new(net: Net, least_ns: u64) -> Self {
        // Low from the start is a pulse since then.
        let low_since = (!net.level(0).is_high()).then_some(0);
        let seen = net.edges(0);
        Self { net, least_ns, seen, low_since }
    }

    /// Whether the chip is held in reset now.
    pub(super) fn held(&self) -> bool {
        self.low_since.is_some()
    }

    /// When the last pulse ended that was long enough, if one ended since the
    /// last look.
    pub(super) fn look(&mut self, now_ns: u64) -> Option<u64> {
        let mut released = None;
        let edges = self.net.edges(now_ns);
        while self.seen < edges {
            let edge = self.net.edge(self.seen, now_ns);
            self.seen += 1;
            // An edge too old to be known was followed by a thousand others.
            let Some((at_ns, level)) = edge else { continue };
            if !level.is_high() {
                self.low_since = Some(at_ns);
            } else if let Some(fell) = self.low_since.take()
                && at_ns - fell >= self.least_ns
            {
                released = Some(at_ns);
            }
        }
        released
    }
}
