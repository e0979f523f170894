//! Triggers as unpacking leaves them (deb-triggers(5), dpkg's `triggers.txt`): who is interested in what, and what has
//! been activated and not yet looked at.

use std::collections::BTreeSet;

use plc_store::{Store, TreePath};

use super::{
    RootfsError,
    database::put_text,
    draft::{Draft, fixed},
    installed::{DATABASE, Installed},
    package::Package,
    users::read_text,
};

/// Writes a package's interests: a line of `File` for a path, a line of a file of its own for a name.
pub(super) fn add_interests(
    store: &Store,
    draft: &mut Draft,
    package: &Package,
    epoch: i64,
) -> Result<(), RootfsError> {
    for interest in package.interests(store)? {
        let who = format!("{}{}", package.qualified(), if interest.awaited { "" } else { "/noawait" });
        let bad = || RootfsError::BadLine {
            package: package.name.clone(),
            file: "triggers",
            line: interest.trigger.clone(),
        };
        let (file, line) = match interest.trigger.starts_with('/') {
            true => ("File", format!("{} {who}\n", interest.trigger)),
            false => (interest.trigger.as_str(), format!("{who}\n")),
        };
        // A name becomes a file's: it has no `/` in it.
        if file.contains('/') {
            return Err(bad());
        }
        let path = TreePath::new(format!("{DATABASE}/triggers/{file}").as_bytes()).map_err(|_| bad())?;
        let mut text = read_text(store, draft, &path)?;
        if !text.lines().any(|known| known == line.trim_end()) {
            text.push_str(&line);
        }
        put_text(store, draft, &path, &text, epoch)?;
    }
    Ok(())
}

/// Notes which file triggers of the layer below the new packages' paths have activated. What packages activate by
/// name needs no note: dpkg activates it again when it configures them.
pub(super) fn activate(
    store: &Store,
    draft: &mut Draft,
    installed: &Installed,
    packages: &[Package],
    laid: &[usize],
    epoch: i64,
) -> Result<(), RootfsError> {
    let watched: BTreeSet<&[u8]> =
        installed.file_triggers.iter().filter_map(|(path, _)| path.as_bytes().strip_prefix(b"/")).collect();
    let mut activated: BTreeSet<&[u8]> = BTreeSet::new();
    for (path, _) in laid.iter().flat_map(|index| packages[*index].data()) {
        let mut above = Some(path);
        while let Some(path) = above.filter(|path| !path.is_root()) {
            activated.extend(watched.get(path.as_bytes()));
            above = path.parent();
        }
    }
    let path = fixed("var/lib/dpkg/triggers/Unincorp");
    let mut text = read_text(store, draft, &path)?;
    for trigger in activated {
        // `-`: nobody waits, since `dpkg --configure -a` ends only when all triggers are processed.
        text.push_str(&format!("/{} -\n", String::from_utf8_lossy(trigger)));
    }
    put_text(store, draft, &path, &text, epoch)
}
