//! How much memory and how many processors a host may take, by control groups (cgroups(7)), of either version, where this machine
//! lets whoever runs the environment have some.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use crate::deployment::Host;

/// The time of which a host gets a share for each processor, in microseconds.
const PERIOD: u64 = 100_000;

/// A hierarchy of groups, and the group in it below which ours are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hierarchy {
    version: Version,
    parent: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// One hierarchy for memory.
    Memory1,
    /// One for processors.
    Processors1,
    /// One for all.
    Unified,
}

/// Where limits are set.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    hierarchies: Vec<Hierarchy>,
    prefix: String,
}

/// The groups of one host, removed when dropped.
#[derive(Debug, Default)]
pub(crate) struct Groups(Vec<PathBuf>);

impl Limits {
    /// Those of an environment whose directory is this.
    pub(crate) fn of(place: &Path) -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Self {
            hierarchies: hierarchies(&read("/proc/self/mountinfo"), &read("/proc/self/cgroup")),
            prefix: prefix(place),
        }
    }

    /// Has a host with this process 1 take no more than it may; what cannot be limited is told.
    pub(crate) fn set(&self, host: &Host, process: u32) -> (Groups, Vec<String>) {
        let mut groups = Groups::default();
        let mut failed = Vec::new();
        for (what, wanted) in [("memory", host.memory), ("processors", host.cpus)] {
            let Some(wanted) = wanted else { continue };
            if let Err(reason) = self.set_one(what, wanted, &host.name, process, &mut groups) {
                failed.push(format!("{what}: {reason}"));
            }
        }
        (groups, failed)
    }

    fn set_one(
        &self,
        what: &str,
        wanted: u64,
        host: &str,
        process: u32,
        groups: &mut Groups,
    ) -> Result<(), String> {
        let fits = |version| match what {
            "memory" => version != Version::Processors1,
            _ => version != Version::Memory1,
        };
        let found = self.hierarchies.iter().find(|hierarchy| fits(hierarchy.version));
        let hierarchy = found.ok_or("the kernel has no control group for it")?;
        let group = hierarchy.parent.join(format!("{}{host}", self.prefix));
        let told = |error: io::Error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "control groups belong to somebody else here".to_owned()
            }
            io::ErrorKind::NotFound => "the control group was not given this controller".to_owned(),
            _ => error.to_string(),
        };
        match fs::create_dir(&group) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made.map_err(told)?,
        }
        if !groups.0.contains(&group) {
            groups.0.push(group.clone());
        }
        let set = |file: &str, value: String| write_existing(&group.join(file), &value);
        let share = wanted.saturating_mul(PERIOD);
        let set = match (what, hierarchy.version) {
            ("memory", Version::Unified) => set("memory.max", wanted.to_string()),
            ("memory", _) => set("memory.limit_in_bytes", wanted.to_string()),
            (_, Version::Unified) => set("cpu.max", format!("{share} {PERIOD}")),
            _ => set("cpu.cfs_period_us", PERIOD.to_string())
                .and_then(|()| set("cpu.cfs_quota_us", share.to_string())),
        };
        set.and_then(|()| write_existing(&group.join("cgroup.procs"), &process.to_string())).map_err(told)
    }

    /// Removes the groups that a keeper which was killed has left.
    pub(crate) fn clear(&self) {
        for hierarchy in &self.hierarchies {
            for entry in fs::read_dir(&hierarchy.parent).into_iter().flatten().flatten() {
                if entry.file_name().to_string_lossy().starts_with(&self.prefix) {
                    // One in which something still runs is no leftover.
                    let _ = fs::remove_dir(entry.path());
                }
            }
        }
    }
}

/// Files of control groups are never made.
fn write_existing(path: &Path, value: &str) -> io::Result<()> {
    use std::io::Write;
    fs::OpenOptions::new().write(true).open(path)?.write_all(value.as_bytes())
}

impl Drop for Groups {
    fn drop(&mut self) {
        for group in &self.0 {
            let _ = fs::remove_dir(group);
        }
    }
}

/// Removes the groups of an environment whose keeper is gone.
pub fn clear(place: &Path) {
    Limits::of(place).clear();
}

/// What groups of an environment begin with: two stores may have environments of one name.
fn prefix(place: &Path) -> String {
    let (device, number) = fs::metadata(place).map_or((0, 0), |meta| (meta.dev(), meta.ino()));
    format!("plc-{device:x}-{number:x}-")
}

/// The hierarchies that are mounted, with the group that this process is in. In the unified one, groups that have processes
/// have no groups with limits below them: there, the one above is taken.
fn hierarchies(mounts: &str, own: &str) -> Vec<Hierarchy> {
    let group = |controller: &str| {
        own.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (controllers, path) = (fields.next()?, fields.next()?);
            controllers.split(',').any(|name| name == controller).then(|| path.to_owned())
        })
    };
    let mut found = Vec::new();
    for line in mounts.lines() {
        let Some((place, kind)) = line.split_once(" - ") else { continue };
        let place: Vec<&str> = place.split(' ').collect();
        let kind: Vec<&str> = kind.split(' ').collect();
        let (Some(root), Some(mounted), Some(system), Some(options)) =
            (place.get(3), place.get(4), kind.first(), kind.get(2))
        else {
            continue;
        };
        let below = |path: &str| {
            let path = path.strip_prefix(root.trim_end_matches('/')).unwrap_or(path);
            Path::new(mounted).join(path.trim_start_matches('/'))
        };
        let has = |controller: &str| options.split(',').any(|option| option == controller);
        match *system {
            "cgroup2" => {
                let Some(path) = group("") else { continue };
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                found.push(Hierarchy { version: Version::Unified, parent: below(parent) });
            }
            "cgroup" => {
                for (controller, version) in [("memory", Version::Memory1), ("cpu", Version::Processors1)] {
                    if let Some(path) = group(controller).filter(|_| has(controller)) {
                        found.push(Hierarchy { version, parent: below(&path) });
                    }
                }
            }
            _ => {}
        }
    }
    // A controller is in one hierarchy only: where it is in one of its own, the unified one does not have it.
    found.sort_by_key(|hierarchy| hierarchy.version == Version::Unified);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unified_hierarchy_is_entered_above() {
        let mounts = "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
        let own = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/shell.scope\n";
        let parent = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice".into();
        assert_eq!(hierarchies(mounts, own), [Hierarchy { version: Version::Unified, parent }]);
    }

    #[test]
    fn of_the_first_version_there_is_one_for_each() {
        let mounts = "\
30 25 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
32 25 0:28 /outer /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
33 25 0:29 / /proc rw - proc proc rw
";
        let own = "4:memory:/outer/a\n3:cpu,cpuacct:/\n0::/\n";
        let expected = [
            (Version::Processors1, "/sys/fs/cgroup/cpu,cpuacct/"),
            (Version::Memory1, "/sys/fs/cgroup/memory/a"),
            (Version::Unified, "/sys/fs/cgroup/unified/"),
        ];
        let found = hierarchies(mounts, own);
        let found: Vec<_> = found
            .iter()
            .map(|hierarchy| (hierarchy.version, hierarchy.parent.to_str().unwrap_or_default()))
            .collect();
        assert_eq!(found, expected);
    }
}
