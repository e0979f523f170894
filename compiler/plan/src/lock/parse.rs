//! Reads the text of a lock. Strict: a lock decides what is trusted, so what is not understood is refused, with its line.

mod closure;

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use super::{Lock, LockedArchive, LockedPackage, LockedSource, LockedSuite, write::HEADER};
use crate::derivation::{Fetch, PackageVersion};

/// A text that is not a lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct LockSyntaxError {
    /// From 1.
    pub line: usize,
    /// What is wrong there, and what to do.
    pub message: String,
}

/// What mends a lock that is not understood.
const MEND: &str = "run `plc lock` to make it again";

type Parsed<T> = Result<T, LockSyntaxError>;

impl Lock {
    /// A lock from its text. Refuses other format versions, unknown, missing and repeated fields, merge-conflict
    /// markers, and closures that name packages which the lock does not have.
    pub fn parse(text: &str) -> Parsed<Self> {
        let lines = lines(text)?;
        let mut lock = Self::default();
        let mut closures = Vec::new();
        let mut shared = Shared::default();
        for block in blocks(&lines)? {
            match block.kind() {
                "archive" => lock.archives.push(archive(&block)?),
                "base" | "host" | "tools" => closures.push(closure::written(&block)?),
                "package" => lock.packages.push(package(&block, &mut shared)?),
                "source" => lock.sources.push(source(&block)?),
                other => return Err(block.head.error(format!("unknown block `{other}`; {MEND}"))),
            }
        }
        refuse_repeated(&lock, &lines)?;
        lock.packages.sort_by(|one, other| one.key.cmp(&other.key));
        lock.closures = closure::read(closures, &lock.packages)?;
        Ok(lock)
    }
}

/// One line that says something.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    indent: usize,
    name: &'a str,
    value: &'a str,
}

impl<'a> Line<'a> {
    fn one_word(&self) -> Parsed<&'a str> {
        let blank = if self.value.is_ascii() {
            self.value.bytes().any(|byte| byte.is_ascii_whitespace())
        } else {
            self.value.contains(char::is_whitespace)
        };
        if blank || self.value.is_empty() {
            return Err(self.error(format!("`{}` takes one word", self.name)));
        }
        Ok(self.value)
    }

    fn error(&self, message: impl Into<String>) -> LockSyntaxError {
        LockSyntaxError { line: self.number, message: message.into() }
    }

    fn unknown(&self) -> LockSyntaxError {
        self.error(format!("unknown field `{}`; {MEND}", self.name))
    }

    fn twice(&self) -> LockSyntaxError {
        self.error(format!("`{} {}` is there twice; {MEND}", self.name, self.value))
    }

    /// The value, which must be one word.
    fn word(&self) -> Parsed<String> {
        self.one_word().map(str::to_owned)
    }
}

/// Bytes of a line, as few as they are on average.
const SHORT: usize = 24;

fn lines(text: &str) -> Parsed<Vec<Line<'_>>> {
    // Looked at as a whole, which takes a fraction of looking at each line.
    let plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b'\n' | b' '..=b'~'));
    let mut numbered = split_lines(text).enumerate().map(|(index, line)| (index + 1, line));
    let header = numbered.next().map_or("", |(_, line)| line);
    if header != HEADER {
        return Err(LockSyntaxError { line: 1, message: wrong_header(header) });
    }
    let mut found = Vec::with_capacity(text.len() / SHORT);
    for (number, line) in numbered {
        if !line.trim_ascii_start().is_empty() {
            found.push(one_line(number, line, plain)?);
        }
    }
    Ok(found)
}

fn wrong_header(header: &str) -> String {
    if is_conflict_marker(header) {
        return conflict();
    }
    match header.strip_prefix("plc lock ") {
        Some(version) => format!("format version `{version}` is not known to this program; {MEND}"),
        None => format!("a lock begins with `{HEADER}`; {MEND}"),
    }
}

fn is_conflict_marker(line: &str) -> bool {
    line.starts_with(['<', '=', '>', '|'])
        && ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker))
}

fn conflict() -> String {
    format!("a merge conflict is not settled here; {MEND}")
}

