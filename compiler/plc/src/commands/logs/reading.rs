//! Logs as the keeper writes them, read line by line: those of several units together, in the order of time.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// A line, with when it was said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Milliseconds since 1970.
    pub(super) at: u64,
    /// Which of the logs.
    pub(super) unit: usize,
    pub(super) text: String,
}

/// The logs of several units. Of each, one line is held at a time, however long they are.
pub(super) struct Logs {
    logs: Vec<Log>,
    next: Vec<Option<Line>>,
}

impl Logs {
    pub(super) fn of(paths: impl Iterator<Item = PathBuf>) -> Self {
        let logs: Vec<Log> = paths.map(Log::new).collect();
        let next = logs.iter().map(|_| None).collect();
        Self { logs, next }
    }

    /// The earliest line that was not read yet; of lines of one time, that of the first log. None where all was read that there
    /// is so far.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        for (unit, (log, next)) in self.logs.iter_mut().zip(&mut self.next).enumerate() {
            if next.is_none() {
                *next = log.next(unit)?;
            }
        }
        let earliest = self.next.iter_mut().filter(|next| next.is_some());
        let earliest = earliest.min_by_key(|next| next.as_ref().map(|line| line.at));
        Ok(earliest.and_then(Option::take))
    }

    /// The last lines of those that are there, at most so many, that a condition holds of.
    pub(super) fn last(&mut self, most: usize, holds: impl Fn(&Line) -> bool) -> io::Result<VecDeque<Line>> {
        let mut last = VecDeque::new();
        while let Some(line) = self.next()? {
            if holds(&line) && most > 0 {
                if last.len() == most {
                    last.pop_front();
                }
                last.push_back(line);
            }
        }
        Ok(last)
    }
}

/// A log that is being read, which may be put aside for a new one meanwhile.
struct Log {
    path: PathBuf,
    /// What is read now, then what was begun after it.
    files: VecDeque<(BufReader<File>, u64)>,
    opened: bool,
    /// What there is of a line whose end has not come.
    begun: Vec<u8>,
}

impl Log {
    fn new(path: PathBuf) -> Self {
        Self { path, files: VecDeque::new(), opened: false, begun: Vec::new() }
    }

    fn next(&mut self, unit: usize) -> io::Result<Option<Line>> {
        if !self.opened {
            self.look_for_new()?;
            if let Some((_, number)) = self.files.front() {
                let mut path = self.path.clone().into_os_string();
                path.push(".1");
                // It may be the one that was open already, put aside since.
                let number = *number;
                self.files.extend(open(Path::new(&path))?.filter(|(_, earlier)| *earlier != number));
                self.files.make_contiguous().reverse();
                self.opened = true;
            }
        }
        loop {
            let Some((reader, _)) = self.files.front_mut() else { return Ok(None) };
            reader.read_until(b'\n', &mut self.begun)?;
            if let Some(line) = self.begun.strip_suffix(b"\n") {
                let text = String::from_utf8_lossy(line);
                let (at, text) = text.split_once(' ').unwrap_or(("0", &text));
                let line = Line { at: at.parse().unwrap_or_default(), unit, text: text.to_owned() };
                self.begun.clear();
                return Ok(Some(line));
            }
            if self.files.len() > 1 {
                // A line without its end was cut off with its keeper.
                self.begun.clear();
                self.files.pop_front();
            } else if !self.look_for_new()? {
                return Ok(None);
            }
        }
    }

    /// Opens the log where it is another file than the one that was opened last. That one may have got more lines since its end was
    /// seen, and is read first.
    fn look_for_new(&mut self) -> io::Result<bool> {
        let known = self.files.back().map(|(_, number)| *number);
        let new = open(&self.path)?.filter(|(_, number)| known != Some(*number));
        let is_new = new.is_some();
        self.files.extend(new);
        Ok(is_new)
    }
}

fn open(path: &Path) -> io::Result<Option<(BufReader<File>, u64)>> {
    match File::open(path) {
        Ok(file) => {
            let number = file.metadata()?.ino();
            Ok(Some((BufReader::new(file), number)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, OpenOptions},
        io::Write,
    };

    use super::*;

    fn add(path: &Path, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn all(logs: &mut Logs) -> Vec<(u64, usize, String)> {
        std::iter::from_fn(|| logs.next().unwrap()).map(|line| (line.at, line.unit, line.text)).collect()
    }

    #[test]
    fn lines_of_several_logs_come_in_order_of_time() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["a.log", "b.log", "gone.log"].map(|name| directory.path().join(name));
        add(&paths[0], "1 one\n4 four\n4 again\n");
        add(&paths[1], "2 two\n4 too\n");
        add(&directory.path().join("b.log.1"), "0 earlier\n9 cut o");
        let mut logs = Logs::of(paths.iter().cloned());
        let expected =
            [(0, 1, "earlier"), (1, 0, "one"), (2, 1, "two"), (4, 0, "four"), (4, 0, "again"), (4, 1, "too")];
        assert_eq!(all(&mut logs), expected.map(|(at, unit, text)| (at, unit, text.to_owned())));
        // What comes later, in pieces, and in a new file.
        add(&paths[0], "5 fi");
        assert_eq!(all(&mut logs), []);
        add(&paths[0], "ve\n");
        assert_eq!(all(&mut logs), [(5, 0, "five".to_owned())]);
        add(&paths[0], "6 six\n");
        fs::rename(&paths[0], directory.path().join("a.log.1")).unwrap();
        add(&paths[0], "7 seven\n");
        add(&paths[2], "8 eight\n");
        let expected = [(6, 0, "six"), (7, 0, "seven"), (8, 2, "eight")];
        assert_eq!(all(&mut logs), expected.map(|(at, unit, text)| (at, unit, text.to_owned())));
    }

    #[test]
    fn the_last_lines_are_those_of_all_logs_together() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["a.log", "b.log"].map(|name| directory.path().join(name));
        add(&paths[0], "1 one\n3 three\n");
        add(&paths[1], "2 two\n4 four\n");
        let last = |most, since| {
            let lines = Logs::of(paths.iter().cloned()).last(most, |line| line.at >= since).unwrap();
            lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(last(2, 0), ["three", "four"]);
        assert_eq!(last(9, 2), ["two", "three", "four"]);
        assert_eq!(last(0, 0), [] as [&str; 0]);
    }
}
