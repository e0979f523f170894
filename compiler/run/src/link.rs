//! What the way between two hosts is like.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Millionths are what a loss is counted in: a percentage with four decimals.
pub const WHOLE: u32 = 1_000_000;

/// What becomes of each packet between two hosts, in either direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Milliseconds that it takes longer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay: u64,
    /// Milliseconds that it may come earlier or later than that; what is sent first still comes first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub jitter: u64,
    /// Of so many of a million, nothing is heard again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub loss: u32,
    /// Bytes that get through in a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u64>,
}

fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Link {
    /// Whether it is like any other.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Both, one after the other.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let kept = |link: &Self| u64::from(WHOLE - link.loss.min(WHOLE));
        let kept = kept(self) * kept(other) / u64::from(WHOLE);
        Self {
            delay: self.delay.saturating_add(other.delay),
            jitter: self.jitter.saturating_add(other.jitter),
            loss: WHOLE - u32::try_from(kept).unwrap_or(WHOLE),
            rate: [self.rate, other.rate].into_iter().flatten().min(),
        }
    }
}

impl Link {
    /// What becomes of it, part by part, as descriptions name them: `latency 20ms → 50ms`.
    pub(crate) fn changes(&self, after: &Self) -> Vec<String> {
        let parts = |link: &Self| {
            let none = || "none".to_owned();
            [
                ("latency", duration(link.delay)),
                ("jitter", duration(link.jitter)),
                ("loss", percent(link.loss)),
                ("bandwidth", link.rate.map_or_else(none, |rate| format!("{}/s", size(rate)))),
            ]
        };
        let both = parts(self).into_iter().zip(parts(after)).filter(|(old, new)| old != new);
        both.map(|((name, old), (_, new))| format!("{name} {old} → {new}")).collect()
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = Vec::new();
        if self.delay > 0 || self.jitter > 0 {
            let jitter =
                if self.jitter > 0 { format!(" ± {}", duration(self.jitter)) } else { String::new() };
            told.push(format!("{}{jitter} longer", duration(self.delay)));
        }
        if self.loss > 0 {
            told.push(format!("{} lost", percent(self.loss)));
        }
        if let Some(rate) = self.rate {
            told.push(format!("at most {}/s", size(rate)));
        }
        f.write_str(&told.join(", "))
    }
}

/// `1500ms`, `2s`.
fn duration(milliseconds: u64) -> String {
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}

/// `12.5%`.
fn percent(millionths: u32) -> String {
    let text = format!("{}.{:04}", millionths / 10_000, millionths % 10_000);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// In the largest unit in which it is a whole number.
fn size(bytes: u64) -> String {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let fits = units.iter().find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit));
    fits.map_or_else(|| format!("{bytes}B"), |(name, unit)| format!("{}{name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_links_one_after_the_other_are_one() {
        let one = Link { delay: 20, jitter: 1, loss: 500_000, rate: None };
        let other = Link { delay: 5, jitter: 2, loss: 100_000, rate: Some(7) };
        assert_eq!(one.and(&other), Link { delay: 25, jitter: 3, loss: 550_000, rate: Some(7) });
        assert_eq!(one.and(&Link::default()), one);
        let all = Link { loss: WHOLE, ..Link::default() };
        assert_eq!(all.and(&one).loss, WHOLE);
        assert!(Link::default().is_plain() && !one.is_plain());
    }

    #[test]
    fn what_changes_of_a_link_is_told_part_by_part() {
        let one = Link { delay: 20, loss: 500_000, ..Link::default() };
        let other = Link { delay: 1000, loss: 500_000, rate: Some(1 << 20), ..Link::default() };
        assert_eq!(one.changes(&other), ["latency 20ms → 1s", "bandwidth none → 1MiB/s"]);
        assert!(one.changes(&one).is_empty());
    }

    #[test]
    fn a_link_is_told_in_the_units_of_the_language() {
        let link = Link { delay: 1500, jitter: 10, loss: 125_000, rate: Some(10 << 20) };
        assert_eq!(link.to_string(), "1500ms ± 10ms longer, 12.5% lost, at most 10MiB/s");
        let link = Link { delay: 2000, loss: 1, rate: Some(1001), ..Link::default() };
        assert_eq!(link.to_string(), "2s longer, 0.0001% lost, at most 1001B/s");
    }
}
