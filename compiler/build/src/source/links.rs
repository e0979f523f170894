//! Symbolic links of a source: each must lead to a place inside it. One that leads out would mean another file on each
//! machine, or none.

use std::collections::BTreeMap;

use plc_store::{Entry, Kind, TreePath};

/// How many links one path may go through, as in Linux.
const LINKS_MAX: usize = 40;

/// The first link that leads out, with its target.
pub(super) fn leading_out(entries: &[Entry]) -> Option<(&TreePath, &[u8])> {
    let links: BTreeMap<&[u8], &[u8]> = entries
        .iter()
        .filter_map(|entry| match &entry.kind {
            Kind::Symlink(target) => Some((entry.path.as_bytes(), &**target)),
            _ => None,
        })
        .collect();
    let outside = |entry: &&Entry| match &entry.kind {
        Kind::Symlink(target) => !stays_inside(&entry.path, target, &links),
        _ => false,
    };
    let found = entries.iter().find(outside)?;
    Some((&found.path, links[found.path.as_bytes()]))
}

/// Walks a link's target through the source's other links, as the system would.
fn stays_inside(link: &TreePath, target: &[u8], links: &BTreeMap<&[u8], &[u8]>) -> bool {
    let mut at = link.parent().unwrap_or_else(TreePath::root).as_bytes().to_vec();
    // What is still to be walked, the next part last.
    let mut ahead: Vec<&[u8]> = Vec::new();
    let mut gone_through = 0;
    let mut next = Some(target);
    loop {
        if let Some(target) = next.take() {
            if target.starts_with(b"/") {
                return false;
            }
            ahead.extend(target.split(|byte| *byte == b'/').rev());
        }
        let Some(part) = ahead.pop() else { return true };
        match part {
            b"" | b"." => {}
            b".." if at.is_empty() => return false,
            b".." => at.truncate(at.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
            name => {
                let inner = if at.is_empty() { name.to_vec() } else { [&at, name].join(&b'/') };
                match links.get(inner.as_slice()) {
                    Some(target) => {
                        gone_through += 1;
                        // A circle leads nowhere, and so not out.
                        if gone_through > LINKS_MAX {
                            return true;
                        }
                        next = Some(target);
                    }
                    None => at = inner,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::normal, *};

    fn link(path: &str, target: &str) -> Entry {
        let path = TreePath::new(path.as_bytes()).unwrap();
        normal::entry(path, Kind::Symlink(target.as_bytes().into()), false)
    }

    fn leads_out(links: &[(&str, &str)]) -> Option<String> {
        let entries: Vec<Entry> = links.iter().map(|(path, target)| link(path, target)).collect();
        leading_out(&entries).map(|(path, _)| path.to_string())
    }

    #[test]
    fn links_inside_are_fine() {
        assert_eq!(leads_out(&[("a", "b"), ("c/d", "../a"), ("e", "."), ("f/g/h", "../../f/./x//y")]), None);
        assert_eq!(leads_out(&[("a", "b"), ("b", "a")]), None, "a circle");
    }

    #[test]
    fn links_that_climb_out_are_found() {
        for link in [("a", ".."), ("a/b", "../../c"), ("a", "/etc/passwd"), ("a", "x/../../y"), ("a", "//")] {
            assert_eq!(leads_out(&[("0", "fine"), link]).as_deref(), Some(link.0), "{link:?}");
        }
    }

    #[test]
    fn links_through_links_are_walked_as_the_system_does() {
        // By its letters `top/../x` is inside, and it is not.
        assert_eq!(leads_out(&[("d/top", ".."), ("link", "d/top/../x")]).as_deref(), Some("link"));
        assert_eq!(leads_out(&[("deep", "a/b/c"), ("link", "deep/../../x")]), None);
        assert_eq!(leads_out(&[("deep", "a"), ("link", "deep/../../x")]).as_deref(), Some("link"));
    }
}
