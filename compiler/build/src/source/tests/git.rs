//! Revisions of repositories, made here with the program `git`.

use std::fs;

use plc_lang::topology::Source;
use plc_store::TreeDigest;

use super::{
    super::{ImportError, LockedSource},
    fixture::{Fixture, git},
};

fn source(repository: &str, revision: &str) -> Source {
    Source::Git { repository: repository.into(), revision: revision.into() }
}

/// A project with a repository in it: the tag `v1`, and two commits more on `main`.
fn project() -> Fixture {
    let it = Fixture::new();
    it.write("repo/a", "one\n");
    it.write("repo/bin/run", "#!/bin/sh\n");
    it.mode("repo/bin/run", 0o755);
    it.link("repo/link", "a");
    git(&it.path("repo"), &["init", "--quiet"]);
    commit(&it, "one");
    git(&it.path("repo"), &["tag", "--annotate", "--message", "first", "v1"]);
    it.write("repo/a", "two\n");
    commit(&it, "two");
    it.write("repo/a", "three\n");
    commit(&it, "three");
    it
}

fn commit(it: &Fixture, message: &str) -> String {
    git(&it.path("repo"), &["add", "--all"]);
    git(&it.path("repo"), &["commit", "--quiet", "--message", message]);
    git(&it.path("repo"), &["rev-parse", "HEAD"])
}

/// Locks a revision and reads it.
fn import(it: &Fixture, revision: &str) -> Result<TreeDigest, ImportError> {
    let locked = it.resolve(&source("./repo", revision))?;
    it.import(&source("./repo", revision), &[locked])
}

#[test]
fn a_revision_is_what_its_commit_holds() {
    let it = project();
    let digest = import(&it, "v1").unwrap();
    let text = "0644 a \"one\\n\"\n0755 bin /\n0755 bin/run \"#!/bin/sh\\n\"\n0777 link → a\n";
    assert_eq!(it.listing(digest), text);
    // The same as those files beside it.
    it.write("repo/a", "one\n");
    assert_eq!(it.local("./repo", &[]).unwrap(), digest);
}

#[test]
fn tags_branches_and_commits_are_revisions() {
    let it = project();
    let head = git(&it.path("repo"), &["rev-parse", "HEAD"]);
    let first = git(&it.path("repo"), &["rev-parse", "v1^{commit}"]);
    git(&it.path("repo"), &["branch", "release/1", "v1"]);
    for (revision, commit) in
        [("main", &head), ("HEAD", &head), ("v1", &first), ("release/1", &first), (&*first, &first)]
    {
        let locked = it.resolve(&source("./repo", revision)).unwrap();
        assert_eq!(locked.commit, *commit, "{revision}");
        assert_eq!((&*locked.repository, &*locked.revision), ("./repo", revision));
    }
    // A tag before a branch.
    git(&it.path("repo"), &["branch", "v1", "main"]);
    assert_eq!(it.resolve(&source("./repo", "v1")).unwrap().commit, first);
    for revision in ["v2", &first[..12], "refs/heads", "ain"] {
        let error = it.resolve(&source("./repo", revision)).unwrap_err();
        assert_eq!(error.to_string(), format!("the repository `./repo` has no tag or branch `{revision}`"));
    }
}

#[test]
fn a_locked_commit_stays_when_the_branch_moves_on() {
    let mut it = project();
    let locked = [it.resolve(&source("./repo", "main")).unwrap()];
    it.write("repo/a", "four\n");
    let four = commit(&it, "four");
    assert!(it.listing(it.import(&source("./repo", "main"), &locked).unwrap()).contains("three"));
    let now = it.resolve(&source("./repo", "main")).unwrap();
    assert_eq!(now.commit, four);
    assert!(it.listing(it.import(&source("./repo", "main"), &[now]).unwrap()).contains("four"));
    // Rewritten history, too, as long as the repository still has the commit.
    git(&it.path("repo"), &["reset", "--quiet", "--hard", "v1"]);
    it.write("repo/a", "five\n");
    commit(&it, "five");
    it.store = plc_store::Store::open(&it.beside("another")).unwrap();
    assert!(it.listing(it.import(&source("./repo", "main"), &locked).unwrap()).contains("three"));
}

#[test]
fn a_commit_that_was_read_is_known_for_ever() {
    let mut it = project();
    let locked = [it.resolve(&source("./repo", "v1")).unwrap()];
    let digest = it.import(&source("./repo", "v1"), &locked).unwrap();
    fs::rename(it.path("repo"), it.path("away")).unwrap();
    it.offline = true;
    assert_eq!(it.import(&source("./repo", "v1"), &locked).unwrap(), digest);
    let error = it.resolve(&source("./repo", "v1")).unwrap_err();
    assert_eq!(error.to_string(), "there is no `./repo` in the project");
}

