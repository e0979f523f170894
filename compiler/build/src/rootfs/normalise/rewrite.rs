//! Files that keep their meaning and lose what differs from run to run.

use std::collections::BTreeSet;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// The same lines, sorted, each once.
pub(super) fn sorted_lines(text: &[u8]) -> Vec<u8> {
    let lines: BTreeSet<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    lines.into_iter().flat_map(|line| [line, b"\n"].concat()).collect()
}

/// The lines of `md5sum` whose files are there.
pub(super) fn hashes(text: &[u8], is_there: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let of =
        |line: &[u8]| line.iter().position(|byte| *byte == b'/').is_none_or(|at| is_there(&line[at + 1..]));
    text.split_inclusive(|byte| *byte == b'\n')
        .filter(|line| of(line.trim_ascii_end()))
        .collect::<Vec<_>>()
        .concat()
}

/// What `ls -R` prints, with the directories and the names in each sorted; what stands before the first stays there.
pub(super) fn sorted_listing(text: &[u8]) -> Vec<u8> {
    let mut blocks: Vec<Vec<&[u8]>> = vec![Vec::new()];
    let mut after_empty = false;
    for line in text.split(|byte| *byte == b'\n') {
        let begins = after_empty || blocks.len() == 1;
        after_empty = line.is_empty();
        if after_empty {
            continue;
        }
        // The name of a file may end in a colon as well.
        if begins && line.ends_with(b":") {
            blocks.push(Vec::new());
        }
        blocks.last_mut().into_iter().for_each(|block| block.push(line));
    }
    for block in &mut blocks[1..] {
        block[1..].sort();
    }
    blocks[1..].sort();
    let block = |lines: &Vec<&[u8]>| [lines.join(&b'\n'), b"\n".to_vec()].concat();
    blocks.iter().filter(|lines| !lines.is_empty()).map(block).collect::<Vec<_>>().join(&b'\n')
}

/// The directory of Info with the entries of each menu sorted, with the lines that continue them.
pub(super) fn sorted_menus(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut menu: Vec<Vec<u8>> = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match menu.last_mut() {
            _ if line.starts_with(b"* ") && !line.starts_with(b"* Menu:") => menu.push(line.to_vec()),
            Some(entry) if line.starts_with(b" ") || line.starts_with(b"\t") => entry.extend(line),
            _ => {
                menu.sort();
                out.extend(std::mem::take(&mut menu).concat());
                out.extend(line);
            }
        }
    }
    // The last line may go before others.
    if let Some(entry) = menu.last_mut().filter(|entry| !entry.ends_with(b"\n")) {
        entry.push(b'\n');
    }
    menu.sort();
    out.extend(menu.concat());
    out
}

/// shadow(5) with the day of the last change set to the epoch's, but for lines that the layer below has.
pub(super) fn last_changes(text: &[u8], below: &[u8], epoch: i64) -> Vec<u8> {
    let known: BTreeSet<&[u8]> = below.split(|byte| *byte == b'\n').collect();
    let day = (epoch / SECONDS_PER_DAY).to_string();
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let mut fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
        let counted =
            fields.get(2).is_some_and(|field| !field.is_empty() && field.iter().all(u8::is_ascii_digit));
        if counted && !known.contains(line.trim_ascii_end()) && fields[2] != b"0" {
            fields[2] = day.as_bytes();
        }
        out.extend(fields.join(&b':'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{hashes, last_changes, sorted_lines, sorted_listing, sorted_menus};

    #[test]
    fn new_users_get_the_day_of_the_epoch() {
        let below = b"root:*:100:0:99999:7:::\n";
        let now = b"root:*:100:0:99999:7:::\nmysql:!:20700::::::\nodd:*::\nold:*:0:\n";
        let expected = b"root:*:100:0:99999:7:::\nmysql:!:10::::::\nodd:*::\nold:*:0:\n";
        assert_eq!(last_changes(now, below, 10 * 86_400 + 5), expected);
    }

    #[test]
    fn hashes_of_files_that_are_gone_go() {
        let text = b"12  /etc/there\n34  /etc/gone\nother\n";
        assert_eq!(hashes(text, |path| path == b"etc/there"), b"12  /etc/there\nother\n");
    }

    #[test]
    fn entries_of_menus_are_sorted() {
        let text = b"Top\n\n* Menu:\n\nB\n* b: 2.\n  more\n* a: 1.\n\nA\n* c: 3.\n";
        let expected = b"Top\n\n* Menu:\n\nB\n* a: 1.\n* b: 2.\n  more\n\nA\n* c: 3.\n";
        assert_eq!(sorted_menus(text), expected);
        assert_eq!(sorted_menus(b"* b: 2.\n* a: 1."), b"* a: 1.\n* b: 2.\n");
        assert_eq!(sorted_menus(b"* b: 2.\n\nend"), b"* b: 2.\n\nend");
    }

    #[test]
    fn listings_are_sorted() {
        let text = b"% ls-R\n\n./:\nb\na\n\n./b:\nd\nc\n\n./a:\n";
        assert_eq!(sorted_listing(text), b"% ls-R\n\n./:\na\nb\n\n./a:\n\n./b:\nc\nd\n");
        // The first directory follows at once, and a file's name may end as a directory's.
        let text = b"% ls-R\n./:\nb\nz:\na\n\n./b:\n";
        assert_eq!(sorted_listing(text), b"% ls-R\n\n./:\na\nb\nz:\n\n./b:\n");
        assert_eq!(sorted_listing(b""), b"");
    }

    #[test]
    fn lines_are_sorted() {
        assert_eq!(sorted_lines(b"b\na\nb\n"), b"a\nb\n");
    }
}
