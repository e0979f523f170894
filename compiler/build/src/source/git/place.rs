//! What may be named as a repository and as a revision. Both come from a description that somebody else may have
//! written, and go to a program's command line.

use std::path::Path;

use plc_plan::sources::is_inside;

use super::super::error::{ImportError, Imported};

/// Where a repository is.
pub(super) struct Place {
    url: String,
    elsewhere: bool,
}

impl Place {
    /// The place that a description names: a path inside the project, a `file`, `https` or `ssh` URL, or `user@host:path`.
    pub(super) fn of(project: &Path, name: &str) -> Imported<Self> {
        let refused = |reason| ImportError::Repository { repository: name.to_owned(), reason };
        if name.is_empty() || name.trim() != name || name.contains(char::is_control) {
            return Err(refused("it is empty, or has blanks around it or control characters in it"));
        }
        if let Some((scheme, rest)) = name.split_once("://") {
            check_url(scheme, rest).map_err(refused)?;
            return Ok(Self { url: name.to_owned(), elsewhere: scheme != "file" });
        }
        if is_short_for_ssh(name) {
            return Ok(Self { url: name.to_owned(), elsewhere: true });
        }
        Self::inside(project, name)
    }

    fn inside(project: &Path, name: &str) -> Imported<Self> {
        let outside = || ImportError::Outside { path: name.to_owned() };
        if !is_inside(name) {
            return Err(outside());
        }
        let absent = |_| ImportError::Absent { path: name.to_owned() };
        let root = project.canonicalize().map_err(absent)?;
        let path = root.join(name).canonicalize().map_err(absent)?;
        if !path.starts_with(&root) {
            return Err(outside());
        }
        if !path.is_dir() {
            let reason = "it is a file; a repository is a directory or a URL";
            return Err(ImportError::Repository { repository: name.to_owned(), reason });
        }
        let url = path.to_str().map(str::to_owned).ok_or_else(|| ImportError::Repository {
            repository: name.to_owned(),
            reason: "the project is in a directory whose name is not UTF-8",
        })?;
        Ok(Self { url, elsewhere: false })
    }

    /// As `git` takes it; begins with no `-`.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether it takes a network to get there.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }
}

fn check_url(scheme: &str, rest: &str) -> Result<(), &'static str> {
    if !["file", "https", "ssh"].contains(&scheme) {
        return Err("only paths, and `file`, `https` and `ssh` URLs are");
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if scheme == "file" {
        return if rest.starts_with('/') { Ok(()) } else { Err("a `file` URL has three slashes") };
    }
    if user.contains(':') || (scheme == "https" && !user.is_empty()) {
        return Err("a password has no place in a description");
    }
    if host.is_empty() || host.starts_with('-') || user.starts_with('-') {
        return Err("it names no host");
    }
    Ok(())
}

/// `git@example.org:wiki.git`, as `git` has it.
fn is_short_for_ssh(name: &str) -> bool {
    let Some((host, path)) = name.split_once(':') else { return false };
    let Some((user, host)) = host.split_once('@') else { return false };
    let plain = |text: &str| !text.is_empty() && !text.starts_with('-') && !text.contains('/');
    plain(user) && plain(host) && !path.is_empty()
}

/// Refuses what is no name of a commit, tag or branch.
pub(super) fn check_revision(repository: &str, revision: &str) -> Imported<()> {
    let refused = |reason| {
        let (repository, revision) = (repository.to_owned(), revision.to_owned());
        Err(ImportError::Revision { repository, revision, reason })
    };
    if revision.is_empty() || revision.starts_with('-') || revision.starts_with('/') {
        return refused("it is empty, or begins with `-` or `/`");
    }
    // git-check-ref-format(1). Patterns and ways from one commit to another are none of a description's.
    let never = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[]\\{}".contains(c);
    if revision.contains(never) || revision.contains("..") || revision.contains("@{") {
        return refused("it has characters that no tag or branch has");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(name: &str) -> Option<String> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(directory.path().join("project/repo")).unwrap();
        std::fs::write(directory.path().join("project/file"), "").unwrap();
        std::os::unix::fs::symlink("/", directory.path().join("project/out")).unwrap();
        std::os::unix::fs::symlink("repo", directory.path().join("project/in")).unwrap();
        Place::of(&directory.path().join("project"), name).err().map(|error| error.to_string())
    }

    #[test]
    fn repositories_of_the_project_and_of_the_world() {
        for good in [
            "./repo",
            "repo",
            "in",
            ".",
            "file:///srv/wiki.git",
            "https://example.org/wiki.git",
            "ssh://git@example.org:22/wiki.git",
            "git@example.org:wiki.git",
        ] {
            assert_eq!(reason(good), None, "{good}");
        }
    }

    #[test]
    fn what_is_no_repository_is_refused() {
        for (bad, why) in [
            ("", "control characters"),
            ("repo\nx", "control characters"),
            (" repo", "blanks"),
            ("../repo", "leads out of the project"),
            ("/srv/repo", "leads out of the project"),
            ("out/tmp", "leads out of the project"),
            ("gone", "there is no `gone`"),
            ("--upload-pack=touch x", "there is no"),
            ("file", "it is a file"),
            ("ext::sh -c touch% x", "there is no"),
            ("http://example.org/wiki.git", "only paths"),
            ("git://example.org/wiki.git", "only paths"),
            ("ext://sh", "only paths"),
            ("file://example.org/wiki.git", "three slashes"),
            ("https://ann:secret@example.org/wiki.git", "password"),
            ("https://token@example.org/wiki.git", "password"),
            ("ssh://-oProxyCommand=touch/x", "no host"),
            ("ssh://ann@-oProxyCommand=touch/x", "no host"),
            ("https:///wiki.git", "no host"),
            ("-ann@example.org:wiki.git", "there is no"),
            ("ann@-oProxyCommand=x:wiki.git", "there is no"),
        ] {
            let reason = reason(bad).unwrap_or_else(|| panic!("{bad} is taken"));
            assert!(reason.contains(why), "{bad}: {reason}");
        }
    }

    #[test]
    fn revisions_are_plain_names() {
        for good in ["v1", "main", "release/1.39", "REL1_39", "a-b", &"0".repeat(40)] {
            assert!(check_revision("r", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-v1",
            "--upload-pack=x",
            "/v1",
            "v1^",
            "v1~2",
            "v1:file",
            "v*",
            "a..b",
            "@{1}",
            "a b",
            "v\n",
        ] {
            assert!(check_revision("r", bad).is_err(), "{bad}");
        }
    }
}