#[test]
fn a_lock_without_the_revision_is_an_error() {
    let it = project();
    let other = it.resolve(&source("./repo", "main")).unwrap();
    let error = it.import(&source("./repo", "v1"), &[other]).unwrap_err();
    assert_eq!(error.to_string(), "the lock has nothing for the revision `v1` of `./repo`");
    assert!(error.is_the_users() && error.help().is_some_and(|help| help.contains("plc lock")));
    let nowhere = LockedSource { repository: "./repo".into(), revision: "v1".into(), commit: "0".repeat(40) };
    let error = it.import(&source("./repo", "v1"), &[nowhere]).unwrap_err();
    assert_eq!(error.to_string(), format!("the repository `./repo` has no commit `{}`", "0".repeat(40)));
}

#[test]
fn submodules_are_refused() {
    let it = project();
    let own = it.path("repo").to_str().unwrap().to_owned();
    git(&it.path("repo"), &["submodule", "--quiet", "add", "--", &own, "below/module"]);
    let commit = commit(&it, "with a submodule");
    let error = import(&it, "main").unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("commit {commit} of `./repo` has the submodule `below/module`, and submodules are not read")
    );
}

#[test]
fn attributes_have_no_say() {
    let it = project();
    it.write("repo/.gitattributes", "a export-ignore\nb export-subst\nc text eol=crlf\nd filter=upper\n");
    it.write("repo/b", "$Format:%H$\n");
    it.write("repo/c", "c\n");
    it.write("repo/d", "d\n");
    commit(&it, "attributes");
    let listing = it.listing(import(&it, "main").unwrap());
    for line in ["0644 a \"three\\n\"", "0644 b \"$Format:%H$\\n\"", "0644 c \"c\\n\"", "0644 d \"d\\n\""] {
        assert!(listing.contains(line), "{line}: {listing}");
    }
}

#[test]
fn settings_and_hooks_of_a_repository_are_not_heeded() {
    let mut it = project();
    let trace = it.beside("trace");
    let touch = format!("touch {}", trace.display());
    let repo = it.path("repo");
    for (name, value) in [
        ("core.fsmonitor", &*touch),
        ("core.sshCommand", &touch),
        ("core.pager", &touch),
        ("uploadpack.packObjectsHook", &touch),
        ("filter.upper.smudge", &touch),
        ("core.alternateRefsCommand", &touch),
    ] {
        git(&repo, &["config", name, value]);
    }
    for hook in ["post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"] {
        it.write(&format!("repo/.git/hooks/{hook}"), &format!("#!/bin/sh\n{touch}\n"));
        it.mode(&format!("repo/.git/hooks/{hook}"), 0o755);
    }
    assert!(it.listing(import(&it, "v1").unwrap()).contains("one"));
    assert!(!trace.exists(), "something of the repository's was run");
    // A store inside a work tree, whose settings lead elsewhere.
    git(&it.path(""), &["init", "--quiet"]);
    git(&it.path(""), &["config", "url.file:///nonexistent.insteadOf", it.path("repo").to_str().unwrap()]);
    it.store = plc_store::Store::open(&it.path("store")).unwrap();
    assert!(it.listing(import(&it, "v1").unwrap()).contains("one"));
}

#[test]
fn a_bare_repository_and_a_url_will_do() {
    let it = project();
    git(&it.path(""), &["clone", "--quiet", "--bare", "repo", "bare.git"]);
    let digest = import(&it, "v1").unwrap();
    let url = format!("file://{}", it.path("bare.git").display());
    for name in ["bare.git", &url] {
        let locked = it.resolve(&source(name, "v1")).unwrap();
        assert_eq!(it.import(&source(name, "v1"), &[locked]).unwrap(), digest, "{name}");
    }
}

#[test]
fn a_repository_by_sha_256_is_one_too() {
    let it = Fixture::new();
    it.write("repo/a", "one\n");
    git(&it.path("repo"), &["init", "--quiet", "--object-format=sha256"]);
    let head = commit(&it, "one");
    assert_eq!(head.len(), 64);
    assert_eq!(it.listing(import(&it, "main").unwrap()), "0644 a \"one\\n\"\n");
}

#[test]
fn offline_and_broken_repositories_say_so() {
    let mut it = Fixture::new();
    it.offline = true;
    let commit = "0".repeat(40);
    for name in ["https://example.invalid/wiki.git", "git@example.invalid:wiki.git"] {
        let expected = format!("the repository `{name}` is elsewhere, and `--offline` forbids to fetch it");
        assert_eq!(it.resolve(&source(name, "v1")).unwrap_err().to_string(), expected);
        let locked = LockedSource { repository: name.into(), revision: "v1".into(), commit: commit.clone() };
        assert_eq!(it.import(&source(name, "v1"), &[locked]).unwrap_err().to_string(), expected);
    }
    it.write("plain/a", "no repository\n");
    let error = it.resolve(&source("./plain", "v1")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read the repository `./plain`: "), "{error}");
    assert!(!error.is_the_users());
}
