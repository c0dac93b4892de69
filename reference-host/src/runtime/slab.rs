//! What a pipeline holds of the host's, by number.

/// Things with numbers. A number is given anew once its thing is removed.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    most: usize,
    things: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    /// Room for at most `most` things. Nothing is allocated before they are.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, things: Vec::new(), free: Vec::new() }
    }

    /// The number of `thing`, or nothing if there is no room.
    pub(super) fn insert(&mut self, thing: T) -> Option<u32> {
        if let Some(number) = self.free.pop() {
            *self.things.get_mut(number as usize)? = Some(thing);
            return Some(number);
        }
        if self.things.len() >= self.most {
            return None;
        }
        let number = u32::try_from(self.things.len()).ok()?;
        self.things.push(Some(thing));
        Some(number)
    }

    /// Whether one more would be taken.
    pub(super) fn has_room(&self) -> bool {
        !self.free.is_empty() || self.things.len() < self.most
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.things.get(number as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.things.get_mut(number as usize)?.as_mut()
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        let thing = self.things.get_mut(number as usize)?.take()?;
        self.free.push(number);
        Some(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_one_thing_at_a_time() {
        let mut slab = Slab::new(2);
        let (a, b) = (slab.insert('a').unwrap(), slab.insert('b').unwrap());
        assert_eq!(slab.insert('c'), None);
        assert_eq!(slab.remove(a), Some('a'));
        assert_eq!((slab.remove(a), slab.get(a)), (None, None));
        assert_eq!(slab.insert('d'), Some(a));
        assert_eq!((slab.get(a), slab.get(b)), (Some(&'d'), Some(&'b')));
        assert_eq!(slab.get(2), None);
    }
}
