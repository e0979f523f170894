//! Lowering of a synthetic topology: hosts with packages, a configuration and a check each. `cargo bench -p plc-plan`.
#![allow(missing_docs, reason = "criterion's macros make public items without any")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plc_lang::{
    source::Span,
    topology::{Archive, Check, File, Host, Instance, Topology},
};
use plc_plan::{
    LowerOptions,
    lock::{Closure, ClosureOf, Lock, LockedPackage, PackageKey},
    lower,
};

fn key(number: usize) -> PackageKey {
    PackageKey::new(format!("package-{number}"), "1.2.3-4+deb12u1", "amd64")
}

fn package(number: usize) -> LockedPackage {
    LockedPackage {
        key: key(number),
        archive: "debian".into(),
        suite: "bookworm".into(),
        path: format!("pool/main/p/package-{number}/package-{number}_1.2.3-4+deb12u1_amd64.deb"),
        sha256: format!("{number:064x}"),
        size: 100_000,
    }
}

fn host(number: usize) -> Host {
    let file = File {
        path: "/etc/service.conf".into(),
        content: format!("name = host-{number}\n").repeat(20),
        mode: 0o644,
        user: "root".into(),
        group: "root".into(),
        link: None,
        span: Span::default(),
        line_spans: Vec::new(),
    };
    let check = Check {
        exec: vec!["/usr/sbin/service".into(), "--check".into()],
        user: "root".into(),
        span: Span::default(),
    };
    let instance = Instance {
        name: "service".into(),
        component: "std.Service".into(),
        packages: vec![format!("package-{number}")],
        files: vec![file],
        checks: vec![check],
        ..Instance::default()
    };
    Host {
        name: format!("host-{number}"),
        archive: "debian".into(),
        replicas: 1,
        memory: Some(1 << 30),
        cpus: Some(1),
        addresses: vec![format!("host-{number}.synthetic.internal")],
        instances: vec![instance],
        ..Host::default()
    }
}

/// A topology of so many hosts, each with ten packages of which one is its own, and its lock.
fn synthetic(hosts: usize) -> (Topology, Lock) {
    let archive = Archive {
        name: "debian".into(),
        suites: vec!["bookworm".into()],
        components: vec!["main".into()],
        signed_by: "keyring".into(),
        mirror: None,
        span: Span::default(),
    };
    let topology = Topology {
        environment: "synthetic".into(),
        profile: "local".into(),
        archives: vec![archive],
        hosts: (0..hosts).map(host).collect(),
        ..Topology::default()
    };
    let base = Closure {
        of: ClosureOf::Base("debian".into()),
        wants: Vec::new(),
        packages: (hosts..hosts + 100).map(key).collect(),
    };
    let own = (0..hosts).map(|number| Closure {
        of: ClosureOf::Host(format!("host-{number}")),
        wants: vec![format!("package-{number}")],
        packages: (0..10).map(|step| key((number + step) % hosts)).collect(),
    });
    let lock = Lock {
        archives: Vec::new(),
        closures: std::iter::once(base).chain(own).collect(),
        packages: (0..hosts + 100).map(package).collect(),
    };
    (topology, lock)
}

fn bench(criterion: &mut Criterion) {
    let options = LowerOptions { platform: "amd64".into(), image: None };
    let mut group = criterion.benchmark_group("lower");
    group.sample_size(20);
    for hosts in [160, 1_640, 16_640] {
        let (topology, lock) = synthetic(hosts);
        let nodes = lower(&topology, &lock, &options).map(|lowered| lowered.graph.len()).unwrap_or(0);
        assert!(nodes > 6 * hosts, "the synthetic lock does not fit its topology");
        group.throughput(Throughput::Elements(nodes as u64));
        group
            .bench_function(format!("{nodes} derivations"), |b| b.iter(|| lower(&topology, &lock, &options)));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
