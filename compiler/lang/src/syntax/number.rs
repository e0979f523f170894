//! Number literals: integers, octal modes, decimals, sizes, durations, percentages.

use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::{opt, recognize, verify};
use nom::sequence::{pair, preceded};
use nom::{IResult, Parser};

use super::token::TokenKind;

const SIZES: [(&str, i64); 5] =
    [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];
const DURATIONS: [(&str, i64); 5] =
    [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const PERCENT: i64 = 10_000;

/// The length of `2027-06-30`.
pub(super) const DATE_BYTES: usize = 10;

/// The numbers of a date that the text begins with, if it looks like one: `2027-06-30` is no subtraction.
pub(super) fn date(input: &str) -> Option<(u16, u8, u8)> {
    let text = input.get(..DATE_BYTES)?;
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let ends = !input.get(DATE_BYTES..)?.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if !shape || !ends {
        return None;
    }
    Some((text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?, text.get(8..)?.parse().ok()?))
}

/// Splits `96.5GiB…` into whole, fraction and unit, and says what is left.
pub(super) fn number(input: &str) -> IResult<&str, (&str, Option<&str>, &str)> {
    // `_` begins a name, or is a pattern.
    let digits = take_while1(|c: char| c.is_ascii_digit() || c == '_');
    let whole = verify(digits, |digits: &str| !digits.starts_with('_'));
    let fraction = opt(preceded(tag("."), take_while1(|c: char| c.is_ascii_digit())));
    let unit = recognize(pair(opt(tag("%")), take_while(|c: char| c.is_ascii_alphanumeric() || c == '_')));
    let (rest, found) = (whole, fraction, unit).parse(input)?;
    // `10MiB/s`: a size each second, where nothing but the `s` follows.
    let per_second = rest.strip_prefix("/s").filter(|left| {
        let more = left.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        // `x/s.y` is of something called `s`; a range goes on with `..`.
        let member = left.starts_with('.') && !left.starts_with("..");
        is_size(found.2) && !more && !member
    });
    match per_second {
        Some(left) => {
            let unit_start = input.len() - rest.len() - found.2.len();
            let unit = input.get(unit_start..input.len() - left.len()).unwrap_or(found.2);
            Ok((left, (found.0, found.1, unit)))
        }
        None => Ok((rest, found)),
    }
}

fn is_size(unit: &str) -> bool {
    SIZES.iter().any(|(name, _)| *name == unit)
}

/// The literal's value, or what is wrong with it and how to mend it.
pub(super) fn value(whole: &str, fraction: Option<&str>, unit: &str) -> Result<TokenKind, (String, String)> {
    let whole = whole.replace('_', "");
    match (fraction, unit) {
        (None, "") if whole.len() > 1 && whole.starts_with('0') => octal(&whole),
        (None, "") => whole.parse().map(TokenKind::Int).map_err(|_| too_large(&whole)),
        (Some(fraction), "") => {
            Ok(TokenKind::Float(format!("{whole}.{fraction}").parse().map_err(|_| too_large(&whole))?))
        }
        (None, octal_unit) if whole == "0" && octal_unit.starts_with('o') => {
            octal(octal_unit.get(1..).unwrap_or_default())
        }
        _ => with_unit(&whole, fraction.unwrap_or(""), unit),
    }
}

fn octal(digits: &str) -> Result<TokenKind, (String, String)> {
    i64::from_str_radix(digits, 8).map(TokenKind::Int).map_err(|_| {
        (
            format!("`{digits}` is not an octal number"),
            "a number that begins with `0` is octal, as file modes are".to_owned(),
        )
    })
}

fn with_unit(whole: &str, fraction: &str, unit: &str) -> Result<TokenKind, (String, String)> {
    let of = |table: &[(&str, i64)]| table.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    if let Some(size) = unit.strip_suffix("/s") {
        let factor = SIZES.iter().find(|(name, _)| *name == size).map_or(1, |(_, factor)| *factor);
        scaled(whole, fraction, factor).map(TokenKind::Rate)
    } else if let Some(factor) = of(&SIZES) {
        scaled(whole, fraction, factor).map(TokenKind::Size)
    } else if let Some(factor) = of(&DURATIONS) {
        scaled(whole, fraction, factor).map(TokenKind::Duration)
    } else if unit == "%" {
        scaled(whole, fraction, PERCENT).map(TokenKind::Percent)
    } else {
        Err(unknown_unit(unit))
    }
}

/// Exact: `0.5KiB` is 512, `0.3B` is refused.
fn scaled(whole: &str, fraction: &str, factor: i64) -> Result<i64, (String, String)> {
    let digits: i128 = format!("{whole}{fraction}").parse().map_err(|_| too_large(whole))?;
    let places = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    let divisor = 10i128.checked_pow(places).ok_or_else(|| too_large(fraction))?;
    let product = digits.checked_mul(i128::from(factor)).ok_or_else(|| too_large(whole))?;
    if product % divisor != 0 {
        return Err((
            format!("`{whole}.{fraction}` is finer than its unit can say"),
            "use a smaller unit and a whole number".to_owned(),
        ));
    }
    i64::try_from(product / divisor).map_err(|_| too_large(whole))
}

fn too_large(digits: &str) -> (String, String) {
    let shown: String = digits.chars().take(24).collect();
    (format!("the number `{shown}` is too large"), "whole numbers go up to 9223372036854775807".to_owned())
}

fn unknown_unit(unit: &str) -> (String, String) {
    const UNITS: &str = "sizes are B, KiB, MiB, GiB, TiB, durations ms, s, min, h, d, rates a size and `/s`";
    let names = SIZES.iter().chain(&DURATIONS).map(|(name, _)| *name);
    let help = match known_elsewhere(unit).or_else(|| crate::nearest::nearest(unit, names)) {
        Some(name) => format!("did you mean `{name}`? {UNITS}"),
        None if unit.starts_with(['x', 'X', 'b']) => "numbers are decimal, or octal after `0o`".to_owned(),
        None if unit.starts_with(['e', 'E']) => "write the number out, without an exponent".to_owned(),
        None => UNITS.to_owned(),
    };
    let shown: String = unit.chars().take(24).collect();
    (format!("unknown unit `{shown}`"), help)
}

/// How the unit is written here that other programs write otherwise.
fn known_elsewhere(unit: &str) -> Option<&'static str> {
    Some(match &*unit.to_ascii_lowercase() {
        "byte" | "bytes" => "B",
        "k" | "kb" | "ki" => "KiB",
        "m" | "mb" | "mi" => "MiB",
        "g" | "gb" | "gi" => "GiB",
        "t" | "tb" | "ti" => "TiB",
        "msec" | "millis" => "ms",
        "sec" | "secs" | "second" | "seconds" => "s",
        "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        _ => return None,
    })
}
