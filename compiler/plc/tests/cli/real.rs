//! The real example from the real archive, judged by apt, dpkg and mmdebstrap.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use plc_build::rootfs::normalise::reason_for;
use plc_plan::{
    derivation::{Builder, Derivation},
    lock::{ClosureOf, Lock},
};
use plc_store::{Output, Store};

use crate::listings;
use crate::support::{PLC, Place, Ran, host_trees, project};

const EXAMPLE: &str = "examples/three-tier";

/// The example, copied to a place, so that nothing is written into the project.
fn example() -> Place {
    let place = Place::in_the_open();
    for name in ["env.pl", "env.lock"] {
        fs::copy(project().join(EXAMPLE).join(name), place.directory.join(name)).unwrap();
    }
    place
}

fn build(place: &Place, further: &[&str]) -> serde_json::Value {
    let mut args = vec!["build", "env.pl", "--profile", "local", "--locked", "--json"];
    args.extend(further);
    place.run(args, 0).json()
}

/// A mirror in a directory, with every `.deb` that a store has fetched.
fn mirror_of(store: &Path, to: &Path) -> String {
    let store = Store::open_read_only(store).unwrap();
    for hash in store.find_derivations("").unwrap() {
        let derivation = Derivation::decode(&store.read_derivation(&hash).unwrap().unwrap()).unwrap();
        let Builder::Fetch(file) = derivation.builder else { continue };
        let Some(realisation) = store.realised(&hash).unwrap() else { continue };
        let Output::Blob { digest, .. } = realisation.output else { continue };
        let target = to.join(&file.path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::io::copy(&mut store.open_blob(&digest).unwrap(), &mut fs::File::create(target).unwrap())
            .unwrap();
    }
    format!("file://{}", to.display())
}

/// A build somewhere else, under other circumstances, from a local mirror: the same tree digests.
fn same_elsewhere(mirror: &str, expected: &[String], what: &str, command: impl Fn(&Place) -> Command) {
    let place = example();
    let mut command = command(&place);
    command.args(["build", "env.pl", "--profile", "local", "--locked", "--json", "--mirror", mirror]);
    let trees = host_trees(&Ran::of(&mut command, 0).json());
    assert_eq!(trees, expected, "differs: {what}");
    eprintln!("the same: {what}");
}

#[test]
#[ignore = "needs the real archive, root, an ordinary user's ids, dpkg-deb and libfaketime"]
fn the_example_is_the_same_wherever_and_whenever_it_is_built() {
    let first = example();
    let expected = host_trees(&build(&first, &["--jobs", "2"]));
    assert_eq!(expected.len(), 3);
    let local = tempfile::tempdir().unwrap();
    fs::set_permissions(local.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mirror = mirror_of(&first.store(), local.path());
    eprintln!("{} packages read as dpkg-deb reads them", listings::all_equal(local.path()));

    same_elsewhere(&mirror, &expected, "one job, umask 077, another zone, locale, home and path", |place| {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 077; exec \"$@\"", "sh", PLC, "--store", "elsewhere/deeper/store"]);
        command.current_dir(&place.directory).env("TZ", "Pacific/Kiritimati").env("LC_ALL", "C");
        command.env("HOME", "/nonexistent").env("LANG", "tr_TR.UTF-8").arg("--color=never");
        command
    });
    same_elsewhere(&mirror, &expected, "as an ordinary user", as_user);

    // The same store, a year later for everything that runs in the sandbox.
    let library = Path::new("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");
    assert!(library.exists(), "install the package faketime");
    let mut again = first.plc(["build", "env.pl", "--profile", "local", "--locked", "--json", "--rebuild"]);
    again.arg("--preload").arg(library).env("FAKETIME", "+1y");
    assert_eq!(host_trees(&Ran::of(&mut again, 0).json()), expected, "differs: a year later");
}

