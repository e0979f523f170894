//! Strings of several lines, whose common indentation means nothing: it is made what the layout wants, and nothing
//! else of them changes.

use std::borrow::Cow;

/// Where the lines of a `"""` string begin that have their indentation stripped.
#[derive(Debug)]
pub(super) struct Block {
    /// Bytes of the string's text, each just after a line break that stands in no interpolation.
    lines: Vec<usize>,
    /// The indentation that is stripped, in bytes.
    common: usize,
}

/// The quotes of a string of several lines.
const QUOTES: &str = "\"\"\"";

impl Block {
    /// Looks at a string. `interpolations` are the places of the `}` that close them.
    ///
    /// None where lines are not stripped, or where carriage returns stand that are no part of a line's end.
    pub(super) fn read(text: &str, interpolations: impl Iterator<Item = usize>) -> Option<Self> {
        let raw = text.starts_with('r');
        let opening = usize::from(raw) + QUOTES.len();
        let inside = text.get(usize::from(raw)..)?.strip_prefix(QUOTES)?;
        let first = inside.split_once('\n')?.0;
        let blank = first.strip_suffix('\r').unwrap_or(first).bytes().all(is_blank);
        if !blank || text.contains("\r\r\n") {
            return None;
        }
        let lines = line_starts(text, opening, raw, interpolations)?;
        // A blank line has no say; the line of the closing quotes has one where something is before them.
        let said = lines.iter().filter_map(|line| text.get(*line..));
        let said = said.filter(|line| !is_blank_line(line) && *line != QUOTES);
        let common = said.map(|line| indentation(line).len()).min().unwrap_or(0);
        Some(Self { lines, common })
    }

    /// The same string with its lines indented by `columns`.
    pub(super) fn indented(&self, text: &str, columns: usize) -> String {
        let mut new = String::with_capacity(text.len());
        let opening = text.find('\n').unwrap_or(text.len());
        new.push_str(text.get(..opening).unwrap_or("").trim_end());
        new.push('\n');
        let ends = self.lines.iter().skip(1).copied().chain([text.len()]);
        for (start, end) in self.lines.iter().zip(ends) {
            let line = text.get(*start..end).unwrap_or("");
            let further = indentation(line).get(self.common..).unwrap_or("");
            if !(further.is_empty() && is_blank_line(line)) {
                new.extend(std::iter::repeat_n(' ', columns));
            }
            new.push_str(further);
            new.push_str(&line.get(indentation(line).len()..).unwrap_or("").replace("\r\n", "\n"));
        }
        new
    }

    /// The columns of the last line when the lines are indented by `columns`.
    pub(super) fn last_columns(&self, text: &str, columns: usize) -> usize {
        match self.lines.last().and_then(|line| text.get(*line..)) {
            Some(line) if !line.contains('\n') => {
                columns + line.chars().count() - indentation(line).len().min(self.common)
            }
            _ => last_columns(text),
        }
    }
}

/// The columns of the last line of a string that stays as it is.
pub(super) fn last_columns(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or("").chars().count()
}

/// A string as it is, with the line ends of the rest of the file: which of the two ends a line makes no difference.
pub(super) fn verbatim(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") && !text.contains("\r\r\n") {
        text.replace("\r\n", "\n").into()
    } else {
        text.into()
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn indentation(line: &str) -> &str {
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or("")
}

fn is_blank_line(line: &str) -> bool {
    let rest = line.trim_start_matches([' ', '\t']);
    rest.starts_with('\n') || rest.starts_with("\r\n")
}

/// Where lines begin after breaks of the string itself. A break in an interpolation is one between tokens.
fn line_starts(
    text: &str,
    opening: usize,
    raw: bool,
    mut interpolations: impl Iterator<Item = usize>,
) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut at = opening;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'\n' => {
                lines.push(at + 1);
                at + 1
            }
            // The brace of `\u{…}` opens no interpolation.
            b'\\' if !raw && text.get(at..)?.starts_with("\\u{") => at + 3,
            b'\\' if !raw => at + 2,
            b'{' if !raw => interpolations.next()? + 1,
            _ => at + 1,
        };
    }
    Some(lines)
}
