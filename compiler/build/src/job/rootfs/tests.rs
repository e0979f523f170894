//! Packages that are configured in stages, with a sandbox that plays dpkg.

use std::{
    io::Write,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use plc_plan::derivation::{Download, Fetch};
use plc_store::{DerivationHash, ResolvedHash};

use super::*;
use crate::{
    fetch::Sink,
    job::{Source, SourceError},
    progress::Quiet,
    rootfs::{RootfsError, tests::fixture::Fixture},
    sandbox::{Delta, Outcome, Request as SandboxRequest, Runner, SandboxError, StepFailure},
};

/// Says that what was unpacked is installed, and which packages those were.
struct Dpkg<'a> {
    it: &'a Fixture,
    configured: Mutex<Vec<Vec<String>>>,
    /// A package that cannot be configured.
    broken: &'static str,
    /// Leaves another file each time.
    is_fickle: bool,
    runs: AtomicUsize,
}

impl<'a> Dpkg<'a> {
    fn new(it: &'a Fixture) -> Self {
        Self { it, configured: Mutex::default(), broken: "none", is_fickle: false, runs: AtomicUsize::new(0) }
    }

    /// How many packages each run has configured, since this was last asked.
    fn counts(&self) -> Vec<usize> {
        std::mem::take(&mut *self.configured.lock().unwrap()).iter().map(Vec::len).collect()
    }
}

impl Runner for Dpkg<'_> {
    fn run(&self, request: &SandboxRequest, mut log: &File) -> Result<Outcome, SandboxError> {
        let status = self.it.text(request.layers.last().unwrap(), "var/lib/dpkg/status");
        let stanzas = status.split("\n\n").filter(|stanza| stanza.contains("install ok unpacked"));
        let name = |stanza: &str| stanza.trim().lines().next().unwrap()["Package: ".len()..].to_owned();
        let unpacked: Vec<String> = stanzas.map(name).collect();
        for name in &unpacked {
            writeln!(log, "Setting up {name}").unwrap();
        }
        if unpacked.iter().any(|name| name == self.broken) {
            writeln!(log, "dpkg: error processing package {} (--configure):", self.broken).unwrap();
            let failure = StepFailure { step: request.steps.len() - 1, reason: "exit status 1".into() };
            return Ok(Outcome { failure: Some(failure), delta: None });
        }
        self.configured.lock().unwrap().push(unpacked);
        let status = status.replace("install ok unpacked", "install ok installed");
        let run = self.runs.fetch_add(1, Ordering::Relaxed).to_string();
        let left = if self.is_fickle { &*run } else { "" };
        let entries =
            vec![self.it.file("usr/left", left, 999), self.it.file("var/lib/dpkg/status", &status, 999)];
        Ok(Outcome { failure: None, delta: Some(Delta { entries, ..Delta::default() }) })
    }
}

struct Nowhere;

impl Source for Nowhere {
    fn fetch(&self, _: &Fetch, _: &mut dyn Sink, _: &dyn Fn(u64)) -> Result<(), SourceError> {
        Err(SourceError::Offline)
    }

    fn download(&self, _: &Download, _: &mut dyn Sink, _: &dyn Fn(u64)) -> Result<(), SourceError> {
        Err(SourceError::Offline)
    }
}

/// An input that the store has.
fn input(tree: TreeDigest) -> Realisation {
    Realisation {
        resolved: ResolvedHash::from_bytes(*tree.as_bytes()),
        derivation: DerivationHash::from_bytes(*tree.as_bytes()),
        output: Output::Tree(tree),
        layers: vec![tree],
    }
}

/// A name and what it comes to: so many packages, itself included.
fn of_size(it: &Fixture, name: &str, size: usize) -> Vec<TreeDigest> {
    let others: Vec<String> = (1..size).map(|number| format!("{name}-{number}")).collect();
    let depends = format!("Depends: {}\n", others.join(", "));
    let fields = if others.is_empty() { "" } else { &depends };
    let others = others.iter().map(|other| it.package(other, "", &[], &[]));
    others.chain([it.package(name, fields, &[], &[])]).collect()
}

fn request(base: Option<&Realisation>, packages: &[TreeDigest], asked: &str) -> Request {
    let manual: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
    let base = base.map(|base| (Role::Base, base.clone()));
    let packages = packages.iter().map(|tree| (Role::Package, input(*tree)));
    let inputs: Vec<(Role, Realisation)> = base.into_iter().chain(packages).collect();
    let derivation = Derivation {
        name: RootfsArguments::name_of_packages(&manual),
        platform: "amd64".into(),
        inputs: inputs
            .iter()
            .map(|(role, input)| Input { role: *role, derivation: input.derivation })
            .collect(),
        builder: Builder::Rootfs(RootfsArguments { manual, owners: Vec::new(), mounts: Vec::new() }.into()),
    };
    Request { hash: derivation.hash(), derivation, inputs }
}

