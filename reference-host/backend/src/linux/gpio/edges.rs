//! The edges of one input, in their order.

use std::collections::VecDeque;

use crate::{Condition, Edge, Level, MAX_EDGES};

/// An edge as the kernel reports it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reported {
    pub(super) to: Level,
    /// On the board's clock.
    pub(super) at_ns: u64,
    /// Counts the edges of this line, from 1, those included that the kernel
    /// had no room for.
    pub(super) number: u32,
}

/// How many edges there were, taken or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    rising: u64,
    falling: u64,
}

impl Seen {
    /// Whether there was an edge that `condition` waits for since `before`.
    pub(super) fn since(self, before: Self, condition: Condition) -> bool {
        let (rising, falling) = (self.rising > before.rising, self.falling > before.falling);
        match condition {
            // A level that was there for a moment was there.
            Condition::RisingEdge | Condition::High => rising,
            Condition::FallingEdge | Condition::Low => falling,
            Condition::AnyEdge => rising || falling,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Edges {
    queue: VecDeque<Edge>,
    seen: Seen,
    /// The number of the last report, and its level.
    last: u32,
    to: Option<Level>,
    news: bool,
}

impl Edges {
    pub(super) fn push(&mut self, reported: Reported) {
        let missed = reported.number.wrapping_sub(self.last).wrapping_sub(1);
        self.last = reported.number;
        let mut missed = u64::from(missed);
        // Edges alternate. Where the reports do not, one came before the
        // interrupt of the one before it was served, and the kernel did not
        // count it.
        let alike = self.to.replace(reported.to).map(|to| to == reported.to);
        if alike.is_some_and(|alike| alike == missed.is_multiple_of(2)) {
            missed += 1;
        }
        // So the last one missed was the other way.
        let (same, other) = match reported.to {
            Level::High => (&mut self.seen.rising, &mut self.seen.falling),
            Level::Low => (&mut self.seen.falling, &mut self.seen.rising),
        };
        *same += 1 + missed / 2;
        *other += missed.div_ceil(2);

        let mut lost = missed;
        if self.queue.len() >= MAX_EDGES {
            let dropped = self.queue.pop_front().map_or(0, |edge| edge.lost + 1);
            match self.queue.front_mut() {
                Some(next) => next.lost += dropped,
                None => lost += dropped,
            }
        }
        self.queue.push_back(Edge { to: reported.to, at_ns: reported.at_ns, lost });
        self.news = true;
    }

    /// Takes the oldest.
    pub(super) fn next(&mut self) -> Option<Edge> {
        self.queue.pop_front()
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen
    }

    /// Whether there were any since this was asked last.
    pub(super) fn news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(number: u32) -> Reported {
        let to = Level::from(number % 2 == 1);
        Reported { to, at_ns: u64::from(number) * 10, number }
    }

    #[test]
    fn edges_come_in_their_order_and_say_what_was_lost_before_them() {
        let mut edges = Edges::default();
        // The kernel had no room for 3 and 4.
        for number in [1, 2, 5, 6] {
            edges.push(report(number));
        }
        let taken: Vec<_> = std::iter::from_fn(|| edges.next()).collect();
        let edge = |to, at_ns, lost| Edge { to, at_ns, lost };
        use Level::{High, Low};
        assert_eq!(
            taken,
            [edge(High, 10, 0), edge(Low, 20, 0), edge(High, 50, 2), edge(Low, 60, 0)]
        );
        assert_eq!(edges.seen(), Seen { rising: 3, falling: 3 });
    }

    #[test]
    fn beyond_the_queue_the_oldest_are_dropped_and_counted() {
        let mut edges = Edges::default();
        let many = u32::try_from(MAX_EDGES).unwrap() + 10;
        for number in (1..=many).filter(|number| *number != 5) {
            edges.push(report(number));
        }
        let first = edges.next().unwrap();
        // 1 to 10 without 5 were dropped here, 5 by the kernel.
        assert_eq!((first.at_ns, first.lost), (110, 10));
        let rest: Vec<_> = std::iter::from_fn(|| edges.next()).collect();
        assert_eq!(rest.len(), MAX_EDGES - 1);
        assert!(rest.iter().all(|edge| edge.lost == 0));
        // None is missing in the sum.
        assert_eq!(rest.len() as u64 + 1 + first.lost, u64::from(many));
    }

    #[test]
    fn the_count_goes_on_past_its_end() {
        let mut edges = Edges { last: u32::MAX - 1, ..Edges::default() };
        for number in [u32::MAX, 0, 1] {
            edges.push(report(number));
        }
        assert!(std::iter::from_fn(|| edges.next()).all(|edge| edge.lost == 0));
    }

    #[test]
    fn two_reports_of_one_direction_have_an_edge_between_them() {
        let mut edges = Edges::default();
        let before = edges.seen();
        for (number, to) in [(1, Level::High), (2, Level::High), (4, Level::Low), (6, Level::Low)] {
            edges.push(Reported { to, at_ns: 0, number });
        }
        let lost: Vec<_> = std::iter::from_fn(|| edges.next()).map(|edge| edge.lost).collect();
        // Between 2 and 4 the kernel dropped one and, as the levels say, did
        // not see another.
        assert_eq!(lost, [0, 1, 2, 1]);
        assert_eq!(edges.seen(), Seen { rising: 4, falling: 4 });
        assert!(edges.seen().since(before, Condition::FallingEdge));
    }

    #[test]
    fn a_lost_edge_counts_for_whoever_waits() {
        let mut edges = Edges::default();
        edges.push(report(1));
        let before = edges.seen();
        assert!(!edges.seen().since(before, Condition::AnyEdge));
        // 2 fell and was lost.
        edges.push(report(3));
        assert!(edges.seen().since(before, Condition::FallingEdge));
        assert!(edges.seen().since(before, Condition::RisingEdge));
        let before = edges.seen();
        edges.push(report(4));
        assert!(edges.seen().since(before, Condition::Low));
        assert!(!edges.seen().since(before, Condition::High));
    }
}
