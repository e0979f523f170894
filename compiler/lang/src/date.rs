//! Days of the calendar, as `until` names them.

use std::fmt;

use serde::Serialize;

/// A day of the Gregorian calendar. Later days are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The last day that can be written.
    pub const LAST: Self = Self { year: 9999, month: 12, day: 31 };

    /// A day; none where the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day }).filter(|_| year <= 9999)
    }

    /// A day as `2027-06-30`; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let shape = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
        let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if !shape || !digits {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// How many days after this one another is; negative where it is before.
    pub fn days_until(self, other: Self) -> i64 {
        other.days() - self.days()
    }

    /// Days since the beginning of the calendar.
    fn days(self) -> i64 {
        // After Howard Hinnant, `days_from_civil`: years that begin in March.
        let (month, year) = (i64::from(self.month), i64::from(self.year) - i64::from(self.month <= 2));
        let of_year =
            (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + i64::from(self.day) - 1;
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
    }

    /// The day of a number of seconds since the beginning of 1970, in UTC.
    pub fn of_unix_time(seconds: u64) -> Self {
        // After Howard Hinnant, `civil_from_days`: eras of 400 years that begin in March.
        let days = i64::try_from(seconds / 86_400).unwrap_or(0) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let part = |n: i64| u8::try_from(n).unwrap_or(u8::MAX);
        u16::try_from(year)
            .ok()
            .and_then(|year| Self::new(year, part(month), part(day)))
            .unwrap_or(Self::LAST)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (text, real) in [
            ("2027-06-30", true),
            ("2027-06-31", false),
            ("2024-02-29", true),
            ("2100-02-29", false),
            ("2027-13-01", false),
            ("2027-00-10", false),
            ("27-06-30", false),
            ("2027-6-30", false),
            ("2027-06-30-01", false),
        ] {
            assert_eq!(Date::parse(text).map(|d| d.to_string()).as_deref(), real.then_some(text), "{text}");
        }
    }

    #[test]
    fn days_between_are_counted() {
        let day = |text| Date::parse(text).expect("a day");
        for (from, to, days) in [
            ("2027-06-30", "2027-06-30", 0),
            ("2027-06-30", "2027-07-01", 1),
            ("2024-02-28", "2024-03-01", 2),
            ("2027-01-01", "2026-12-31", -1),
            ("1999-12-31", "2001-01-01", 367),
            ("1970-01-01", "2026-11-24", 20_781),
        ] {
            assert_eq!(day(from).days_until(day(to)), days, "{from} to {to}");
        }
    }

    #[test]
    fn seconds_come_to_days() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_795_478_400, "2026-11-24"),
            (u64::MAX, "9999-12-31"),
        ] {
            assert_eq!(Date::of_unix_time(seconds).to_string(), day);
        }
    }
}
