//! What services print, line by line with the time, in files that do not grow for ever.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, PipeReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// A log that has become this long, in bytes, makes room for a new one; the one before stays.
const LONGEST: u64 = 8 << 20;

/// What is longer is cut into several lines, in bytes.
const LINE: usize = 16 << 10;

/// How many lines are told where something has failed.
const LAST: usize = 10;

/// How much of a log is read for them, in bytes.
const TAIL: i64 = 64 << 10;

/// What a unit said last, without the times.
pub(super) fn last_lines(path: &Path) -> Vec<String> {
    let read = || {
        let mut log = File::open(path)?;
        if log.metadata()?.len() > TAIL.unsigned_abs() {
            log.seek(SeekFrom::End(-TAIL))?;
        }
        let mut bytes = Vec::new();
        log.read_to_end(&mut bytes)?;
        io::Result::Ok(bytes)
    };
    let log = read().unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let text = |line: &str| line.split_once(' ').map_or(line, |(_, text)| text).to_owned();
    let mut lines: Vec<String> = log.lines().rev().take(LAST).map(text).collect();
    lines.reverse();
    lines
}

/// A log at its end.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Log {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, length })
    }

    /// Adds a line: milliseconds since 1970, a blank, the line.
    pub(super) fn add(&mut self, line: &[u8]) -> io::Result<()> {
        if self.length > LONGEST {
            let mut before = self.path.clone().into_os_string();
            before.push(".1");
            fs::rename(&self.path, before)?;
            *self = Self::open(&self.path)?;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let mut entry = format!("{now} ").into_bytes();
        entry.extend(line);
        entry.push(b'\n');
        self.length += entry.len() as u64;
        self.file.write_all(&entry)
    }

    /// Takes down what comes, to its end. A disk that is full loses lines, and stops nobody.
    pub(super) fn take_down(mut self, from: PipeReader) {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            let (taken, ended) = match from.fill_buf() {
                Ok([]) => (0, true),
                Ok(bytes) => {
                    let room = LINE - line.len();
                    let end = bytes.iter().take(room).position(|byte| *byte == b'\n');
                    let taken = end.map_or(bytes.len().min(room), |end| end + 1);
                    line.extend(&bytes[..taken]);
                    (taken, false)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => (0, true),
            };
            from.consume(taken);
            if line.ends_with(b"\n") || line.len() >= LINE || (ended && !line.is_empty()) {
                let text = line.strip_suffix(b"\n").unwrap_or(&line);
                let _ = self.add(text.strip_suffix(b"\r").unwrap_or(text));
                line.clear();
            }
            if ended {
                return;
            }
        }
    }
}
