//! The dates of Release files, and those of the lock.

use std::time::{Duration, SystemTime};

const DAY: u64 = 86_400;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads a Release file's date: `Sat, 11 Jul 2026 10:16:37 UTC`, in UTC only, as Debian's repository format has it.
pub fn parse_release(text: &str) -> Option<SystemTime> {
    let (_, rest) = text.split_once(", ")?;
    let parts: Vec<&str> = rest.split_ascii_whitespace().collect();
    let [day, month, year, clock, zone] = parts[..] else { return None };
    if !matches!(zone, "UTC" | "GMT" | "+0000" | "Z") {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    at(year.parse().ok()?, month, day.parse().ok()?, clock)
}

/// Reads a date of the lock: `2026-07-11T10:16:37Z`.
pub fn parse_lock(text: &str) -> Option<SystemTime> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    at(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?, clock)
}

/// Writes a date as the lock has it: `2026-07-11T10:16:37Z`. Times before 1970 are written as 1970's beginning.
pub fn write_lock(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let (year, month, day) = civil(seconds / DAY);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Writes a date as snapshot archives have it in their paths: `20260711T101637Z`.
pub fn write_stamp(time: SystemTime) -> String {
    write_lock(time).replace(['-', ':'], "")
}

fn at(year: u64, month: u64, day: u64, clock: &str) -> Option<SystemTime> {
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hour, minute, second] = parts[..] else { return None };
    let is_sane = (1970..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    is_sane.then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; years begin in March, so that leap days come last.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.saturating_sub(1), month + 9) };
    let of_year = (153 * month + 2) / 5 + day.saturating_sub(1);
    (year * 365 + year / 4 - year / 100 + year / 400 + of_year).saturating_sub(719_468)
}

/// The inverse of [`days`].
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year_of_era + era * 400;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_forms_agree() {
        for (release, lock) in [
            ("Sat, 11 Jul 2026 10:16:37 UTC", "2026-07-11T10:16:37Z"),
            ("Thu, 29 Feb 2024 00:00:00 UTC", "2024-02-29T00:00:00Z"),
            ("Thu, 01 Jan 1970 00:00:01 UTC", "1970-01-01T00:00:01Z"),
            ("Fri, 31 Dec 1999 23:59:59 GMT", "1999-12-31T23:59:59Z"),
        ] {
            let time = parse_release(release).unwrap();
            assert_eq!(write_lock(time), lock);
            assert_eq!(parse_lock(lock), Some(time));
        }
    }

    #[test]
    fn each_day_of_four_centuries_comes_back() {
        for day in 0..146_097 {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(day * DAY);
            assert_eq!(parse_lock(&write_lock(time)), Some(time));
        }
    }

    #[test]
    fn other_zones_and_nonsense_are_refused() {
        for text in [
            "",
            "Sat, 11 Jul 2026 10:16:37 CEST",
            "Sat, 11 Foo 2026 10:16:37 UTC",
            "Sat, 11 Jul 2026 25:16:37 UTC",
        ] {
            assert_eq!(parse_release(text), None, "{text}");
        }
    }
}
