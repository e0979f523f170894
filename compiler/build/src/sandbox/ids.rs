//! Which ids of this machine stand behind the sandbox's ids 0 to 65535.
//!
//! | who runs `plc` | 0 is | 1 … 65535 are | written by |
//! |---|---|---|---|
//! | root | 0 | themselves, as far as a container lets them | `plc`, into `/proc/PID/uid_map` |
//! | a user | the user | the user's subordinate ids (`/etc/subuid`) | `newuidmap`, which may |

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::{
    io::Errno,
    process::{getegid, geteuid},
};

use super::error::{InsideError, SandboxError};

/// How many ids the sandbox has.
const IDS: u32 = 65536;

/// One line of a map: `inside outside count`.
type Line = [u32; 3];

/// How the ids of a new user namespace are mapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Root { users: Vec<Line>, groups: Vec<Line> },
    User { users: Map, groups: Map },
}

/// One of a user's two maps.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Map {
    tool: PathBuf,
    lines: Vec<Line>,
}

/// The two kinds of id, with what belongs to each.
struct Of {
    tool: &'static str,
    file: &'static str,
    /// What `usermod` gives more with.
    option: &'static str,
}

const USERS: Of = Of { tool: "newuidmap", file: "/etc/subuid", option: "--add-subuids" };
const GROUPS: Of = Of { tool: "newgidmap", file: "/etc/subgid", option: "--add-subgids" };

impl Ids {
    /// Finds out what may be mapped, or what is missing for it.
    ///
    /// # Errors
    /// What is missing.
    pub fn probe() -> Result<Self, SandboxError> {
        let uid = geteuid().as_raw();
        if uid == 0 {
            return Ok(Self(Kind::Root {
                users: own_lines("/proc/self/uid_map")?,
                groups: own_lines("/proc/self/gid_map")?,
            }));
        }
        // The tools first: the package that brings them also makes `useradd` give out subordinate ids.
        let (new_uid_map, new_gid_map) = (tool(USERS.tool)?, tool(GROUPS.tool)?);
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let user = user_name(&passwd, uid).ok_or(SandboxError::NoUser { uid })?;
        let read = |of: &Of| fs::read_to_string(of.file).unwrap_or_default();
        let (users, groups) = of_user(&read(&USERS), &read(&GROUPS), &user, [uid, getegid().as_raw()])?;
        Ok(Self(Kind::User {
            users: Map { tool: new_uid_map, lines: users },
            groups: Map { tool: new_gid_map, lines: groups },
        }))
    }

    /// A name for the mapping: what one has laid out has the wrong owners for another.
    pub(super) fn tag(&self) -> String {
        match &self.0 {
            Kind::Root { .. } => {
                // In a container, root's ids are others, and each line says where they begin.
                let outside = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
                let begins: Vec<_> =
                    outside.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
                format!("root-{}", begins.join("-"))
            }
            Kind::User { users, groups } => {
                let lines = users.lines.iter().chain(&groups.lines);
                // The first ids and where they begin; lengths follow from all being covered, but for split ranges.
                let parts: Vec<_> = lines.map(|[_, start, _]| start.to_string()).collect();
                format!("user-{}", parts.join("-"))
            }
        }
    }

    /// Maps the ids of a process that is alone in a new user namespace.
    ///
    /// # Errors
    /// The kernel or the tools for it refuse.
    pub fn map(&self, process: u32) -> Result<(), SandboxError> {
        match &self.0 {
            Kind::Root { users, groups } => {
                for (file, lines) in [("uid_map", users), ("gid_map", groups)] {
                    let path = format!("/proc/{process}/{file}");
                    let map: String = lines
                        .iter()
                        .map(|[inside, outside, count]| format!("{inside} {outside} {count}\n"))
                        .collect();
                    fs::write(&path, map).map_err(|error| refused(Path::new(&path), error))?;
                }
                Ok(())
            }
            Kind::User { users, groups } => {
                // Both at once: each costs a process.
                let (users, groups) = (users.start(process)?, groups.start(process)?);
                users.finish()?;
                groups.finish()
            }
        }
    }
}

impl Map {
    fn start(&self, process: u32) -> Result<Mapping<'_>, SandboxError> {
        let child = Command::new(&self.tool)
            .arg(process.to_string())
            .args(self.lines.iter().flatten().map(u32::to_string))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| refused(&self.tool, error))?;
        Ok(Mapping { tool: &self.tool, child })
    }
}

/// A mapping tool at work.
struct Mapping<'a> {
    tool: &'a Path,
    child: Child,
}

impl Mapping<'_> {
    fn finish(self) -> Result<(), SandboxError> {
        let output = self.child.wait_with_output().map_err(|error| refused(self.tool, error))?;
        if output.status.success() {
            return Ok(());
        }
        Err(refused(self.tool, String::from_utf8_lossy(&output.stderr).trim()))
    }
}

