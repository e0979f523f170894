//! What is configured before preinsts that count on it.

use plc_store::TreeDigest;

use super::{
    super::{Inputs, build},
    fixture::{Dpkg, Fixture},
};

const PREINST: [(&str, &str); 1] = [("preinst", "#!/bin/sh\n")];

/// The steps for packages upon a base: names, and what dpkg configures.
fn steps(it: &Fixture, base: &[TreeDigest], packages: &[TreeDigest]) -> Vec<String> {
    let runner = Dpkg::new(it);
    let inputs = Inputs { base, packages, architecture: "amd64", ..Inputs::default() };
    build(&it.store, &runner, &inputs).unwrap();
    let asked = runner.asked.borrow();
    let step = |step: &crate::sandbox::Step| match step.name.strip_prefix("configure") {
        Some(_) => step.argv[step.argv.iter().position(|part| part == "--configure").unwrap()..].join(" "),
        None => step.name.clone(),
    };
    asked[0].steps.iter().map(step).collect()
}

fn base(it: &Fixture) -> Vec<TreeDigest> {
    let below = it.package("below", "", &[], &[]);
    let inputs = Inputs { packages: &[below], architecture: "amd64", ..Inputs::default() };
    build(&it.store, &Dpkg::new(it), &inputs).unwrap().layers
}

#[test]
fn a_preinst_waits_for_what_its_package_depends_on_before() {
    let it = Fixture::new();
    let server = it.package("server", "Pre-Depends: below, adduser (>= 1), none | init\n", &PREINST, &[]);
    let adduser = it.package("adduser", "Multi-Arch: same\nDepends: passwd\n", &[], &[]);
    let passwd = it.package("passwd", "", &PREINST, &[]);
    let init = it.package("sysv", "Provides: init\n", &[], &[]);
    let other = it.package("other", "Depends: server\n", &PREINST, &[]);
    let late = it.package("late", "Pre-Depends: server, adduser\n", &PREINST, &[]);
    // As apt does, without a preinst as well.
    let quiet = it.package("quiet", "Pre-Depends: other\n", &[], &[]);
    let packages = [server, adduser, passwd, init, other, late, quiet];
    assert_eq!(
        steps(&it, &base(&it), &packages),
        [
            "preinst of passwd",
            "preinst of other",
            "--configure adduser:amd64 passwd sysv",
            "preinst of server",
            "--configure server other",
            "preinst of late",
            "--configure -a",
        ]
    );
    // A fresh root file system has nothing to configure anything with before.
    let fresh = steps(&it, &[], &packages);
    assert_eq!(fresh.iter().filter(|step| step.starts_with("--")).count(), 1, "{fresh:?}");
}

#[test]
fn versions_decide_and_circles_end() {
    let it = Fixture::new();
    let new = it.package("new", "Pre-Depends: old (>= 2) | young\n", &PREINST, &[]);
    let (old, young) = (it.package("old", "", &[], &[]), it.package("young", "", &[], &[]));
    assert_eq!(
        steps(&it, &base(&it), &[new, old, young]),
        ["--configure young", "preinst of new", "--configure -a"]
    );
    for (provided, configured) in [("old (= 2)", "giver"), ("old (= 1)", "young"), ("old", "young")] {
        let giver = it.package("giver", &format!("Provides: other, {provided}\n"), &[], &[]);
        let steps = steps(&it, &base(&it), &[new, giver, young]);
        assert_eq!(steps[0], format!("--configure {configured}"), "{provided}");
    }
    let hen = it.package("hen", "Pre-Depends: egg\n", &PREINST, &[]);
    let egg = it.package("egg", "Depends: hen\n", &PREINST, &[]);
    let mut circle = steps(&it, &base(&it), &[hen, egg]);
    assert_eq!(circle.pop().unwrap(), "--configure -a");
    circle.sort();
    assert_eq!(circle, ["preinst of egg", "preinst of hen"]);
}

#[test]
fn nothing_is_configured_before_its_own_preinst() {
    let it = Fixture::new();
    let young = it.package("young", "Pre-Depends: helper\n", &PREINST, &[]);
    let (old, helper) = (it.package("old", "", &[], &[]), it.package("helper", "", &[], &[]));
    // The first comes before what it needs in any order.
    for (name, field) in [("new", "old (>= 2) | young"), ("base-files", "young")] {
        let first = it.package(name, &format!("Pre-Depends: {field}\n"), &PREINST, &[]);
        assert_eq!(
            steps(&it, &base(&it), &[first, old, young, helper]),
            [
                "--configure helper",
                "preinst of young",
                "--configure young",
                &format!("preinst of {name}"),
                "--configure -a"
            ]
        );
    }
    // Where nothing is configured before, preinsts still come in the order of what satisfies.
    let new = it.package("new", "Depends: old (>= 2) | young\n", &PREINST, &[]);
    assert_eq!(
        steps(&it, &[], &[new, old, young, helper]),
        ["preinst of young", "preinst of new", "--configure -a"]
    );
}