/// Builds as a build of its own; what is made goes into the store at once.
fn build(it: &Fixture, request: &Request, dpkg: &Dpkg<'_>, again: bool) -> Result<Realisation, JobError> {
    let keep = |realisation| it.store.commit(&[realisation]).unwrap();
    let shared = Shared::new(&it.store, again, &keep);
    let made = build_in(&shared, it, request, dpkg)?;
    keep(made.clone());
    Ok(made)
}

fn build_in(
    shared: &Shared<'_>,
    it: &Fixture,
    request: &Request,
    dpkg: &Dpkg<'_>,
) -> Result<Realisation, JobError> {
    let context = Context { store: &it.store, runner: dpkg, source: &Nowhere };
    crate::job::run(request, &context, shared, &Quiet)
}

/// The base that all others are made upon.
fn base(it: &Fixture) -> Realisation {
    let apt = it.package("apt", "Priority: required\n", &[], &[("var/lib/apt/periodic", "")]);
    build(it, &request(None, &[apt], ""), &Dpkg::new(it), false).unwrap()
}

fn log(it: &Fixture, request: &Request) -> String {
    std::fs::read_to_string(it.store.log_path(&request.hash)).unwrap()
}

#[test]
fn a_package_more_is_configured_upon_what_is_there() {
    let it = Fixture::new();
    let (base, dpkg) = (base(&it), Dpkg::new(&it));
    let wiki = of_size(&it, "wiki", 9);
    let more = [wiki.clone(), of_size(&it, "curl", 2)].concat();
    let less = request(Some(&base), &wiki, "wiki");
    let there = build(&it, &less, &dpkg, false).unwrap();
    assert_eq!(dpkg.counts(), [9]);
    let more = request(Some(&base), &more, "curl wiki");
    let made = build(&it, &more, &dpkg, false).unwrap();
    assert_eq!(dpkg.counts(), [2]);
    assert_eq!(made.layers[..there.layers.len()], there.layers);
    assert_eq!(made.layers.len(), there.layers.len() + 2);
    // All of it is in the log, as when it is made at once.
    let said = log(&it, &more);
    assert!(said.contains("Setting up wiki-3\n") && said.ends_with("Setting up curl\n"), "{said}");

    // The same from nothing; and what was made on the way is the derivation that asks for less.
    let fresh = Fixture::new();
    let base = self::base(&fresh);
    let dpkg = Dpkg::new(&fresh);
    let packages = [of_size(&fresh, "wiki", 9), of_size(&fresh, "curl", 2)].concat();
    let again = build(&fresh, &request(Some(&base), &packages, "curl wiki"), &dpkg, false).unwrap();
    assert_eq!(dpkg.counts(), [9, 2]);
    assert_eq!(again, made);
    assert_eq!(log(&fresh, &more), said);
    assert_eq!(fresh.store.realised(&less.hash).unwrap().unwrap(), there);
    assert_eq!(fresh.store.verify().unwrap().problems, []);
}

#[test]
fn who_asks_for_the_same_first_makes_it_for_all() {
    let it = Fixture::new();
    let (base, dpkg) = (base(&it), Dpkg::new(&it));
    let wiki = of_size(&it, "wiki", 9);
    let keep = |realisation| it.store.commit(&[realisation]).unwrap();
    let shared = Shared::new(&it.store, false, &keep);
    let requests: Vec<Request> = ["", "curl", "less", "vim"]
        .iter()
        .map(|name| match *name {
            "" => request(Some(&base), &wiki, "wiki"),
            name => {
                let packages = [wiki.clone(), of_size(&it, name, 1)].concat();
                request(Some(&base), &packages, &format!("{name} wiki"))
            }
        })
        .collect();
    std::thread::scope(|scope| {
        for request in &requests {
            scope.spawn(|| build_in(&shared, &it, request, &dpkg).unwrap());
        }
    });
    let mut counts = dpkg.counts();
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 1, 9]);
}

/// What is recommended goes with another name where more is asked for: still, what a request comes to does not depend on what was
/// there before it.
#[test]
fn what_asks_for_less_is_divided_by_itself() {
    let made = |less_first: bool| {
        let it = Fixture::new();
        let (base, dpkg) = (base(&it), Dpkg::new(&it));
        let named = |name: &str, others: usize, fields: &str| {
            let others: Vec<String> = (1..=others).map(|number| format!("{name}-{number}")).collect();
            let fields = format!("Depends: {}{fields}\n", others.join(", "));
            let others: Vec<TreeDigest> = others.iter().map(|one| it.package(one, "", &[], &[])).collect();
            [others, vec![it.package(name, &fields, &[], &[])]].concat()
        };
        let asked = [
            named("c", 11, "\nRecommends: y"),
            named("b", 12, "\nRecommends: z"),
            vec![it.package("y", "Depends: z\n", &[], &[]), it.package("z", "", &[], &[])],
        ]
        .concat();
        let less = request(Some(&base), &asked, "b c");
        let more = request(Some(&base), &[asked, named("n", 7, ", z")].concat(), "b c n");
        if less_first {
            build(&it, &less, &dpkg, false).unwrap();
        }
        let more = build(&it, &more, &dpkg, false).unwrap();
        (more, build(&it, &less, &dpkg, false).unwrap())
    };
    assert_eq!(made(false), made(true));
}

