//! How long things take. `cargo test --release --test sandbox -- --ignored --nocapture measure`

use std::time::Instant;

use plc_build::sandbox::ReadBack;
use plc_store::{Kind, TreeDigest};

use super::fixture::{Entries, Fixture, meta};

const RUNS: usize = 100;

#[test]
#[ignore = "prints times, and means something in a release build on a quiet machine only"]
fn measure_an_empty_step() {
    let fixture = Fixture::new();
    let mut request = fixture.request(&["true"]);
    request.steps[0].argv = vec!["ls".into(), "/dev/null".into()];
    fixture.try_run(&request).expect("a sandbox");
    for (what, read_back, steps) in [
        ("no step", ReadBack::Nothing, 0),
        ("one step", ReadBack::Nothing, 1),
        ("one step, read back", ReadBack::Changes, 1),
    ] {
        request.read_back = read_back;
        let request =
            plc_build::sandbox::Request { steps: request.steps[..steps].to_vec(), ..request.clone() };
        let mut times: Vec<_> = (0..RUNS)
            .map(|_| {
                let began = Instant::now();
                fixture.try_run(&request).expect("a sandbox");
                began.elapsed()
            })
            .collect();
        times.sort();
        report(&format!("{what}: median {:?}, best {:?}", times[RUNS / 2], times[0]));
    }
}

#[test]
#[ignore = "prints times, and means something in a release build on a quiet machine only"]
fn measure_laying_out() {
    let fixture = Fixture::new();
    let mut entries = Entries::default();
    for number in 0..9000_usize {
        let size = (number * number) % 40_000;
        let content = number.to_string().repeat(size / 4 + 1);
        fixture.file(&mut entries, number, &content);
    }
    let tree: TreeDigest = entries.put(&fixture.store);
    for run in 0..3 {
        let target = fixture.directory.path().join(format!("whole-{run}"));
        let began = Instant::now();
        fixture.sandbox.lay_out(&tree, &target).expect("laid out");
        let laid_out = began.elapsed();
        fixture.sandbox.remove(&target).expect("removed");
        report(&format!("9000 files: laid out in {laid_out:?}, removed in {:?}", began.elapsed() - laid_out));
    }
}

impl Fixture {
    fn file(&self, entries: &mut Entries, number: usize, content: &str) {
        let at = format!("usr/{}/{}", number / 10, number);
        if number % 10 == 9 {
            entries.add(&at, meta(0o777), Kind::Symlink(b"elsewhere".as_slice().into()));
        } else {
            entries.file(&self.store, &at, meta(0o644), content.as_bytes());
        }
    }
}

#[expect(clippy::print_stdout, reason = "printing is all that these are for")]
fn report(line: &str) {
    println!("{line}");
}
