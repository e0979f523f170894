//! The archive that a machine boots from: the kernel's modules, and this program with the libraries that it runs with.
//!
//! The program is no input of what is built: it is the one that runs here, and is added when the machine starts. Its libraries are
//! found where the kernel has mapped them, so that it is these and no others.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use plc_build::cpio::Cpio;

/// Where libraries lie in the machine; the kernel's command line says so.
pub(super) const LIBRARIES: &str = "lib";

/// Writes the archive.
pub(super) fn write(modules: &Path, to: &Path) -> io::Result<()> {
    let program = fs::read("/proc/self/exe")?;
    let mut cpio = Cpio::default();
    cpio.directory(LIBRARIES);
    let loader = interpreter(&program);
    for (name, path) in mapped(&fs::read_to_string("/proc/self/maps")?) {
        let content = fs::read(&path)?;
        cpio.file(&format!("{LIBRARIES}/{name}"), 0o755, without_the_rest(&content));
    }
    if let Some(loader) = &loader {
        // It is asked for by its path.
        let mut path = String::new();
        let (directory, name) = loader.trim_start_matches('/').rsplit_once('/').unwrap_or(("", loader));
        for part in directory.split('/').filter(|part| !part.is_empty()) {
            path = if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
            if path != LIBRARIES {
                cpio.directory(&path);
            }
        }
        cpio.file(&format!("{path}/{name}"), 0o755, without_the_rest(&fs::read(loader)?));
    }
    cpio.file("init", 0o755, without_the_rest(&program));
    let mut archive = File::create(to)?;
    io::copy(&mut File::open(modules)?, &mut archive)?;
    archive.write_all(&cpio.finish())
}

/// The libraries that are mapped into this process, by name.
fn mapped(maps: &str) -> BTreeMap<String, PathBuf> {
    let paths = maps.lines().filter_map(|line| Some(&line[line.find('/')?..]));
    let libraries = paths.filter_map(|path| {
        let name = path.rsplit('/').next()?;
        let is_library = name.ends_with(".so") || name.contains(".so.");
        is_library.then(|| (name.to_owned(), PathBuf::from(path)))
    });
    libraries.collect()
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let mut wide = [0; 8];
    wide.get_mut(..length)?.copy_from_slice(bytes.get(at..at.checked_add(length)?)?);
    Some(u64::from_le_bytes(wide))
}

/// What a program's header says of the parts of it: kind, place and length in the file (elf(5), 64 bits, little endian).
fn segments(elf: &[u8]) -> Option<Vec<(u64, usize, usize)>> {
    if !elf.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, size, count) = (number(elf, 32, 8)?, number(elf, 54, 2)?, number(elf, 56, 2)?);
    let mut segments = Vec::new();
    for index in 0..count {
        let at = usize::try_from(table.checked_add(index * size)?).ok()?;
        let place = usize::try_from(number(elf, at.checked_add(8)?, 8)?).ok()?;
        let length = usize::try_from(number(elf, at.checked_add(32)?, 8)?).ok()?;
        segments.push((number(elf, at, 4)?, place, length));
    }
    Some(segments)
}

/// The program that loads another's libraries: its segment 3.
fn interpreter(elf: &[u8]) -> Option<String> {
    let (_, place, length) = segments(elf)?.into_iter().find(|(kind, ..)| *kind == 3)?;
    let path = elf.get(place..place.checked_add(length)?)?;
    String::from_utf8(path.strip_suffix(b"\0").unwrap_or(path).to_vec()).ok()
}

/// A program without what comes after all that is loaded (segment 1): names and lines for debuggers, which may be most of it.
fn without_the_rest(elf: &[u8]) -> &[u8] {
    let end = segments(elf).and_then(|segments| {
        let loaded = segments.iter().filter(|(kind, ..)| *kind == 1);
        loaded.filter_map(|(_, place, length)| place.checked_add(*length)).max()
    });
    end.and_then(|end| elf.get(..end)).unwrap_or(elf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_those_that_are_mapped() {
        let maps = "\
55d0-55d1 r-xp 00000000 08:01 1 /usr/bin/plc
7f00-7f01 r-xp 00000000 08:01 2                  /usr/lib/x86_64-linux-gnu/libc.so.6
7f01-7f02 rw-p 00000000 08:01 2                  /usr/lib/x86_64-linux-gnu/libc.so.6
7f02-7f03 r-xp 00000000 08:01 3                  /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
7f03-7f04 rw-p 00000000 00:00 0                  [heap]
";
        let names: Vec<String> = mapped(maps).into_keys().collect();
        assert_eq!(names, ["ld-linux-x86-64.so.2", "libc.so.6"]);
    }

    #[test]
    fn what_is_not_loaded_is_left_out() {
        let program = fs::read("/proc/self/exe").expect("read");
        let short = without_the_rest(&program);
        assert!(short.len() < program.len());
        assert_eq!(segments(short), segments(&program));
        assert!(interpreter(&program).is_some_and(|path| path.starts_with("/lib")));
    }

    #[test]
    fn what_is_no_program_is_left_alone() {
        assert_eq!(without_the_rest(b"#!/bin/sh"), b"#!/bin/sh");
        // Headers that lead nowhere.
        let mut broken = b"\x7fELF\x02\x01".to_vec();
        broken.resize(64, 0xff);
        assert_eq!(without_the_rest(&broken), broken);
        assert_eq!(interpreter(&broken), None);
    }
}
