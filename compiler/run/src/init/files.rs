//! The files that a host needs before anything is started: its names, and what packages want below `/run` and `/tmp`.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt, chown, fchown, symlink},
    path::{Path, PathBuf},
};

use plc_build::sandbox::{
    ScaffoldFile,
    parts::{Doing, Inside, Root},
};
use plc_lang::topology::SecretFile;
use plc_store::TreePath;

use super::{GivenSecret, HostJob, MountedState, people};

/// Where packages and administrators say what is to be there at the start, the former first (tmpfiles.d(5)).
const LISTS: [&str; 2] = ["/usr/lib/tmpfiles.d", "/etc/tmpfiles.d"];

/// Puts the files in place that say who this host is.
pub(super) fn place(root: &mut Root, job: &HostJob) -> Inside<()> {
    let file = |path: &str, content: String| {
        let path = TreePath::new(path.as_bytes());
        path.map(|path| ScaffoldFile { path, mode: 0o644, content: content.into_bytes() })
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))
            .doing(|| "place files")
    };
    // There is no server of names: all names are in /etc/hosts.
    root.place(&[
        file("etc/hostname", format!("{}\n", job.name))?,
        file("etc/resolv.conf", "# all names of the environment are in /etc/hosts\n".into())?,
    ])?;
    let hosts = TreePath::new(b"etc/hosts").map_err(|error| io::Error::other(error.to_string()));
    root.bind_file(&job.hosts, &hosts.doing(|| "place files")?)
}

/// Makes what packages say that they need below `/run` and `/tmp`. What cannot be made is left to the service that wants it: not
/// all that packages say is for a machine like this.
pub(super) fn make_temporary() -> Inside<()> {
    let make = |line: &Line| line.make();
    for line in lines(&LISTS.map(Path::new)) {
        let _ = make(&line);
    }
    let lock = Line {
        kind: 'd',
        path: "/run/lock".into(),
        mode: Some(0o1777),
        user: None,
        group: None,
        argument: None,
    };
    let _ = make(&lock);
    Ok(())
}

/// Gives a state directory its owner where it is new, and makes it where it does not outlive the host.
pub(super) fn make_state(mounted: &MountedState) -> Inside<()> {
    let MountedState { state, kept, fresh } = mounted;
    let doing = || format!("make the state directory `{}`", state.path);
    let path = Path::new(&state.path);
    if kept.is_none() {
        fs::create_dir_all(path).doing(doing)?;
    } else if !fresh {
        return Ok(());
    }
    let unknown = |reason: String| io::Error::new(io::ErrorKind::NotFound, reason);
    let user = people::user(&state.user).map_err(unknown);
    let group = people::group(&state.group).map_err(unknown);
    let (user, group) = (user.doing(doing)?.credentials.uid, group.doing(doing)?);
    chown(path, Some(user), Some(group)).doing(doing)?;
    fs::set_permissions(path, fs::Permissions::from_mode(state.mode)).doing(doing)
}

/// Writes a secret where it is wanted, for its owner only before it has one.
pub(super) fn give_secret(secret: &GivenSecret) -> Inside<()> {
    let SecretFile { path, user, group, mode, secret: name, .. } = &secret.file;
    let doing = || format!("give the secret `{name}` as `{path}`");
    let unknown = |reason: String| io::Error::new(io::ErrorKind::NotFound, reason);
    let uid = people::user(user).map_err(unknown).doing(doing)?.credentials.uid;
    let gid = people::group(group).map_err(unknown).doing(doing)?;
    let path = Path::new(path);
    path.parent().map_or(Ok(()), fs::create_dir_all).doing(doing)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).doing(doing)?;
    file.write_all(&secret.value).doing(doing)?;
    fchown(&file, Some(uid), Some(gid)).doing(doing)?;
    file.set_permissions(fs::Permissions::from_mode(*mode)).doing(doing)
}

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    kind: char,
    path: PathBuf,
    mode: Option<u32>,
    user: Option<String>,
    group: Option<String>,
    argument: Option<String>,
}

