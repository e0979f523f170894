//! The commands that bring composed packages from *unpacked* to *installed*, in the environment that dpkg and apt give
//! to maintainer scripts.

use plc_store::{Entry, Kind, Store, TreePath};

use super::{RootfsError, answers::Told, live, package::Package, rounds::Round};
use crate::sandbox::{ScaffoldFile, Step};

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What dpkg is told to do about configuration files: what the package's author has chosen, otherwise keep what is
/// there. Nobody is there to be asked.
const DPKG: [&str; 3] = ["dpkg", "--force-confdef", "--force-confold"];

/// Tells invoke-rc.d(8) that no service may be started.
const NO_SERVICES: &str = "#!/bin/sh\nexit 101\n";

/// What a build has to run.
pub(super) struct Work {
    pub(super) scaffold: Vec<ScaffoldFile>,
    pub(super) steps: Vec<Step>,
}

/// The steps for packages in their rounds; those of `is_live` have not been composed.
pub(super) fn work(
    store: &Store,
    packages: &[Package],
    rounds: &[Round],
    is_live: &[bool],
    told: Option<Told>,
    epoch: i64,
) -> Result<Work, RootfsError> {
    let policy = TreePath::new(b"usr/sbin/policy-rc.d").expect("a constant path is one");
    let mut work = Work {
        scaffold: vec![ScaffoldFile { path: policy, mode: 0o755, content: NO_SERVICES.into() }],
        steps: Vec::new(),
    };
    if let Some(Told { file, command }) = told {
        work.scaffold.push(file);
        work.steps.push(Step {
            name: "answers".to_owned(),
            argv: command.into(),
            environment: environment(epoch),
            user: "root".to_owned(),
            directory: "/".to_owned(),
        });
    }
    for round in rounds {
        work.steps.extend(configuration(packages, round, epoch));
        unpack(store, packages, round, is_live, epoch, &mut work)?;
    }
    work.steps.push(dpkg("configure".to_owned(), &["--configure", "-a"], epoch));
    Ok(work)
}

/// Preinsts of the packages of a round, and what dpkg has to unpack itself.
fn unpack(
    store: &Store,
    packages: &[Package],
    round: &Round,
    is_live: &[bool],
    epoch: i64,
    work: &mut Work,
) -> Result<(), RootfsError> {
    let (live, composed): (Vec<usize>, Vec<usize>) =
        round.unpacked.iter().partition(|index| is_live[**index]);
    for index in composed.into_iter().filter(|index| packages[*index].member("preinst").is_some()) {
        work.scaffold.extend(control_part(store, &packages[index])?);
        work.steps.push(preinst(&packages[index], epoch));
    }
    for index in live {
        let file = live::scaffold(store, &packages[index])?;
        let deb = format!("/{}", file.path);
        work.scaffold.push(file);
        // What it depends on is unpacked, and is configured together with it.
        let arguments = ["--force-depends", "--force-unsafe-io", "--unpack", &deb];
        work.steps.push(dpkg(format!("unpack {}", packages[index].name), &arguments, epoch));
    }
    Ok(())
}

/// What has to be configured before the packages of a round; none where nothing has to be.
fn configuration(packages: &[Package], round: &Round, epoch: i64) -> Option<Step> {
    let qualified: Vec<String> = round.configured.iter().map(|index| packages[*index].qualified()).collect();
    let arguments: Vec<&str> =
        ["--configure"].into_iter().chain(qualified.iter().map(String::as_str)).collect();
    (!qualified.is_empty())
        .then(|| dpkg("configure what others need before they are unpacked".to_owned(), &arguments, epoch))
}

fn dpkg(name: String, arguments: &[&str], epoch: i64) -> Step {
    let argv = DPKG.iter().chain(arguments).map(|argument| (*argument).to_owned()).collect();
    Step { name, argv, environment: environment(epoch), user: "root".to_owned(), directory: "/".to_owned() }
}

/// Runs a preinst where dpkg runs it: debconf finds the package's name and templates beside the script.
const PREINST: &str = r#"set -e
here=/var/lib/dpkg/tmp.ci
ln -s "$1" "$here"
trap 'rm "$here"' EXIT
"$here/preinst" install"#;

/// A preinst as for a package that has never been installed.
fn preinst(package: &Package, epoch: i64) -> Step {
    let mut environment = environment(epoch);
    for (name, value) in [
        ("DPKG_MAINTSCRIPT_PACKAGE", package.name.as_str()),
        ("DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT", "1"),
        ("DPKG_MAINTSCRIPT_ARCH", &package.architecture),
        ("DPKG_MAINTSCRIPT_NAME", "preinst"),
        ("DPKG_MAINTSCRIPT_DEBUG", "0"),
        ("DPKG_ADMINDIR", "/var/lib/dpkg"),
        ("DPKG_ROOT", ""),
        ("DPKG_FORCE", "security-mac,downgrade,confold,confdef"),
    ] {
        environment.push((name.to_owned(), value.to_owned()));
    }
    let directory = format!("/{}/{}", live::DIRECTORY, package.name);
    Step {
        name: format!("preinst of {}", package.name),
        argv: ["sh", "-c", PREINST, "preinst", &directory].map(str::to_owned).into(),
        environment,
        user: "root".to_owned(),
        directory: "/".to_owned(),
    }
}

/// The control part of a package, for the time that its preinst runs.
fn control_part(store: &Store, package: &Package) -> Result<Vec<ScaffoldFile>, RootfsError> {
    let file = |entry: &Entry| {
        let name = entry.path.as_bytes().strip_prefix(b"control/")?;
        let Kind::File { blob, .. } = entry.kind else { return None };
        let path = [live::DIRECTORY.as_bytes(), package.name.as_bytes(), name].join(&b'/');
        let content = match store.read_blob(&blob) {
            Ok(content) => content,
            Err(error) => return Some(Err(error.into())),
        };
        Some(Ok(ScaffoldFile { path: TreePath::new(&path).ok()?, mode: entry.meta.mode & 0o777, content }))
    };
    package.entries().iter().filter_map(file).collect()
}

fn environment(epoch: i64) -> Vec<(String, String)> {
    [
        ("PATH", PATH),
        ("HOME", "/root"),
        ("USER", "root"),
        ("LOGNAME", "root"),
        ("SHELL", "/bin/sh"),
        ("LC_ALL", "C.UTF-8"),
        ("LANG", "C.UTF-8"),
        ("TERM", "dumb"),
        ("DEBIAN_FRONTEND", "noninteractive"),
        ("DEBCONF_NONINTERACTIVE_SEEN", "true"),
        ("DEBCONF_NOWARNINGS", "yes"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    // TeX looks at the epoch only when it is forced to.
    .chain([
        ("SOURCE_DATE_EPOCH".to_owned(), epoch.to_string()),
        ("FORCE_SOURCE_DATE".to_owned(), "1".to_owned()),
    ])
    .collect()
}