/// `plc` run by an ordinary user of this machine, who is made where there is none.
fn as_user(place: &Place) -> Command {
    const USER: &str = "plc-test";
    if !Command::new("id").arg(USER).output().unwrap().status.success() {
        assert!(Command::new("useradd").args(["--create-home", USER]).status().unwrap().success());
    }
    let program = place.directory.join("plc");
    fs::copy(PLC, &program).unwrap();
    assert!(Command::new("chown").args(["-R", USER]).arg(&place.directory).status().unwrap().success());
    let mut command = Command::new("runuser");
    command.args(["-u", USER, "--"]).arg(&program).arg("--store").arg(place.store());
    command.current_dir(&place.directory);
    command
}

fn in_root(root: &Path, program: &[&str]) -> std::process::Output {
    Command::new("chroot")
        .arg(root)
        .args(program)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C")
        .output()
        .unwrap()
}

#[test]
#[ignore = "needs the real archive, root and mmdebstrap"]
fn apt_dpkg_and_mmdebstrap_find_nothing_wrong() {
    let place = example();
    build(&place, &["--image", "dir", "--out", "roots"]);
    let lock = Lock::parse(&fs::read_to_string(place.directory.join("env.lock")).unwrap()).unwrap();
    let topology = place.run(["show", "env.pl", "--profile", "local"], 0).json();
    for host in topology["hosts"].as_array().unwrap() {
        let name = host["name"].as_str().unwrap();
        let root = place.directory.join("roots").join(name);
        let own = own_files(host);
        // Before anything runs in it: apt writes caches.
        same_files_as_mmdebstrap(&place.directory, &root, &packages(host), &own, name);
        judged_by_dpkg(&root, &own, name);
        assert_eq!(installed(&root), locked(&lock, name), "{name}: dpkg -l against the lock");
    }
}

/// The hosts of the example.
const HOSTS: [&str; 3] = ["edge", "web", "db"];

