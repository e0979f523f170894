//! The stanzas of a `Packages` file, without copying.

use super::{IndexError, IndexText, Record};

/// The stanzas of a text.
pub(super) fn stanzas(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(|stanza| stanza.trim_matches('\n')).filter(|stanza| !stanza.is_empty())
}

/// The fields of a stanza with their values; a value that goes on keeps its line ends.
fn fields(stanza: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = stanza;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.find('\n').unwrap_or(rest.len());
        while rest[end..].starts_with("\n ") || rest[end..].starts_with("\n\t") {
            end = rest[end + 1..].find('\n').map_or(rest.len(), |more| end + 1 + more);
        }
        let (field, after) = rest.split_at(end);
        rest = after.strip_prefix('\n').unwrap_or(after);
        Some(field.split_once(':').map_or((field, ""), |(name, value)| (name, value.trim())))
    })
}

/// The package that a stanza describes.
pub(super) fn record<'a>(stanza: &'a str, text: &IndexText<'a>) -> Result<Record<'a>, IndexError> {
    let mut record = Record { archive: text.archive, suite: text.suite, ..Record::default() };
    let mut size = "";
    for (name, value) in fields(stanza) {
        match name {
            "Package" => record.name = value,
            "Version" => record.version = value,
            "Architecture" => record.architecture = value,
            "Source" => record.source = value.split([' ', '(']).next().unwrap_or_default(),
            "Essential" => record.essential = value == "yes",
            "Important" | "Protected" => record.protected |= value == "yes",
            "Priority" => record.priority = value,
            "Multi-Arch" => record.multi_arch = value,
            "Pre-Depends" => record.pre_depends = value,
            "Depends" => record.depends = value,
            "Conflicts" => record.conflicts = value,
            "Breaks" => record.breaks = value,
            "Provides" => record.provides = value,
            "Recommends" => record.recommends = value,
            "Replaces" => record.replaces = value,
            "Filename" => record.path = value,
            "Size" => size = value,
            "SHA256" => record.sha256 = value,
            _ => {}
        }
    }
    check(&mut record, size).map_err(|problem| IndexError {
        suite: text.name.to_owned(),
        package: record.name.to_owned(),
        problem,
    })?;
    Ok(record)
}

fn check<'a>(record: &mut Record<'a>, size: &'a str) -> Result<(), String> {
    if !is_name(record.name) {
        return Err("has a name that no package may have".to_owned());
    }
    if !is_version(record.version) {
        return Err(format!("has a version that none may have: `{}`", record.version));
    }
    if !is_inside(record.path) {
        return Err(format!("is at `{}`, which is not a path inside the archive", record.path));
    }
    if record.sha256.len() != 64
        || !record.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Err("has no SHA-256: weaker hashes are not trusted".to_owned());
    }
    if record.source.is_empty() {
        record.source = record.name;
    }
    record.size = size.parse().map_err(|_| "has no size".to_owned())?;
    Ok(())
}

/// Debian policy, section 5.6.1, but for the least length, which dpkg does not mind.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.'))
}

/// Debian policy, section 5.6.12, but for the order of the parts.
fn is_version(version: &str) -> bool {
    version.starts_with(|first: char| first.is_ascii_alphanumeric())
        && version
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'~' | b':'))
}

/// A relative path without anything that leads elsewhere.
fn is_inside(path: &str) -> bool {
    path.strip_prefix("./").unwrap_or(path).split('/').all(|part| {
        !matches!(part, "" | "." | "..") && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    })
}
