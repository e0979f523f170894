//! Types and numbers as messages show them: as the language writes them.

use std::fmt;

use super::{Choice, Kind, Range, Type};

impl Kind {
    /// A number of this kind as the language writes it.
    pub(crate) fn show(self, n: i64) -> String {
        match self {
            Self::Int => n.to_string(),
            Self::Size => format!("{}{}", if n < 0 { "-" } else { "" }, written_size(n.unsigned_abs())),
            Self::Rate => format!("{}/s", Self::Size.show(n)),
            Self::Duration if n % 1000 == 0 => format!("{}s", n / 1000),
            Self::Duration => format!("{n}ms"),
            Self::Percent => {
                let digits = format!("{}.{:04}", n / 10_000, (n % 10_000).abs());
                let sign = if n < 0 && n > -10_000 { "-" } else { "" };
                format!("{sign}{}%", digits.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

/// A number of bytes as the language writes it, exactly: `1.5GiB`, `512MiB`, `1025B`. The unit is the largest that leaves
/// no more than two digits behind the point.
pub fn written_size(bytes: u64) -> String {
    const UNITS: [(&str, u128); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let hundredths = u128::from(bytes) * 100;
    match UNITS.iter().find(|(_, unit)| hundredths >= 100 * unit && hundredths % unit == 0) {
        Some((name, unit)) => {
            let text = format!("{}.{:02}", hundredths / unit / 100, hundredths / unit % 100);
            format!("{}{name}", text.trim_end_matches('0').trim_end_matches('.'))
        }
        None => format!("{bytes}B"),
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Bool => f.write_str("Bool"),
            Self::Number(kind, range) => write!(f, "{kind:?}{}", ShowRange(*kind, *range)),
            Self::Float => f.write_str("Float"),
            Self::Text | Self::Literal(_) => f.write_str("String"),
            Self::Choice(choice) => choice.fmt(f),
            Self::Path => f.write_str("Path"),
            Self::Url => f.write_str("Url"),
            Self::Version => f.write_str("Version"),
            Self::Option(of) if **of == Self::Unknown => f.write_str("none"),
            Self::Option(of) => write!(f, "{of}?"),
            Self::Map(of) => write!(f, "Map<{of}>"),
            Self::Package => f.write_str("Package"),
            Self::Source => f.write_str("Source"),
            Self::Tree => f.write_str("Tree"),
            Self::Secret => f.write_str("a secret"),
            Self::Component(_, name) if !name.is_empty() => f.write_str(name),
            Self::List(element) => write!(f, "List<{element}>"),
            Self::Record(record) if record.fields.len() > 6 => f.write_str("a record"),
            Self::Record(record) => {
                let fields: Vec<String> =
                    record.fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                write!(f, "{{ {} }}", fields.join(", "))
            }
            Self::Endpoint(protocol) => write!(f, "Endpoint<{}>", protocol.name),
            Self::Archive => f.write_str("Archive"),
            Self::Host(_) | Self::Replica(_) => f.write_str("a host"),
            Self::Instance(..) | Self::Component(..) => f.write_str("a component's instance"),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(name),
            None if !self.declared => f.write_str("String"),
            None if self.values.len() > 8 => f.write_str("one of several strings"),
            None => {
                let values: Vec<String> = self.values.iter().map(|value| format!("{value:?}")).collect();
                f.write_str(&values.join(" | "))
            }
        }
    }
}

/// `(1..=5)`, or nothing.
pub(crate) struct ShowRange(pub(crate) Kind, pub(crate) Range);

impl fmt::Display for ShowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |n: Option<i64>| n.map(|n| self.0.show(n)).unwrap_or_default();
        match (self.1.low, self.1.high) {
            (None, None) => Ok(()),
            (low, None) => write!(f, "({}..)", show(low)),
            (low, high) => write!(f, "({}..={})", show(low), show(high)),
        }
    }
}
