//! Which commit a revision of a repository came to when the lock was made.

use std::fmt::Write;

/// A revision of a Git repository, exactly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedSource {
    /// The repository as the description names it: a path of the project, or a URL.
    pub repository: String,
    /// The revision as the description names it: a commit, tag or branch.
    pub revision: String,
    /// The commit that it came to, in lower-case hexadecimal.
    pub commit: String,
}

impl LockedSource {
    /// Whether a text is a commit's whole name: SHA-1 or SHA-256 in lower-case hexadecimal.
    pub fn is_commit(text: &str) -> bool {
        matches!(text.len(), 40 | 64) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// The block of one source.
pub(super) fn write(text: &mut String, source: &LockedSource) {
    let LockedSource { repository, revision, commit } = source;
    // Writing to a string does not fail.
    let _ = write!(text, "\nsource {repository}\n  revision {revision}\n  commit {commit}\n");
}

#[cfg(test)]
mod tests {
    use super::super::Lock;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn text() -> String {
        format!(
            "plc lock 1\n\nsource ./a repository\n  revision v 1\n  commit {COMMIT}\n\n\
             source ./a repository\n  revision v 2\n  commit {COMMIT}\n"
        )
    }

    #[test]
    fn sources_are_read_and_written_again() {
        let lock = Lock::parse(&text()).unwrap();
        assert_eq!(lock.write(), text());
        assert_eq!(lock.commit("./a repository", "v 2"), Some(COMMIT));
        assert_eq!(lock.commit("./a repository", "v 3"), None);
    }

    #[test]
    fn what_is_no_source_is_refused_with_its_line() {
        for (from, to, expected) in [
            (
                "  commit 0123",
                "  commit 012",
                "line 5: a commit is 40 or 64 hexadecimal digits in lower case",
            ),
            (
                "  commit 0123",
                "  commit 012F",
                "line 5: a commit is 40 or 64 hexadecimal digits in lower case",
            ),
            ("  revision v 1\n", "", "line 3: `source ./a repository` has no `revision`; run `plc lock`"),
            (
                "source ./a repository",
                "source",
                "line 3: a source is a repository and a revision; run `plc lock`",
            ),
            ("  revision v 1", "  branch v 1", "line 4: unknown field `branch`; run `plc lock`"),
            (
                "  revision v 2",
                "  revision v 1",
                "line 7: `source ./a repository` is there twice; run `plc lock`",
            ),
        ] {
            let changed = text().replacen(from, to, 1);
            assert_ne!(changed, text(), "{from}");
            let error = Lock::parse(&changed).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{from} → {to}: {error}");
        }
    }
}