/// As [`str::lines`].
fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
    let ends = ends.chain((!text.ends_with('\n')).then_some(text.len()));
    ends.filter_map(move |end| {
        let line = text.get(start..end)?;
        start = end;
        let line = line.strip_suffix('\n').unwrap_or(line);
        Some(line.strip_suffix('\r').unwrap_or(line))
    })
}

/// A line that says something; in a `plain` text there is nothing but printable ASCII.
fn one_line(number: usize, line: &str, plain: bool) -> Parsed<Line<'_>> {
    let error = |message| Err(LockSyntaxError { line: number, message });
    if is_conflict_marker(line) {
        return error(conflict());
    }
    let indent = line.bytes().take_while(|byte| *byte == b' ').count();
    let content = line.get(indent..).unwrap_or_default();
    if !matches!(indent, 0 | 2 | 4)
        || (!plain && content.contains(char::is_control))
        || content.ends_with(' ')
    {
        return error(format!("the layout is not a lock's; {MEND}"));
    }
    // Names are short: looking for their end byte by byte is quicker than any search.
    let end = content.bytes().position(|byte| byte == b' ').unwrap_or(content.len());
    let (name, value) = content.split_at(end);
    let value = value.strip_prefix(' ').unwrap_or_default();
    Ok(Line { number, indent, name, value })
}

/// A line without indentation, and the indented ones below it.
struct Block<'a> {
    head: Line<'a>,
    fields: &'a [Line<'a>],
}

impl<'a> Block<'a> {
    fn kind(&self) -> &'a str {
        self.head.name
    }

    fn name(&self) -> Parsed<String> {
        self.head.word()
    }
}

fn blocks<'a>(lines: &'a [Line<'a>]) -> Parsed<Vec<Block<'a>>> {
    let mut found = Vec::new();
    for range in split(lines, 0)? {
        found.push(Block { head: lines[range.start], fields: &lines[range.start + 1..range.end] });
    }
    Ok(found)
}

/// The ranges of lines that begin at this indentation, each with what is below it.
fn split(lines: &[Line<'_>], indent: usize) -> Parsed<Vec<Range<usize>>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if line.indent == indent {
            ranges.push(index..index + 1);
        } else if let Some(last) = ranges.last_mut() {
            last.end = index + 1;
        } else {
            return Err(line.error(format!("this line belongs to nothing; {MEND}")));
        }
    }
    Ok(ranges)
}

/// Named fields that may each be there once.
struct Fields<'l, 'a> {
    head: Line<'a>,
    lines: &'l [Line<'a>],
}

