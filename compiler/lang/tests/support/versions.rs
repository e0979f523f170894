//! The versions that a lock would have, as tests write them: `HOST PACKAGE VERSION` on each line.

use plc_lang::Versions;

/// The text as it is written.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Written(pub(crate) String);

impl Versions for Written {
    fn version(&self, host: &str, package: &str) -> Option<String> {
        let lines = self.0.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut versions = lines.filter_map(|words| match words.as_slice() {
            [h, p, version] if *h == host && *p == package => Some((*version).to_owned()),
            _ => None,
        });
        versions.next()
    }
}
