//! What apt remembers besides dpkg's database: which packages nobody asked for (apt-mark(8)).

use std::{collections::BTreeSet, fmt::Write as _};

use plc_store::{Kind, Store};

use super::{
    RootfsError,
    database::put_text,
    draft::{Draft, fixed},
    package::Package,
    users::read_text,
};

/// Marks what is there only because something else depends on it. `wants` are the names that were asked for; packages
/// that are essential or required are never marked, as with mmdebstrap.
pub(super) fn mark(
    store: &Store,
    draft: &mut Draft,
    packages: &[Package],
    native: &str,
    wants: &[String],
    epoch: i64,
) -> Result<(), RootfsError> {
    if wants.is_empty() || draft.get(&fixed("var/lib/apt")).is_none_or(|node| node.kind != Kind::Directory) {
        return Ok(());
    }
    let path = fixed("var/lib/apt/extended_states");
    let old = read_text(store, draft, &path)?;
    let mut stanzas: BTreeSet<String> = old
        .split("\n\n")
        .filter(|stanza| !stanza.is_empty() && !wants.iter().any(|name| is_about(stanza, name)))
        .map(str::to_owned)
        .collect();
    let asked_for = |package: &Package| {
        wants.contains(&package.name)
            || package.field("Essential") == "yes"
            || package.field("Priority") == "required"
    };
    for package in packages.iter().filter(|package| !asked_for(package)) {
        let architecture = if package.architecture == "all" { native } else { &package.architecture };
        stanzas.insert(format!("Package: {}\nArchitecture: {architecture}\nAuto-Installed: 1", package.name));
    }
    let mut text = String::new();
    for stanza in stanzas {
        let _ = write!(text, "{stanza}\n\n");
    }
    put_text(store, draft, &path, &text, epoch)
}

fn is_about(stanza: &str, package: &str) -> bool {
    stanza.lines().any(|line| line.strip_prefix("Package: ") == Some(package))
}
