//! What a host's description puts into its root file system itself: files, links, state directories.

use std::collections::BTreeMap;

use plc_lang::topology::Host;
use plc_store::DerivationHash;

use super::Lowering;
use crate::derivation::{ANSWERS, Builder, Owner, TreeArguments, TreeContent, TreeFile};

/// The tree with what a host's packages are told when they ask, where there is anything.
/// Its name is not the host's: hosts that answer alike share their packages.
pub(super) fn answers(lowering: &mut Lowering<'_>, host: &Host) -> Option<DerivationHash> {
    let given = host.instances.iter().flat_map(|instance| &instance.answers);
    let lines: BTreeMap<&str, &str> = given.map(|a| (&*a.question, &*a.value)).collect();
    if lines.is_empty() {
        return None;
    }
    let text = lines.iter().map(|(question, value)| format!("{question} {value}\n")).collect();
    let file = TreeFile { path: ANSWERS.to_owned(), mode: 0o644, content: TreeContent::Text(text) };
    Some(lowering.add("answers".to_owned(), Vec::new(), Builder::Tree(TreeArguments { files: vec![file] })))
}

/// The files of a host, sorted by path, and the owners that are not root.
pub(super) fn of_host(host: &Host) -> (TreeArguments, Vec<Owner>) {
    let mut files = BTreeMap::new();
    let mut owners = BTreeMap::new();
    for instance in &host.instances {
        for state in &instance.states {
            let file =
                TreeFile { path: state.path.clone(), mode: state.mode, content: TreeContent::Directory };
            files.insert(state.path.clone(), file);
            owners.insert(state.path.clone(), (state.user.clone(), state.group.clone()));
        }
        for file in &instance.files {
            let content = match &file.link {
                Some(target) => TreeContent::Link(target.clone()),
                None => TreeContent::Text(file.content.clone()),
            };
            files.insert(file.path.clone(), TreeFile { path: file.path.clone(), mode: file.mode, content });
            owners.insert(file.path.clone(), (file.user.clone(), file.group.clone()));
        }
    }
    let owners = owners
        .into_iter()
        .filter(|(_, (user, group))| user != "root" || group != "root")
        .map(|(path, (user, group))| Owner { path, user, group })
        .collect();
    (TreeArguments { files: files.into_values().collect() }, owners)
}