impl<'l, 'a> Fields<'l, 'a> {
    fn read(head: Line<'a>, lines: &'l [Line<'a>], indent: usize, known: &[&str]) -> Parsed<Self> {
        for (index, line) in lines.iter().enumerate() {
            if line.indent != indent || !known.contains(&line.name) {
                return Err(line.unknown());
            }
            // There are no more lines before this one than fields are known.
            if lines.iter().take(index).any(|before| before.name == line.name) {
                return Err(line.error(format!("`{}` is said twice", line.name)));
            }
        }
        Ok(Self { head, lines })
    }

    fn line(&self, name: &str) -> Parsed<&'l Line<'a>> {
        self.lines.iter().find(|line| line.name == name).ok_or_else(|| {
            self.head.error(format!("`{} {}` has no `{name}`; {MEND}", self.head.name, self.head.value))
        })
    }

    fn word(&self, name: &str) -> Parsed<String> {
        self.line(name)?.word()
    }
}

fn archive(block: &Block<'_>) -> Parsed<LockedArchive> {
    let is_suite = |line: &Line<'_>| line.indent == 2 && line.name == "suite";
    let first_suite = block.fields.iter().position(is_suite).unwrap_or(block.fields.len());
    let (plain, suites) = block.fields.split_at(first_suite);
    let fields = Fields::read(block.head, plain, 2, &["components", "signed-by"])?;
    Ok(LockedArchive {
        name: block.name()?,
        components: fields.line("components")?.value.split_whitespace().map(str::to_owned).collect(),
        signed_by: fields.line("signed-by")?.value.to_owned(),
        suites: split(suites, 2)?.into_iter().map(|range| suite(&suites[range])).collect::<Parsed<_>>()?,
    })
}

fn suite(lines: &[Line<'_>]) -> Parsed<LockedSuite> {
    let head = lines[0];
    if head.name != "suite" {
        return Err(head.unknown());
    }
    let (signers, others): (Vec<Line<'_>>, Vec<Line<'_>>) =
        lines[1..].iter().partition(|line| line.indent == 4 && line.name == "signer");
    let fields = Fields::read(head, &others, 4, &["codename", "date"])?;
    Ok(LockedSuite {
        suite: head.word()?,
        codename: fields.word("codename")?,
        date: fields.word("date")?,
        signers: signers.iter().map(Line::word).collect::<Parsed<_>>()?,
    })
}

/// What nearly all packages have in common.
#[derive(Default)]
struct Shared {
    archive: Arc<str>,
    suite: Arc<str>,
}

/// The same text as that of the package before, where it is.
fn shared(text: &str, last: &mut Arc<str>) -> Arc<str> {
    if **last != *text {
        *last = text.into();
    }
    last.clone()
}

fn package(block: &Block<'_>, last: &mut Shared) -> Parsed<LockedPackage> {
    let known = ["version", "architecture", "archive", "suite", "path", "sha256", "size"];
    let fields = Fields::read(block.head, block.fields, 2, &known)?;
    let key = PackageVersion {
        name: block.name()?,
        version: fields.word("version")?,
        architecture: fields.word("architecture")?,
    };
    let file = Fetch {
        archive: shared(fields.line("archive")?.one_word()?, &mut last.archive),
        suite: shared(fields.line("suite")?.one_word()?, &mut last.suite),
        path: path(fields.line("path")?)?,
        sha256: sha256(fields.line("sha256")?)?,
        size: size(fields.line("size")?)?,
    };
    Ok(LockedPackage { key: key.into(), file: file.into() })
}

fn source(block: &Block<'_>) -> Parsed<LockedSource> {
    let fields = Fields::read(block.head, block.fields, 2, &["revision", "commit"])?;
    let source = LockedSource {
        repository: block.head.value.to_owned(),
        revision: fields.line("revision")?.value.to_owned(),
        commit: fields.word("commit")?,
    };
    if source.repository.is_empty() || source.revision.is_empty() {
        return Err(block.head.error(format!("a source is a repository and a revision; {MEND}")));
    }
    if !LockedSource::is_commit(&source.commit) {
        let line = fields.line("commit")?;
        return Err(line.error("a commit is 40 or 64 hexadecimal digits in lower case"));
    }
    Ok(source)
}

fn path(line: &Line<'_>) -> Parsed<String> {
    if line.value.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(line.error("a path inside an archive is relative, without `.` or `..`"));
    }
    Ok(line.value.to_owned())
}

fn sha256(line: &Line<'_>) -> Parsed<String> {
    let is_digest =
        line.value.len() == 64 && line.value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        return Err(line.error("a SHA-256 is 64 hexadecimal digits in lower case"));
    }
    Ok(line.value.to_owned())
}

fn size(line: &Line<'_>) -> Parsed<u64> {
    line.value.parse().map_err(|_| line.error("a size is a number of bytes"))
}

fn refuse_repeated(lock: &Lock, lines: &[Line<'_>]) -> Parsed<()> {
    let refuse = |kind: &str, index: Option<usize>| {
        let mut heads = lines.iter().filter(|line| line.indent == 0 && line.name == kind);
        match index.and_then(|index| heads.nth(index)) {
            Some(line) => Err(line.twice()),
            None => Ok(()),
        }
    };
    refuse("archive", repeated(lock.archives.iter().map(|archive| &archive.name)))?;
    refuse("package", repeated(lock.packages.iter().map(|package| &package.key)))?;
    let names = lock.sources.iter().map(|source| (&source.repository, &source.revision));
    refuse("source", repeated(names))
}

fn repeated<T: Ord>(items: impl Iterator<Item = T> + Clone) -> Option<usize> {
    // As it is written, it is sorted.
    if items.clone().is_sorted_by(|one, other| one < other) {
        return None;
    }
    let mut seen = BTreeSet::new();
    items.enumerate().find_map(|(index, item)| (!seen.insert(item)).then_some(index))
}
