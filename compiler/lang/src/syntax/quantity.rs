//! Quantities that are written outside of descriptions, as on command lines.

use super::{number, token::TokenKind};

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Bytes.
    Size(u64),
    /// Milliseconds.
    Duration(u64),
    /// Millionths of the whole.
    Percent(u64),
    /// Bytes a second.
    Rate(u64),
}

impl Quantity {
    /// Reads what would be one in a description: `100ms`, `10%`, `1MiB/s`.
    ///
    /// # Errors
    /// It is none; in words, with how to mend it.
    pub fn read(text: &str) -> Result<Self, String> {
        let none = || format!("`{text}` is no quantity: write it as `100ms`, `10%`, `1MiB` or `1MiB/s`");
        let (rest, (whole, fraction, unit)) = number::number(text).map_err(|_| none())?;
        if !rest.is_empty() || unit.is_empty() {
            return Err(none());
        }
        let value = number::value(whole, fraction, unit);
        let value = value.map_err(|(what, help)| format!("{what}; {help}"))?;
        let (kind, value): (fn(u64) -> Self, i64) = match value {
            TokenKind::Size(value) => (Self::Size, value),
            TokenKind::Duration(value) => (Self::Duration, value),
            TokenKind::Percent(value) => (Self::Percent, value),
            TokenKind::Rate(value) => (Self::Rate, value),
            _ => return Err(none()),
        };
        u64::try_from(value).map(kind).map_err(|_| none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_in_descriptions() {
        assert_eq!(Quantity::read("100ms"), Ok(Quantity::Duration(100)));
        assert_eq!(Quantity::read("1.5s"), Ok(Quantity::Duration(1500)));
        assert_eq!(Quantity::read("12.5%"), Ok(Quantity::Percent(125_000)));
        assert_eq!(Quantity::read("1MiB/s"), Ok(Quantity::Rate(1 << 20)));
        assert_eq!(Quantity::read("64KiB"), Ok(Quantity::Size(64 << 10)));
    }

    #[test]
    fn what_is_none_is_refused() {
        for (text, says) in [
            ("", "no quantity"),
            ("5", "no quantity"),
            ("-5ms", "no quantity"),
            ("0755", "no quantity"),
            ("0o7", "no quantity"),
            ("5ms later", "no quantity"),
            ("1MB/s", "no quantity"),
            ("5sec", "did you mean `s`?"),
            ("1MB", "did you mean `MiB`?"),
            ("99999999999999999999s", "too large"),
            ("0.3B", "finer than its unit"),
            ("1ms", ""),
        ] {
            let read = Quantity::read(text);
            match says {
                "" => assert!(read.is_ok(), "{text}"),
                says => assert!(read.as_ref().is_err_and(|why| why.contains(says)), "{text}: {read:?}"),
            }
        }
    }
}