fn refused(tool: &Path, reason: impl ToString) -> SandboxError {
    let tool = tool
        .file_name()
        .map_or_else(|| tool.display().to_string(), |name| name.to_string_lossy().into_owned());
    SandboxError::MapRefused { tool, reason: reason.to_string() }
}

/// A program of `PATH`.
fn tool(name: &'static str) -> Result<PathBuf, SandboxError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
        .ok_or(SandboxError::NoTool(name))
}

/// The map of root to itself, cut where his own ids are: a line of a map must lie within one of the outer map.
fn own_lines(file: &'static str) -> Result<Vec<Line>, SandboxError> {
    let text = fs::read_to_string(file).unwrap_or_default();
    identity(&text).map_err(|found| SandboxError::TooFewOwnIds { file, found, needed: IDS })
}

fn identity(map: &str) -> Result<Vec<Line>, u32> {
    let extents = map.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        let (first, _, count) = (numbers.next()?.ok()?, numbers.next()?, numbers.next()?.ok()?);
        let end = first.saturating_add(count).min(IDS);
        (first < end).then(|| [first, first, end - first])
    });
    let lines: Vec<Line> = extents.collect();
    let found = lines.iter().map(|[_, _, count]| count).sum();
    if found == IDS { Ok(lines) } else { Err(found) }
}

