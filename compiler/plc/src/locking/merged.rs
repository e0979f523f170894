//! A lock with the marks of a merge that was not settled. Nobody has to settle it: both sides are read, and the lock is made
//! again from the one that was made of newer archives.

use plc_plan::lock::{Lock, LockedSuite};

/// Which side of a conflict a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Ours,
    /// What both sides began with, which some styles of conflicts show too.
    Base,
    Theirs,
}

/// The lock to go on from; none where the text has no conflict, or neither side is a lock.
pub(super) fn settle(text: &str) -> Option<Lock> {
    let [ours, theirs] = sides(text)?;
    match (Lock::parse(&ours).ok(), Lock::parse(&theirs).ok()) {
        (Some(ours), Some(theirs)) => {
            let (newer, older) =
                if newest(&theirs) > newest(&ours) { (theirs, ours) } else { (ours, theirs) };
            Some(with_newest_dates(newer, &older))
        }
        (ours, theirs) => ours.or(theirs),
    }
}

/// The two texts that a merge could not bring together.
fn sides(text: &str) -> Option<[String; 2]> {
    let (mut ours, mut theirs) = (String::new(), String::new());
    let (mut side, mut has_conflict) = (Side::Both, false);
    for line in text.lines() {
        let marks = [
            ("<<<<<<<", Side::Ours),
            ("|||||||", Side::Base),
            ("=======", Side::Theirs),
            (">>>>>>>", Side::Both),
        ];
        if let Some((_, next)) = marks.iter().find(|(mark, _)| line.starts_with(mark)) {
            (side, has_conflict) = (*next, true);
            continue;
        }
        for (of, to) in [(Side::Ours, &mut ours), (Side::Theirs, &mut theirs)] {
            if side == Side::Both || side == of {
                to.push_str(line);
                to.push('\n');
            }
        }
    }
    has_conflict.then_some([ours, theirs])
}

/// The date of the newest suite.
fn newest(lock: &Lock) -> Option<&str> {
    // Dates in this form are ordered as texts.
    suites(lock).map(|suite| suite.date.as_str()).max()
}

fn suites(lock: &Lock) -> impl Iterator<Item = &LockedSuite> {
    lock.archives.iter().flat_map(|archive| &archive.suites)
}

/// A suite may not be older than either side has seen it.
fn with_newest_dates(mut lock: Lock, other: &Lock) -> Lock {
    for archive in &mut lock.archives {
        let Some(theirs) = other.archive(&archive.name) else { continue };
        if theirs.signed_by != archive.signed_by {
            continue;
        }
        for suite in &mut archive.suites {
            if let Some(newer) = theirs.suite(&suite.suite).filter(|theirs| theirs.date > suite.date) {
                *suite = newer.clone();
            }
        }
    }
    lock
}
