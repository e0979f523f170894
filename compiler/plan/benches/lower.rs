//! A synthetic description on its way to derivations: all of it, and the last step alone. `cargo bench -p plc-plan`.
#![allow(missing_docs, reason = "criterion's macros make public items without any")]

mod synthetic;

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plc_lang::{CheckOptions, Checked, topology::Topology};
use plc_plan::{Lowered, lock::Lock, lower};

use synthetic::Project;

fn check(project: &Project) -> Checked {
    plc_lang::check("env.pl", project, &CheckOptions::default())
}

fn topology(project: &Project) -> Arc<Topology> {
    let program = check(project).program.expect("the synthetic description compiles");
    program.evaluate(&synthetic::local(), None).expect("it has this profile")
}

fn lowered(topology: &Topology, lock: &Lock) -> Lowered {
    lower(topology, lock, &synthetic::options()).expect("the lock is made for the description")
}

fn bench(criterion: &mut Criterion) {
    for about in [1_000, 10_000, 100_000] {
        let hosts = synthetic::hosts(about);
        let project = Project(synthetic::description(hosts));
        let text = synthetic::lock(hosts).write();
        let lock = Lock::parse(&text).expect("what is written can be read");
        let evaluated = topology(&project);
        let count = lowered(&evaluated, &lock).graph.len();
        assert!(count > about - 20 && count <= about, "{count} derivations instead of {about}");

        let mut group = criterion.benchmark_group(format!("{count} derivations"));
        group.sample_size(10);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function("check and evaluate", |b| b.iter(|| check(&project)));
        group.bench_function("read the lock", |b| b.iter(|| Lock::parse(&text)));
        group.bench_function("lower", |b| b.iter(|| lowered(&evaluated, &lock)));
        group.bench_function("check, evaluate, lower", |b| b.iter(|| lowered(&topology(&project), &lock)));
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
