//! What a source leaves out: what its description says, then what `.gitignore` files say, the deepest first.
//!
//! Only files of the project count. Git would also read the user's own settings, `.git/info/exclude` and what is above
//! the project, and the same project would be another source on another machine.

use std::{
    borrow::Cow,
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};
use plc_store::TreePath;

use super::error::{ImportError, Imported};

/// The name of Git's directory, which is never part of a source, and of the file that stands for it in further work trees.
const GIT: &[u8] = b".git";

/// The longest `.gitignore` that is read, in bytes.
pub(super) const LONGEST: u64 = 1 << 20;

/// The rules that hold in one directory.
#[derive(Clone)]
pub(super) struct Rules {
    /// The description's own, which come before all others.
    own: Arc<Gitignore>,
    /// One for each `.gitignore` from the project down to here.
    files: Vec<Arc<Gitignore>>,
    /// Where the source lies in the project, so that rules from above it mean the right paths.
    place: PathBuf,
}

impl Rules {
    /// The description's patterns, for a source that lies at `place` below the project.
    ///
    /// # Errors
    /// When one is no pattern.
    pub(super) fn new(patterns: &[String], place: &Path) -> Imported<Self> {
        let place = Path::new("/").join(place);
        let mut builder = GitignoreBuilder::new(&place);
        let bad = |pattern: &str, error: ignore::Error| ImportError::Pattern {
            pattern: pattern.to_owned(),
            reason: error.to_string(),
        };
        for pattern in patterns {
            builder.add_line(None, &plain_braces(pattern)).map_err(|error| bad(pattern, error))?;
        }
        let own = builder.build().map_err(|error| bad(&patterns.join(" "), error))?;
        Ok(Self { own: Arc::new(own), files: Vec::new(), place })
    }

    /// With the rules of a `.gitignore` in a directory above the source, by its path below the project.
    pub(super) fn with_above(&self, directory: &Path, text: &[u8]) -> Self {
        self.with_file(&Path::new("/").join(directory), text)
    }

    /// With the rules of a `.gitignore` in a directory of the source.
    pub(super) fn with(&self, directory: &TreePath, text: &[u8]) -> Self {
        self.with_file(&self.absolute(directory), text)
    }

    fn with_file(&self, directory: &Path, text: &[u8]) -> Self {
        let mut builder = GitignoreBuilder::new(directory);
        for line in String::from_utf8_lossy(text).lines() {
            // Git passes over what it does not understand, and so it is not for us to complain.
            let _ = builder.add_line(None, &plain_braces(line));
        }
        let mut rules = self.clone();
        rules.files.extend(builder.build().ok().filter(|built| !built.is_empty()).map(Arc::new));
        rules
    }

    /// Whether an entry of the directory that the rules are for is left out.
    pub(super) fn leave_out(&self, path: &TreePath, is_directory: bool) -> bool {
        if path.name() == GIT {
            return true;
        }
        let path = self.absolute(path);
        let deepest_first = self.files.iter().rev();
        for rules in std::iter::once(&self.own).chain(deepest_first) {
            match rules.matched(&path, is_directory) {
                Match::None => {}
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
            }
        }
        false
    }

    /// Where an entry would be if the project were the root.
    fn absolute(&self, path: &TreePath) -> PathBuf {
        self.place.join(OsStr::from_bytes(path.as_bytes()))
    }
}

/// The library reads `{a,b}` as one or the other; Git reads it as it stands.
fn plain_braces(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains(['{', '}']) {
        return Cow::Borrowed(pattern);
    }
    let mut plain = String::with_capacity(pattern.len() + 8);
    let mut escaped = false;
    for letter in pattern.chars() {
        if matches!(letter, '{' | '}') && !escaped {
            plain.push('\\');
        }
        escaped = letter == '\\' && !escaped;
        plain.push(letter);
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::new(text.as_bytes()).unwrap()
    }

    fn rules(patterns: &[&str], place: &str) -> Rules {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Rules::new(&patterns, Path::new(place)).unwrap()
    }

    #[test]
    fn the_description_comes_first_then_the_deepest_file() {
        let rules = rules(&["*.log", "!keep.tmp", "/top"], "src");
        let rules = rules.with_above(Path::new(""), b"*.tmp\nbuild/\n/src/anchored\n");
        let deep = rules.with(&path("a"), b"!b.tmp\n# a comment\nx\n!*.log\n");
        for (which, at, is_directory, out) in [
            (&rules, "a.log", false, true),
            (&rules, "keep.tmp", false, false),
            (&rules, "b.tmp", false, true),
            (&deep, "a/b.tmp", false, false),
            (&deep, "a/c.tmp", false, true),
            (&deep, "a/c.log", false, true),
            (&rules, "top", false, true),
            (&rules, "a/top", false, false),
            (&rules, "anchored", false, true),
            (&rules, "a/anchored", false, false),
            (&rules, "a/build", true, true),
            (&rules, "a/build", false, false),
            (&deep, "a/x", false, true),
            (&rules, "x", false, false),
            (&rules, ".hidden", false, false),
            (&rules, ".git", true, true),
            (&rules, "a/.git", false, true),
        ] {
            assert_eq!(which.leave_out(&path(at), is_directory), out, "{at}");
        }
    }

    #[test]
    fn a_pattern_that_is_none_is_refused() {
        let error = Rules::new(&["a".into(), "[z-a]".into()], Path::new("")).err().unwrap();
        assert!(error.to_string().starts_with("`[z-a]` is no pattern of what to leave out"), "{error}");
        // In a file it is passed over, as Git does.
        assert!(rules(&[], "").with(&TreePath::root(), b"[z-a]\nx\n").leave_out(&path("x"), false));
    }

    #[test]
    fn braces_are_letters() {
        let rules = rules(&["{a,b}", "c\\{d", "{"], "");
        for (at, out) in [("{a,b}", true), ("a", false), ("b", false), ("c{d", true), ("{", true)] {
            assert_eq!(rules.leave_out(&path(at), false), out, "{at}");
        }
    }
}
