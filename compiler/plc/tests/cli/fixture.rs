//! A small distribution: an Essential base made of this machine's own shell, dpkg and coreutils, and above it the
//! packages of [`packages`](crate::packages), whose maintainer scripts do the difficult things. With it a description of
//! three hosts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::{
    archive::{Archive, Package, Written},
    packages,
    support::Place,
};

/// The description, whose archive is `keyring.asc` beside it, at a mirror that the command line names.
pub(crate) const ENV: &str = include_str!("fixture/env.pl");

/// Debian's name of this machine's architecture.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" }
}

/// What the base takes from this machine: the package that has it here, and its programs.
const PROGRAMS: [(&str, &[&str]); 7] = [
    (
        "coreutils",
        &[
            "cat", "chmod", "chown", "cp", "cut", "date", "env", "head", "id", "ln", "ls", "mkdir", "mv",
            "od", "readlink", "rm", "rmdir", "sleep", "sort", "stat", "test", "touch", "tr", "true", "wc",
        ],
    ),
    ("dash", &["dash"]),
    ("diffutils", &["diff"]),
    (
        "dpkg",
        &[
            "dpkg",
            "dpkg-deb",
            "dpkg-divert",
            "dpkg-query",
            "dpkg-split",
            "dpkg-statoverride",
            "dpkg-trigger",
            "start-stop-daemon",
            "update-alternatives",
        ],
    ),
    ("grep", &["grep"]),
    ("libc-bin", &["ldconfig"]),
    ("tar", &["tar"]),
];

/// The archive without faults, written once for all tests of a run.
pub(crate) fn archive() -> &'static Written {
    static ARCHIVE: OnceLock<Written> = OnceLock::new();
    ARCHIVE.get_or_init(|| distribution().write(&shared().join("archive")))
}

/// The whole distribution, to be changed before it is written.
pub(crate) fn distribution() -> Archive {
    let mut archive = Archive::new("tiny");
    architecture().clone_into(&mut archive.architecture);
    archive.packages = base();
    archive.packages.extend(packages::all());
    archive
}

/// A place with the description and the keyring of the archive.
pub(crate) fn place() -> Place {
    furnish(Place::new())
}

/// Puts the description and the keyring into a place.
pub(crate) fn furnish(place: Place) -> Place {
    place.write("env.pl", ENV);
    fs::copy(&archive().keyring, place.path("keyring.asc")).unwrap();
    place
}

/// Arguments for a build of the description from the good archive.
pub(crate) fn build_args<'a>(further: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["build", "env.pl", "--profile", "local", "--mirror", mirror()];
    args.extend(further);
    args
}

/// Builds the description from the good archive; gives what `--json` prints.
pub(crate) fn build(place: &Place, further: &[&str]) -> serde_json::Value {
    place.run(build_args(&[&["--json"], further].concat()), 0).json()
}

/// The URL of the good archive.
pub(crate) fn mirror() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| archive().url())
}

/// A directory with what a build of the description leaves: `store`, `env.lock`, and what `--json` prints in
/// `result.json`. Built once for all tests of a run, to be read or copied.
pub(crate) fn template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let first = place();
        let ran = first.run(build_args(&["--json"]), 0);
        let template = shared().join("built");
        copy(&first.store(), &template.join("store"));
        fs::copy(first.path("env.lock"), template.join("env.lock")).unwrap();
        fs::write(template.join("result.json"), ran.out).unwrap();
        template
    })
}

/// What the first build of the description has printed.
pub(crate) fn result() -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(template().join("result.json")).unwrap()).unwrap()
}

/// A place in which the description has been built: a copy of the first one's store, with all that is kept and without
/// what is merely laid out.
pub(crate) fn built() -> Place {
    let place = place();
    copy(&template().join("store"), &place.store());
    fs::copy(template().join("env.lock"), place.path("env.lock")).unwrap();
    place
}

/// A place with another description, in whose store the base of the archive is built.
pub(crate) fn built_for(description: &str) -> Place {
    let place = built();
    fs::remove_file(place.path("env.lock")).unwrap();
    place.write("env.pl", description);
    place
}

/// Copies a store without checkouts, which belong to other ids, and without what running programs have there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if ["checkouts", "tmp"].iter().any(|name| entry.file_name() == *name) {
            fs::create_dir_all(to.join(entry.file_name())).unwrap();
            continue;
        }
        let copied = Command::new("cp").arg("-a").arg(entry.path()).arg(to).status().unwrap();
        assert!(copied.success());
    }
}