fn user_name(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// A user's two maps, from the texts of the files of subordinate ids, or what is missing for them.
fn of_user(
    subuid: &str,
    subgid: &str,
    user: &str,
    [uid, gid]: [u32; 2],
) -> Result<(Vec<Line>, Vec<Line>), SandboxError> {
    let (users, groups) = (lines(subuid, uid, user, uid), lines(subgid, uid, user, gid));
    let missing: Vec<(Of, u64)> = [(USERS, users.as_ref().err()), (GROUPS, groups.as_ref().err())]
        .into_iter()
        .filter_map(|(of, found)| Some((of, *found?)))
        .collect();
    let first = free(subuid, subgid);
    let options: String =
        missing.iter().map(|(of, _)| format!(" {} {first}-{}", of.option, first + IDS - 1)).collect();
    match (users, groups, missing.into_iter().next()) {
        (Ok(users), Ok(groups), _) => Ok((users, groups)),
        (_, _, missing) => {
            let (file, found) = missing.map_or((USERS.file, 0), |(of, found)| (of.file, found));
            let command = format!("usermod{options} {user}");
            Err(SandboxError::TooFewIds { file, user: user.to_owned(), found, needed: IDS - 1, command })
        }
    }
}

/// Where a range begins that no line of either file has: where `useradd` begins, or after all that there are.
fn free(subuid: &str, subgid: &str) -> u32 {
    const USUAL: u32 = 100_000;
    let mut taken: Vec<(u32, u32)> = subuid
        .lines()
        .chain(subgid.lines())
        .filter_map(|line| {
            let mut numbers = line.trim().split(':').skip(1).map(str::parse::<u32>);
            let (start, count) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
            Some((start, start.saturating_add(count)))
        })
        .collect();
    taken.sort_unstable();
    // Where all are taken, a place that some have is named, which only a person can mend.
    taken.iter().fold(USUAL, |place, (start, end)| {
        let is_free = place.checked_add(IDS).is_some_and(|behind| behind <= *start);
        if is_free || *end > u32::MAX - IDS { place } else { place.max(*end) }
    })
}

/// The map from a file of subordinate ids, or how many ids it gives where they are too few.
fn lines(text: &str, uid: u32, user: &str, own: u32) -> Result<Vec<Line>, u64> {
    let mut lines = vec![[0, own, 1]];
    let (mut next, mut found) = (1, 0_u64);
    for (start, count) in text.lines().filter_map(|line| range(line, uid, user)) {
        found += u64::from(count);
        let taken = count.min(IDS - next);
        if taken > 0 {
            lines.push([next, start, taken]);
            next += taken;
        }
    }
    if next == IDS { Ok(lines) } else { Err(found) }
}

/// `name:start:count`, the name perhaps being a number.
fn range(line: &str, uid: u32, user: &str) -> Option<(u32, u32)> {
    let mut fields = line.trim().split(':');
    let owner = fields.next()?;
    if owner != user && owner.parse() != Ok(uid) {
        return None;
    }
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Why the kernel refused a user namespace, as far as its settings tell.
pub fn refusal(error: io::Error) -> SandboxError {
    refusal_by(error, |sysctl| {
        let path = format!("/proc/sys/{}", sysctl.replace('.', "/"));
        fs::read_to_string(path).unwrap_or_default().trim().to_owned()
    })
}

/// The same, by settings of the kernel that are read somehow; one that there is not is empty.
fn refusal_by(error: io::Error, setting: impl Fn(&str) -> String) -> SandboxError {
    const MOST: &str = "user.max_user_namespaces";
    for (sysctl, wanted) in [(MOST, 10_000), ("kernel.unprivileged_userns_clone", 1)] {
        if setting(sysctl) == "0" {
            return SandboxError::SwitchedOff { sysctl, wanted };
        }
    }
    match Errno::from_io_error(&error) {
        Some(Errno::NOSPC) => SandboxError::TooMany { most: setting(MOST) },
        Some(Errno::PERM | Errno::ACCESS)
            if setting("kernel.apparmor_restrict_unprivileged_userns") == "1" =>
        {
            SandboxError::Inside(InsideError::AppArmor { doing: "make a user namespace".into() })
        }
        _ => SandboxError::Forbidden(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_the_usual_length_is_enough() {
        assert_eq!(
            lines("root:1:5\nann:100000:65536\n", 1000, "ann", 1000),
            Ok(vec![[0, 1000, 1], [1, 100000, 65535]])
        );
    }

    #[test]
    fn ranges_are_found_by_number_and_joined() {
        let text = "1000:100000:30000\nann:200000:40000";
        assert_eq!(
            lines(text, 1000, "ann", 50),
            Ok(vec![[0, 50, 1], [1, 100000, 30000], [30001, 200000, 35535]])
        );
    }

    #[test]
    fn too_few_are_counted() {
        assert_eq!(lines("ann:100000:1000\nbob:1:65536", 1000, "ann", 1000), Err(1000));
        assert_eq!(lines("", 1000, "ann", 1000), Err(0));
    }

    #[test]
    fn what_is_missing_is_given_by_a_range_that_nobody_has() {
        let both = "bob:100000:65536\n";
        let told = |subuid: &str, subgid: &str| {
            of_user(subuid, subgid, "ann", [1000, 1000]).map(|_| ()).unwrap_err().to_string()
        };
        let error = told(both, both);
        assert!(
            error.starts_with("`/etc/subuid` gives `ann` 0 subordinate ids, and 65535 are needed; "),
            "{error}"
        );
        assert!(
            error.contains(
                "run `usermod --add-subuids 165536-231071 --add-subgids 165536-231071 ann` as root"
            ),
            "{error}"
        );
        let error = told("ann:300000:65536\n", both);
        assert!(error.starts_with("`/etc/subgid` gives `ann` 0"), "{error}");
        assert!(error.contains("`usermod --add-subgids 165536-231071 ann`"), "{error}");
        assert_eq!(free("", ""), 100_000);
        assert_eq!(free("bob:1:65536\n", "bob:4294900000:67295\n"), 100_000);
        // A place between two, and one that is too narrow.
        assert_eq!(free("bob:100000:65536\neve:400000:65536", "ann:200000:65536"), 265_536);
        assert_eq!(free("bob:100000:65536\neve:300000:65536", ""), 165_536);
        let users = "ann:100000:65536\n";
        assert!(of_user(users, users, "ann", [1000, 50]).is_ok());
    }

    #[test]
    fn what_the_kernel_refuses_is_told_by_the_setting_that_does() {
        let told = |errno: Errno, settings: &[(&str, &str)]| {
            let value =
                |sysctl: &str| settings.iter().find(|(name, _)| *name == sysctl).map(|(_, value)| *value);
            refusal_by(errno.into(), |sysctl| value(sysctl).unwrap_or_default().to_owned()).to_string()
        };
        for (errno, sysctl, value, told_of) in [
            (Errno::NOSPC, "user.max_user_namespaces", "0", "run `sysctl -w user.max_user_namespaces=10000`"),
            (
                Errno::NOSPC,
                "user.max_user_namespaces",
                "7",
                "too many user namespaces: `user.max_user_namespaces` is 7",
            ),
            (
                Errno::PERM,
                "kernel.unprivileged_userns_clone",
                "0",
                "run `sysctl -w kernel.unprivileged_userns_clone=1`",
            ),
            (
                Errno::PERM,
                "kernel.apparmor_restrict_unprivileged_userns",
                "1",
                "run `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`",
            ),
            (
                Errno::PERM,
                "kernel.apparmor_restrict_unprivileged_userns",
                "0",
                "an outer container forbids it",
            ),
        ] {
            let error = told(errno, &[(sysctl, value)]);
            assert!(error.contains(told_of), "{sysctl} = {value}: {error}");
        }
    }

    #[test]
    fn root_has_the_ids_that_his_container_has() {
        assert_eq!(identity("         0          0 4294967295\n"), Ok(vec![[0, 0, 65536]]));
        assert_eq!(identity("0 1000 1\n1 100000 65536\n"), Ok(vec![[0, 0, 1], [1, 1, 65535]]));
        assert_eq!(identity("0 1000 1\n"), Err(1));
    }

    #[test]
    fn names_come_from_passwd() {
        assert_eq!(
            user_name("root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh", 1000).as_deref(),
            Some("ann")
        );
        assert_eq!(user_name("root:x:0:0::/root:/bin/sh", 1000), None);
    }
}