fn run(place: &Place, program: &str, args: &[&str]) -> String {
    let ran =
        Command::new(program).args(args).current_dir(&place.directory).env("LC_ALL", "C").output().unwrap();
    assert!(ran.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Two directories with the same in them, to the last mode, owner, time, link, capability and byte.
fn are_the_same(place: &Place, theirs: &str, ours: &str) {
    let list = |root: &str| {
        // How large a directory is hangs on the order in which its entries came and went (ext4), so only files' sizes.
        let sized = [root, "-type", "f", "-printf", "%P %s\n"];
        let all = run(place, "find", &[root, "-printf", "%P %y %m %U:%G %T@ %n %l\n"]);
        let all = all + &run(place, "find", &sized);
        all.lines().map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let (seen, expected) = (list(theirs), list(ours));
    let differ: Vec<_> = seen.symmetric_difference(&expected).collect();
    assert!(differ.is_empty(), "{theirs}: {differ:#?}");
    run(place, "diff", &["-r", "--no-dereference", theirs, ours]);
    let held = |root: &str| run(place, "getcap", &["-r", root]).replace(root, "");
    assert_eq!(held(theirs), held(ours), "{theirs}");
}

/// What another program makes of the layers is the root file system.
#[test]
#[ignore = "needs the real archive, root, skopeo and umoci"]
fn skopeo_and_umoci_take_the_images() {
    let place = example();
    build(&place, &["--image", "oci", "--out", "images"]);
    build(&place, &["--image", "dir", "--out", "roots"]);
    for host in HOSTS {
        let image = format!("images:{host}");
        let seen: serde_json::Value =
            serde_json::from_str(&run(&place, "skopeo", &["inspect", &format!("oci:{image}")])).unwrap();
        assert_eq!(seen["Layers"].as_array().unwrap().len(), 3, "{seen}");
        let (from, to) = (format!("oci:{image}"), format!("oci-archive:{host}.tar:{host}"));
        run(&place, "skopeo", &["--insecure-policy", "copy", "-q", &from, &to]);
        run(&place, "umoci", &["unpack", "--image", &image, host]);
        are_the_same(&place, &format!("{host}/rootfs"), &format!("roots/{host}"));
    }
}

/// What the kernel and the programs of each format read is the root file system, and an ordinary user's image has the same
/// bytes.
#[test]
#[ignore = "needs the real archive, root, an ordinary user's ids, loop devices, squashfs-tools and e2fsprogs"]
fn images_of_file_systems_are_the_root_file_systems() {
    let place = example();
    build(&place, &["--image", "dir", "--out", "roots"]);
    for format in ["squashfs", "ext4"] {
        build(&place, &["--image", format, "--out", format]);
    }
    for host in HOSTS {
        let own = format!("roots/{host}");
        let (squashfs, ext4) = (format!("squashfs/{host}.squashfs"), format!("ext4/{host}.ext4"));
        let unpacked = format!("{host}.unpacked");
        run(
            &place,
            "unsquashfs",
            &["-strict-errors", "-quiet", "-no-progress", "-dest", &unpacked, &squashfs],
        );
        are_the_same(&place, &unpacked, &own);
        let said = run(&place, "e2fsck", &["-fn", &ext4]);
        let is_known = |line: &&str| line.starts_with("Pass ") || line.contains(" files (");
        assert!(said.lines().all(|line| is_known(&line)), "{said}");
        for image in [&squashfs, &ext4] {
            let mounted = format!("{host}.mounted");
            fs::create_dir_all(place.path(&mounted)).unwrap();
            run(&place, "mount", &["-o", "loop,ro", image, &mounted]);
            // Whatever comes of it, nothing may stay mounted where the place is removed.
            let compared = std::panic::catch_unwind(|| are_the_same(&place, &mounted, &own));
            run(&place, "umount", &[&mounted]);
            assert!(compared.is_ok(), "{image}: see above");
            eprintln!("{image}: {} bytes", fs::metadata(place.path(image)).unwrap().len());
        }
    }
    let local = tempfile::tempdir().unwrap();
    fs::set_permissions(local.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mirror = mirror_of(&place.store(), local.path());
    let user = example();
    for format in ["squashfs", "ext4"] {
        let mut command = as_user(&user);
        command.args(["build", "env.pl", "--profile", "local", "--locked", "--mirror", &mirror]);
        command.args(["--image", format, "--out", format]);
        Ran::of(&mut command, 0);
        run(&place, "diff", &["-r", format, user.path(format).to_str().unwrap()]);
    }
}

fn packages(host: &serde_json::Value) -> Vec<&str> {
    let instances = host["instances"].as_array().unwrap().iter();
    instances
        .flat_map(|i| i["packages"].as_array().into_iter().flatten())
        .map(|p| p.as_str().unwrap())
        .collect()
}

/// Paths that the description owns.
fn own_files(host: &serde_json::Value) -> BTreeSet<String> {
    let instances = host["instances"].as_array().unwrap().iter();
    instances
        .flat_map(|i| ["files", "states"].map(|kind| i[kind].as_array()))
        .flatten()
        .flatten()
        .map(|file| file["path"].as_str().unwrap().to_owned())
        .collect()
}

fn judged_by_dpkg(root: &Path, own: &BTreeSet<String>, host: &str) {
    let audit = in_root(root, &["dpkg", "--audit"]);
    assert!(audit.status.success() && audit.stdout.is_empty(), "{host}: dpkg --audit: {audit:?}");
    let check = in_root(root, &["apt-get", "check"]);
    assert!(check.status.success(), "{host}: apt-get check: {check:?}");
    let verify = String::from_utf8(in_root(root, &["dpkg", "-V"]).stdout).unwrap();
    let foreign: Vec<&str> =
        verify.lines().filter(|line| !own.contains(line.split_whitespace().last().unwrap_or(""))).collect();
    assert!(foreign.is_empty(), "{host}: dpkg -V: {foreign:#?}");
}

fn installed(root: &Path) -> BTreeSet<String> {
    let format = "${db:Status-Abbrev}|${Package} ${Version} ${Architecture}\n";
    let listed = in_root(root, &["dpkg-query", "-W", "-f", format]);
    let text = String::from_utf8(listed.stdout).unwrap();
    text.lines()
        .map(|line| line.strip_prefix("ii |").unwrap_or_else(|| panic!("not installed: {line}")).to_owned())
        .collect()
}

fn locked(lock: &Lock, host: &str) -> BTreeSet<String> {
    let mine = |of: &ClosureOf| match of {
        ClosureOf::Base(_) => true,
        ClosureOf::Host(name) => name == host,
        ClosureOf::Tools(_) => false,
    };
    let keys = lock.closures.iter().filter(|closure| mine(&closure.of)).flat_map(|closure| &closure.packages);
    keys.map(|key| format!("{} {} {}", key.name, key.version, key.architecture)).collect()
}

/// Paths at which mmdebstrap and `plc` differ for a reason that `spec/rootfs.md` tells.
fn documented() -> Vec<String> {
    let text = fs::read_to_string(project().join("spec/rootfs.md")).unwrap();
    let (_, section) = text.split_once("## Against mmdebstrap").expect("spec/rootfs.md has the section");
    let rows = section.lines().take_while(|line| !line.starts_with("## "));
    let cells = rows.filter_map(|row| row.strip_prefix("| `")?.split(" | ").next());
    cells.flat_map(|cell| cell.trim_matches('`').split("`, `")).map(str::to_owned).collect()
}

fn same_files_as_mmdebstrap(
    directory: &Path,
    root: &Path,
    wants: &[&str],
    own: &BTreeSet<String>,
    host: &str,
) {
    let theirs = directory.join(format!("{host}.mmdebstrap"));
    let include = format!("--include={}", wants.join(","));
    let made = Command::new("mmdebstrap")
        .args(["--variant=minbase", "--mode=root", "--quiet", &include, "bookworm"])
        .arg(&theirs)
        .arg(main_mirror())
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .unwrap();
    assert!(made.status.success(), "mmdebstrap: {}", String::from_utf8_lossy(&made.stderr));
    let (ours, theirs) = (listing(root), listing(&theirs));
    let known = documented();
    let allowed = |line: &&String| {
        let path = line.split(' ').next().unwrap_or("");
        own.iter().any(|mine| mine == path || mine.starts_with(&format!("{path}/")))
            || reason_for(path.trim_start_matches('/')).is_some()
            || known.iter().any(|known| match known.strip_suffix('*') {
                Some(prefix) => path.starts_with(prefix),
                None => path == known,
            })
    };
    let only_ours: Vec<_> = ours.difference(&theirs).filter(|line| !allowed(line)).collect();
    let only_theirs: Vec<_> = theirs.difference(&ours).filter(|line| !allowed(line)).collect();
    assert!(
        only_ours.is_empty() && only_theirs.is_empty(),
        "{host}: only here {only_ours:#?}\nonly mmdebstrap {only_theirs:#?}"
    );
    eprintln!("{host}: {} entries as mmdebstrap has them", ours.len());
}

/// A line for each entry: path, kind and mode, owner, link target.
fn listing(root: &Path) -> BTreeSet<String> {
    let found =
        Command::new("find").arg(root).args(["-xdev", "-printf", "/%P %y%m %U:%G %l\n"]).output().unwrap();
    assert!(found.status.success());
    String::from_utf8_lossy(&found.stdout).lines().map(|line| line.trim_end().to_owned()).collect()
}

/// The mirror of Debian's main archive that this machine's apt uses.
fn main_mirror() -> String {
    let printed =
        Command::new("apt-get").args(["indextargets", "--format", "$(SITE) $(RELEASE)"]).output().unwrap();
    let text = String::from_utf8(printed.stdout).unwrap();
    let line =
        text.lines().find(|line| line.split(' ').nth(1) == Some("bookworm")).expect("apt knows bookworm");
    line.split(' ').next().unwrap().to_owned()
}

#[test]
#[ignore = "needs the real archive"]
fn a_lock_with_the_security_suite_shows_its_versions() {
    let place = example();
    let before = place.run(["lock", "env.pl", "--json"], 0).json();
    assert!(before["packages"].as_u64().unwrap() > 100);
    let old: PathBuf = place.directory.join("old.pl");
    fs::copy(place.directory.join("env.pl"), &old).unwrap();
    fs::copy(place.directory.join("env.lock"), old.with_extension("lock")).unwrap();
    let text = fs::read_to_string(place.directory.join("env.pl")).unwrap();
    let both = text.replace("[\"bookworm\"]", "[\"bookworm\", \"bookworm-security\"]");
    assert_ne!(text, both);
    fs::write(place.directory.join("env.pl"), both).unwrap();
    let kept = place.run(["lock", "env.pl", "--json"], 0).json()["changes"].clone();
    assert_eq!(kept, serde_json::json!([]), "versions move only when they may");
    let changes = place.run(["lock", "env.pl", "--json", "--update"], 0).json()["changes"].clone();
    assert!(changes.as_array().unwrap().iter().all(|change| change["security"] == true), "{changes}");
    let changed: BTreeSet<String> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["package"].as_str().unwrap().to_owned())
        .collect();
    assert!(!changed.is_empty(), "the security suite has nothing newer: {changes}");

    let drift = place.run(["diff", "--json", "old.pl@local", "env.pl@local"], 1).json();
    let hosts = drift["hosts"].as_array().unwrap().iter();
    let told: BTreeSet<String> = hosts
        .flat_map(|host| host["packages"].as_array().unwrap().clone())
        .map(|change| {
            assert_eq!(change["change"], "upgraded", "{change}");
            change["name"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(told, changed);
}

/// Servers of one Debian upon another: what is locked is what runs, and apt and dpkg have nothing to say against it.
#[test]
#[ignore = "needs the real archive"]
fn suites_that_are_mixed_are_built_and_run() {
    let place = Place::in_the_open();
    place.write("env.pl", include_str!("fixture/suites.pl"));
    let build = |further: &[&str]| {
        let args = [&["build", "env.pl", "--profile", "local", "--json"], further].concat();
        place.run(args, 0).json()
    };
    let plain = build(&[]);
    let glibc = build(&["--variant", "glibc"]);
    assert_eq!((host_trees(&plain).len(), host_trees(&glibc).len()), (3, 1));
    let drift = place.run(["diff", "--json", "env.pl@local", "env.pl@local+glibc"], 1).json();
    let hosts = drift["hosts"].as_array().unwrap();
    let web = hosts.iter().find(|host| host["host"] == "web").unwrap();
    let changed: BTreeSet<&str> =
        web["packages"].as_array().unwrap().iter().map(|change| change["name"].as_str().unwrap()).collect();
    assert_eq!(changed, BTreeSet::from(["base-files", "libc-bin", "libc-l10n", "libc6", "locales"]));
}

/// Each suite of Debian as a base of its own, twice: from its own store, and by one builder after the other. The suites of
/// `PLC_TEST_SUITES` where it is set: those that move can be broken for a day, and must not stop others; trixie is the base of a mixture.
#[test]
#[ignore = "needs the real archive"]
fn older_and_newer_debians_are_bases() {
    let suites = std::env::var("PLC_TEST_SUITES").unwrap_or_else(|_| "bullseye".into());
    for suite in suites.split_whitespace() {
        let build = |place: &Place, further: &[&str]| {
            let text = include_str!("fixture/base.pl");
            place.write("env.pl", &text.replace("SUITE", suite));
            place.run(["lock", "env.pl", "--accept-expired"], 0);
            let args = [&["build", "env.pl", "--profile", "local", "--locked", "--json"], further].concat();
            host_trees(&place.run(args, 0).json())
        };
        let (first, second) = (Place::in_the_open(), Place::in_the_open());
        let expected = build(&first, &[]);
        let local = tempfile::tempdir().unwrap();
        let mirror = mirror_of(&first.store(), local.path());
        fs::copy(first.path("env.lock"), second.path("env.lock")).unwrap();
        assert_eq!(build(&second, &["--jobs", "1", "--mirror", &mirror]), expected, "{suite}");
        eprintln!("{suite}: {expected:?}");
    }
}