/// The lines that are about what is in memory, in order of their paths; of two lists of one name, the administrator's counts.
fn lines(directories: &[&Path]) -> Vec<Line> {
    let mut lists: BTreeMap<std::ffi::OsString, PathBuf> = BTreeMap::new();
    for directory in directories {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "conf") {
                lists.insert(entry.file_name(), entry.path());
            }
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    for list in lists.values() {
        let text = fs::read(list).unwrap_or_default();
        lines.extend(String::from_utf8_lossy(&text).lines().filter_map(Line::parse));
    }
    // Directories before what is in them.
    lines.sort_by(|one, other| one.path.cmp(&other.path));
    lines
}

impl Line {
    /// `TYPE PATH MODE USER GROUP AGE ARGUMENT`, `-` for what is not said. Only directories, links and files are taken, and only
    /// where they are in memory.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_whitespace();
        let kind = fields.next().filter(|kind| !kind.starts_with('#'))?;
        let path = fields.next()?;
        let path = path.strip_prefix("/var").filter(|path| path.starts_with("/run/")).unwrap_or(path);
        let in_memory = ["/run/", "/tmp/"].iter().any(|prefix| path.starts_with(prefix));
        if !in_memory || path.contains('%') || path.split('/').any(|part| part == "..") {
            return None;
        }
        let mut said = || fields.next().filter(|field| *field != "-");
        let mode = said().and_then(|mode| u32::from_str_radix(mode.trim_start_matches(['~', ':']), 8).ok());
        let (user, group) = (said().map(str::to_owned), said().map(str::to_owned));
        let _age = said();
        let rest: Vec<_> = fields.collect();
        let argument = (!rest.is_empty()).then(|| rest.join(" "));
        let kind = kind.chars().next()?;
        "dDLfFvqQ".contains(kind).then(|| Self {
            kind,
            path: path.into(),
            mode,
            user,
            group,
            argument: argument.filter(|argument| argument != "-"),
        })
    }

    fn make(&self) -> Result<(), String> {
        let told = |error: io::Error| format!("{}: {error}", self.path.display());
        let parent = self.path.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(parent).map_err(told)?;
        match self.kind {
            'L' => return symlink(self.argument.as_deref().unwrap_or_default(), &self.path).map_err(told),
            'f' | 'F' => {
                fs::write(&self.path, self.argument.as_deref().unwrap_or_default()).map_err(told)?;
            }
            _ => fs::create_dir_all(&self.path).map_err(told)?,
        }
        let uid = self
            .user
            .as_deref()
            .map(|name| number(name).map_or_else(|| people::user(name).map(|user| user.credentials.uid), Ok));
        let gid = self.group.as_deref().map(|name| number(name).map_or_else(|| people::group(name), Ok));
        chown(&self.path, uid.transpose()?, gid.transpose()?).map_err(told)?;
        let usual = if matches!(self.kind, 'f' | 'F') { 0o644 } else { 0o755 };
        let mode = fs::Permissions::from_mode(self.mode.unwrap_or(usual));
        fs::set_permissions(&self.path, mode).map_err(told)
    }
}

fn number(name: &str) -> Option<u32> {
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_is_to_be_in_memory() {
        let line = Line::parse("d /var/run/mysqld 2755 mysql mysql - -").expect("a line");
        assert_eq!(
            (line.kind, line.path.as_path(), line.mode, line.user.as_deref(), line.argument),
            ('d', Path::new("/run/mysqld"), Some(0o2755), Some("mysql"), None)
        );
        let line = Line::parse("L+ /run/log - - - - /var/log/x y").expect("a line");
        assert_eq!((line.kind, line.mode, line.argument.as_deref()), ('L', None, Some("/var/log/x y")));
        assert!(Line::parse("D! /tmp/.X11-unix 1777 root root 10d").is_some());
    }

    #[test]
    fn what_is_not_in_memory_or_not_known_is_left_alone() {
        for line in [
            "",
            "# d /run/x",
            "d /var/lib/x 0755 root root",
            "d /run/../etc 0777",
            "d /run/user/%U 0700",
            "z /run/x 0700 a b",
            "d",
        ] {
            assert_eq!(Line::parse(line), None, "{line}");
        }
    }
}
