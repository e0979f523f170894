//! Which blocks are whose: from the front to the end, around the copies of the superblock.

use std::collections::BTreeSet;

use super::{BLOCK, GROUP};

/// The length of a group's descriptor, in bytes.
pub(super) const DESCRIPTOR: usize = 32;
/// The least that a last group has without the descriptors: 4 MiB.
const LAST_MIN: u64 = 1024;

/// Blocks that follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) start: u64,
    pub(super) count: u64,
}

/// Blocks that are given out, each once.
pub(super) struct Space {
    next: u64,
    /// Where copies of the superblock and the descriptors begin, and how long they are.
    copies: BTreeSet<u64>,
    copy: u64,
    given: Vec<Run>,
}

/// How many blocks the descriptors of groups take.
pub(super) fn descriptors(groups: u64) -> u64 {
    (groups * DESCRIPTOR as u64).div_ceil(BLOCK as u64)
}

/// The groups that begin with a copy of the superblock and the descriptors: with `sparse_super`, the first two and the powers
/// of 3, 5 and 7.
pub(super) fn copies(groups: u64) -> BTreeSet<u64> {
    let powers = |of: u64| std::iter::successors(Some(of), move |power| power.checked_mul(of));
    let all = [0, 1].into_iter().chain([3, 5, 7].into_iter().flat_map(|of| powers(of).take(32)));
    all.filter(|group| *group < groups).collect()
}

/// The least that a last group has, so that what may stand in it has a place.
pub(super) fn last_min(groups: u64) -> u64 {
    LAST_MIN + descriptors(groups)
}

/// A number of blocks that leaves no last group which is too small to stand.
pub(super) fn rounded(blocks: u64, groups: u64) -> u64 {
    let last = blocks % GROUP;
    let least = last_min(groups);
    if last > 0 && last < least { blocks - last + least } else { blocks }
}

impl Space {
    /// All of so many groups, less what stands at their beginnings.
    pub(super) fn new(groups: u64) -> Self {
        let copies = copies(groups).into_iter().map(|group| group * GROUP).collect();
        let mut space = Self { next: 0, copies, copy: 1 + descriptors(groups), given: Vec::new() };
        space.given.extend(space.copies.iter().map(|start| Run { start: *start, count: space.copy }));
        space
    }

    /// The next blocks, in as many runs as it takes.
    pub(super) fn take(&mut self, mut count: u64) -> Vec<Run> {
        let mut runs = Vec::new();
        while count > 0 {
            self.pass_copies();
            let free = self.copies.range(self.next..).next().map_or(u64::MAX, |start| start - self.next);
            let run = Run { start: self.next, count: count.min(free) };
            self.next += run.count;
            count -= run.count;
            self.given.push(run);
            runs.push(run);
        }
        runs
    }

    /// The next block.
    pub(super) fn one(&mut self) -> u64 {
        self.together(1)
    }

    /// The next blocks that follow one another; what is too short for them before a copy is left free.
    pub(super) fn together(&mut self, count: u64) -> u64 {
        self.pass_copies();
        while let Some(copy) = self.copies.range(self.next..self.next + count).next() {
            self.next = copy + self.copy;
        }
        let start = self.next;
        self.next += count;
        self.given.push(Run { start, count });
        start
    }

    /// Where that which was given out ends.
    pub(super) fn end(&self) -> u64 {
        self.next
    }

    /// All that is in use, in no order.
    pub(super) fn given(&self) -> &[Run] {
        &self.given
    }

    fn pass_copies(&mut self) {
        if let Some(start) = self.copies.range(..=self.next).next_back()
            && self.next < start + self.copy
        {
            self.next = start + self.copy;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_out_twice() {
        let mut space = Space::new(10);
        let table = space.together(3);
        let file = space.take(3 * GROUP);
        let whole = space.together(GROUP - 2);
        assert_eq!(table, 2);
        // Around the copies of groups 1 and 3.
        let runs = [(5, GROUP - 5), (GROUP + 2, 2 * GROUP - 2), (3 * GROUP + 2, 7)];
        assert_eq!(file, runs.map(|(start, count)| Run { start, count }));
        // Groups 3, 5 and 7 have copies, so that groups 4, 6 and 8 have the most in one piece.
        assert_eq!(whole, 3 * GROUP + 9);
        let mut all = space.given().to_vec();
        all.sort_by_key(|run| run.start);
        assert!(all.windows(2).all(|two| two[0].start + two[0].count <= two[1].start), "{all:?}");
        assert_eq!(copies(100).into_iter().collect::<Vec<_>>(), [0, 1, 3, 5, 7, 9, 25, 27, 49, 81]);
    }
}
