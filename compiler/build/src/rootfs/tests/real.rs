//! Real packages, from a directory of `.deb`s: a fresh root file system, then roles on top of it.

use std::{cell::RefCell, collections::BTreeMap, fs, path::Path, time::Instant};

use plc_store::{Store, TreeDigest};
use rayon::prelude::*;

use super::{
    super::{Inputs, Runner, SandboxRunner, build},
    chroot::{Chroot, lay_out},
};
use crate::{debian::deb, sandbox::Sandbox};

/// `PLC_TEST_DEBS`: a directory of `.deb`s. `PLC_TEST_SETS`: a directory with a file for each set (`base`, then any
/// others), a package name on each line. `PLC_TEST_OUT`: where to lay the results out. `PLC_TEST_ROLES`: the sets to
/// lay on the base, with blanks between. `PLC_TEST_HELPER`: the program, for its sandbox; `chroot` does without.
#[test]
#[ignore = "needs root and real packages"]
#[allow(clippy::print_stderr, reason = "run by hand, for its figures")]
fn roles_on_a_base() {
    let variable = |name: &str| std::env::var(name).expect("set by who runs the test");
    let (debs, sets, out) = (variable("PLC_TEST_DEBS"), variable("PLC_TEST_SETS"), variable("PLC_TEST_OUT"));
    let directory = tempfile::tempdir_in(&out).unwrap();
    let store = Store::open(&directory.path().join("store")).unwrap();
    let started = Instant::now();
    let files: Vec<_> = fs::read_dir(debs).unwrap().map(|file| file.unwrap().path()).collect();
    let packages: BTreeMap<String, TreeDigest> = files
        .par_iter()
        .map(|path| {
            let tree = deb::unpack(std::io::BufReader::new(fs::File::open(path).unwrap()), &store)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = path.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().to_owned();
            (name, store.put_tree(&tree).unwrap())
        })
        .collect();
    eprintln!("unpacked {} packages in {:?}", packages.len(), started.elapsed());
    let chroot = Chroot { store: &store, directory: directory.path().join("root"), said: RefCell::default() };
    let sandbox =
        std::env::var_os("PLC_TEST_HELPER").map(|helper| Sandbox::new(&store, helper.into()).unwrap());
    let log = Path::new(&out).join("scripts.log");
    let sandboxed = sandbox.as_ref().map(|sandbox| SandboxRunner::new(sandbox, &log));
    let runner: &dyn Runner = sandboxed.as_ref().map_or(&chroot, |runner| runner);
    let set = |name: &str| -> Vec<String> {
        fs::read_to_string(Path::new(&sets).join(name)).unwrap().lines().map(str::to_owned).collect()
    };
    let make = |base: &[TreeDigest], names: &[String], label: &str| {
        let started = Instant::now();
        let packages: Vec<TreeDigest> = names.iter().map(|name| packages[name]).collect();
        let wants = [label.to_owned()];
        let inputs =
            Inputs { base, packages: &packages, architecture: "amd64", wants: &wants, ..Inputs::default() };
        let made = build(&store, runner, &inputs);
        fs::write(Path::new(&out).join(format!("{label}.log")), runner.said()).unwrap();
        chroot.said.take();
        let made = made.unwrap_or_else(|error| panic!("{label}: {error}"));
        eprintln!("{label}: {} in {:?}", made.tree, started.elapsed());
        let target = Path::new(&out).join(label);
        let _ = fs::remove_dir_all(&target);
        lay_out(&store, &store.read_tree(&made.tree).unwrap(), &target);
        made
    };
    let base_names = set("base");
    let base = make(&[], &base_names, "base");
    assert_eq!(make(&[], &base_names, "base").tree, base.tree, "twice the same");
    for name in variable("PLC_TEST_ROLES").split(' ') {
        let added: Vec<String> =
            set(name).into_iter().filter(|package| !base_names.contains(package)).collect();
        let made = make(&base.layers, &added, name);
        assert_eq!(make(&base.layers, &added, name).tree, made.tree, "twice the same");
    }
}