#[test]
fn what_has_failed_for_one_is_not_tried_again_for_another() {
    let it = Fixture::new();
    let base = base(&it);
    let dpkg = Dpkg { broken: "wiki-2", ..Dpkg::new(&it) };
    let keep = |realisation| it.store.commit(&[realisation]).unwrap();
    let shared = Shared::new(&it.store, false, &keep);
    let wiki = of_size(&it, "wiki", 9);
    let of = |name: &str| {
        let packages = [wiki.clone(), of_size(&it, name, 1)].concat();
        request(Some(&base), &packages, &format!("{name} wiki"))
    };
    let first = build_in(&shared, &it, &of("curl"), &dpkg).unwrap_err();
    assert!(matches!(first, JobError::Rootfs(_)), "{first}");
    let second = build_in(&shared, &it, &of("vim"), &dpkg).unwrap_err();
    let less = request(Some(&base), &wiki, "wiki");
    assert!(matches!(second, JobError::Elsewhere(of) if of == less.hash), "{second}");
    assert!(log(&it, &less).contains("error processing package wiki-2"));
}

#[test]
fn what_fails_is_named_and_in_the_log() {
    let it = Fixture::new();
    let base = base(&it);
    let packages = [of_size(&it, "wiki", 9), of_size(&it, "curl", 2)].concat();
    let both = request(Some(&base), &packages, "curl wiki");
    for (broken, kept) in [("wiki-2", false), ("curl", true)] {
        let dpkg = Dpkg { broken, ..Dpkg::new(&it) };
        let error = build(&it, &both, &dpkg, false).unwrap_err();
        let of =
            |step: &RootfsError| matches!(step, RootfsError::Step { packages, .. } if packages == &[broken]);
        assert!(matches!(&error, JobError::Rootfs(step) if of(step)), "{error}");
        let said = log(&it, &both);
        assert!(
            said.ends_with(&format!("dpkg: error processing package {broken} (--configure):\n")),
            "{said}"
        );
        let (less, _) = super::less(&both, &stages_of(&both, &it)[..1]);
        assert_eq!(it.store.realised(&less.hash).unwrap().is_some(), kept, "{broken}");
    }
}

fn stages_of(request: &Request, it: &Fixture) -> Vec<Stage> {
    let Builder::Rootfs(arguments) = &request.derivation.builder else { unreachable!() };
    let dpkg = Dpkg::new(it);
    super::stages(arguments, request, &Context { store: &it.store, runner: &dpkg, source: &Nowhere }).unwrap()
}

#[test]
fn building_again_makes_all_stages_and_compares_them() {
    let it = Fixture::new();
    let base = base(&it);
    let packages = [of_size(&it, "wiki", 9), of_size(&it, "curl", 2)].concat();
    let both = request(Some(&base), &packages, "curl wiki");
    let dpkg = Dpkg::new(&it);
    build(&it, &both, &dpkg, false).unwrap();
    build(&it, &both, &dpkg, true).unwrap();
    assert_eq!(dpkg.counts(), [9, 2, 9, 2]);
    let fickle = Dpkg { is_fickle: true, ..Dpkg::new(&it) };
    let error = build(&it, &both, &fickle, true).unwrap_err();
    assert!(matches!(error, JobError::Differs { .. }), "{error}");
    assert_eq!(fickle.counts(), [9]);
}

#[test]
fn names_asked_for_are_never_marked() {
    let it = Fixture::new();
    let (base, dpkg) = (base(&it), Dpkg::new(&it));
    let packages = [of_size(&it, "wiki", 9), of_size(&it, "curl", 3)].concat();
    let marked = |asked: &str| {
        let made = build(&it, &request(Some(&base), &packages, asked), &dpkg, false).unwrap();
        let Output::Tree(tree) = made.output else { unreachable!() };
        let states = it.text(&tree, "var/lib/apt/extended_states");
        let names = states.lines().filter_map(|line| line.strip_prefix("Package: "));
        names.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    let others = "wiki-1 wiki-2 wiki-3 wiki-4 wiki-5 wiki-6 wiki-7 wiki-8";
    assert_eq!(marked("curl wiki"), format!("curl-1 curl-2 {others}"));
    assert_eq!(dpkg.counts(), [9, 3]);
    assert_eq!(marked("curl curl-2 wiki wiki-8"), format!("curl-1 {}", others.replace(" wiki-8", "")));
    assert_eq!(dpkg.counts(), [9, 3]);
}

#[test]
fn answers_and_a_fresh_root_keep_all_together() {
    let it = Fixture::new();
    let base = base(&it);
    let packages = [of_size(&it, "wiki", 9), of_size(&it, "curl", 2)].concat();
    assert_eq!(stages_of(&request(Some(&base), &packages, "curl wiki"), &it).len(), 2);
    assert_eq!(stages_of(&request(None, &packages, "curl wiki"), &it).len(), 1);
    let mut told = request(Some(&base), &packages, "curl wiki");
    told.inputs.insert(1, (Role::Answers, base));
    assert_eq!(stages_of(&told, &it).len(), 1);
}