/// A directory for what the tests of a run share: plain files only. It outlives the run, and goes with the next.
pub(crate) fn shared() -> &'static Path {
    static SHARED: OnceLock<PathBuf> = OnceLock::new();
    SHARED.get_or_init(|| {
        let top = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let top = if fs::create_dir_all(top).is_ok() { top.to_owned() } else { std::env::temp_dir() };
        for entry in fs::read_dir(&top).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let process = name.strip_prefix("plc-shared-").and_then(|process| process.parse::<u32>().ok());
            if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let directory = top.join(format!("plc-shared-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        directory
    })
}

/// The packages that every root file system begins with.
fn base() -> Vec<Package> {
    let mut libraries = BTreeSet::new();
    let mut packages = vec![base_files(), base_passwd()];
    for (name, programs) in PROGRAMS {
        let mut package = Package::new(name, "1.0-1").architecture(architecture()).essential();
        package = package.field("Pre-Depends", "libc6");
        for program in programs {
            let here = find(program, name);
            libraries.extend(libraries_of(&here));
            package = package.file(&format!("/usr/bin/{program}"), 0o755, fs::read(here).unwrap());
        }
        if name == "dash" {
            // As before merged-/usr, so that composition has to find where `/bin` leads.
            package = package.symlink("/bin/sh", "dash");
        }
        if name == "libc-bin" {
            let postinst = "#!/bin/sh\nset -e\nldconfig\n[ \"$1\" = configure ] || touch /var/cache/ldconfig/triggered\n";
            package = package.script("postinst", postinst).member("triggers", "interest-noawait ldconfig\n");
        }
        packages.push(package);
    }
    let mut libc = Package::new("libc6", "2.36-9").architecture(architecture()).field("Multi-Arch", "same");
    // What a library that is loaded first may need besides, such as libfaketime.
    let library = libraries.iter().find(|library| library.ends_with("libc.so.6")).unwrap();
    let beside = ["libm.so.6", "libdl.so.2"].map(|name| library.with_file_name(name));
    libraries.extend(beside.into_iter().filter(|library| library.exists()));
    for library in libraries {
        let content = fs::read(&library).unwrap();
        libc = libc.file(library.to_str().unwrap(), 0o755, content);
    }
    packages.push(libc.field("Priority", "required"));
    packages
}

fn base_files() -> Package {
    let mut package = Package::new("base-files", "12.4").essential();
    for directory in [
        "/boot",
        "/dev",
        "/etc",
        "/etc/default",
        "/home",
        "/mnt",
        "/proc",
        "/run",
        "/srv",
        "/sys",
        "/var/cache",
        "/var/lib/dpkg",
        "/var/log",
        "/var/spool",
        "/usr/share/doc",
    ] {
        package = package.directory(directory, 0o755);
    }
    package
        .directory("/root", 0o700)
        .directory("/tmp", 0o1777)
        .directory("/var/tmp", 0o1777)
        .symlink("/var/run", "/run")
        .symlink("/var/lock", "/run/lock")
        .symlink("/var/spool/mail", "../mail")
        .file("/etc/debian_version", 0o644, "tiny\n")
        .member("conffiles", "/etc/debian_version\n")
}

/// Makes the account files where there are none.
fn base_passwd() -> Package {
    let script = r#"#!/bin/sh
set -e
for name in passwd group; do
    [ -e "/etc/$name" ] || cp "/usr/share/base-passwd/$name.master" "/etc/$name"
    chmod 644 "/etc/$name"
done
if [ ! -e /etc/shadow ]; then
    echo "root:*:$(($(date +%s) / 86400)):0:99999:7:::" > /etc/shadow
    chown root:shadow /etc/shadow
    chmod 640 /etc/shadow
fi
"#;
    Package::new("base-passwd", "3.6.1")
        .essential()
        .file("/usr/share/base-passwd/passwd.master", 0o644, "root:*:0:0:root:/root:/bin/sh\n")
        .file("/usr/share/base-passwd/group.master", 0o644, "root:*:0:\nshadow:*:42:\nmail:*:8:\n")
        .script("postinst", script)
}

/// A program of this machine.
pub(crate) fn find(program: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let standard = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(standard)
        .find_map(|place| place.join(program).canonicalize().ok())
        .unwrap_or_else(|| {
            panic!(
                "`{program}` is not on this machine: the test packages are made of a Debian machine's own programs; \
                 install the package `{package}`"
            )
        })
}

/// The libraries of a program, by the paths under which its loader looks for them.
pub(crate) fn libraries_of(program: &Path) -> Vec<PathBuf> {
    let listed = Command::new(find("ldd", "libc-bin")).arg(program).output().unwrap();
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    text.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect()
}
