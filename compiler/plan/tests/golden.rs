//! Golden cases of the stage `lower`: folders of `golden/lower/` with an `env.pl`, its `env.lock`, and the derivations
//! that they come to; `variants` has a variant on each line. `cargo test -p plc-plan --test golden -- [--update] [FILTER]`.
#![allow(clippy::print_stdout, reason = "a test runner talks to the person who runs it")]
#![allow(clippy::disallowed_methods, reason = "the runner reads the cases; the crate does not")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use plc_lang::{CheckOptions, FileError, Files, Selection, topology::Topology};
use plc_plan::{
    LowerOptions, Lowered,
    derivation::{Builder, Derivation, TreeContent},
    lock::{Lock, LockedVersions},
    lower,
    sources::{Sources, sources_of},
};
use plc_store::{TreeDigest, encode};

/// A case's folder as a project.
struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<String, FileError> {
        fs::read_to_string(self.0.join(path)).map_err(|_| FileError::NotFound)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--ignored") {
        // `cargo test --workspace -- --ignored` asks every test binary; no case here is ignored.
        return ExitCode::SUCCESS;
    }
    let update = arguments.iter().any(|argument| argument == "--update");
    let filter = arguments.iter().find(|argument| !argument.starts_with('-')).cloned().unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/lower");
    let mut cases: Vec<PathBuf> = fs::read_dir(root)
        .map(|found| found.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
        .unwrap_or_default();
    cases.sort();
    let (mut passed, mut failed) = (0, 0);
    for case in cases {
        let name = format!("lower/{}", case.file_name().unwrap_or_default().to_string_lossy());
        if !name.contains(&filter) {
            continue;
        }
        match run(&case, update) {
            Ok(()) => passed += 1,
            Err(difference) => {
                failed += 1;
                println!("{name}: failed\n{difference}");
            }
        }
    }
    println!("golden: {passed} passed, {failed} failed");
    if failed == 0 && (passed > 0 || !filter.is_empty()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(case: &Path, update: bool) -> Result<(), String> {
    let found = found(case)?;
    let path = case.join("expect.txt");
    if update {
        return fs::write(path, found).map_err(|error| error.to_string());
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(expected.as_str(), found.as_str());
    Err(diff.unified_diff().header("expected", "found").to_string())
}

fn found(case: &Path) -> Result<String, String> {
    let checked = plc_lang::check("env.pl", &Folder(case), &CheckOptions::default());
    let program = checked.program.ok_or_else(|| format!("does not compile: {:?}", checked.diagnostics))?;
    let variants = fs::read_to_string(case.join("variants")).unwrap_or_default();
    let variants = variants.lines().map(str::to_owned).collect();
    let selection = Selection { profile: "local".into(), variants };
    let told = |diagnostics| format!("{diagnostics:?}");
    let first = program.evaluate(&selection, None).map_err(told)?;
    let lock = fs::read_to_string(case.join("env.lock")).map_err(|error| error.to_string())?;
    let lock = Lock::parse(&lock).map_err(|error| error.to_string())?;
    let versions = LockedVersions::new(&lock, &first);
    // What is not locked is for lowering to tell.
    let whole = lock.lacks(&first).is_empty();
    let topology = if whole { program.evaluate(&selection, Some(&versions)).map_err(told)? } else { first };
    let options = LowerOptions { platform: "amd64".into(), image: None, sources: played(&topology) };
    Ok(match lower(&topology, &lock, &options) {
        Ok(lowered) => shown(&lowered),
        Err(error) => format!("error: {error}\n"),
    })
}

/// Instead of what sources hold, something that follows from what they are: no case reads any.
fn played(topology: &Topology) -> Sources {
    let mut sources = Sources::default();
    for source in sources_of(topology) {
        let digest = encode::hash("plc golden source", format!("{source:?}").as_bytes());
        sources.insert(source.clone(), TreeDigest::from_bytes(digest));
    }
    sources
}

fn shown(lowered: &Lowered) -> String {
    let mut text = String::new();
    for id in lowered.graph.order() {
        let node = lowered.graph.node(*id);
        let _ = writeln!(
            text,
            "{} {} `{}`",
            node.hash.short(),
            node.derivation.builder.kind(),
            node.derivation.name
        );
        for input in &node.derivation.inputs {
            let _ = writeln!(text, "    {} {}", input.role, input.derivation.short());
        }
        for line in arguments(&node.derivation) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

fn arguments(derivation: &Derivation) -> Vec<String> {
    match &derivation.builder {
        Builder::Fetch(fetch) => vec![format!("{} {} {}", fetch.archive, fetch.suite, fetch.path)],
        Builder::Unpack(package) => {
            vec![format!("{} {} {}", package.name, package.version, package.architecture)]
        }
        Builder::Tree(tree) => tree
            .files
            .iter()
            .map(|file| match &file.content {
                TreeContent::Text(text) => format!("{} {:04o} {text:?}", file.path, file.mode),
                TreeContent::Link(target) => format!("{} → {target}", file.path),
                TreeContent::Directory => format!("{}/ {:04o}", file.path, file.mode),
            })
            .collect(),
        Builder::Rootfs(rootfs) => {
            let manual = rootfs.manual.iter().map(|name| format!("asked for {name}"));
            manual
                .chain(rootfs.owners.iter().map(|o| format!("{} is {}:{}", o.path, o.user, o.group)))
                .chain(rootfs.mounts.iter().map(|m| format!("{}/ is {}:{}", m.path, m.user, m.group)))
                .collect()
        }
        Builder::Check(check) => vec![format!("{} as {}", check.exec.join(" "), check.user)],
        Builder::Image(image) => vec![image.format.extension().to_owned()],
        Builder::Layer | Builder::Kernel => Vec::new(),
        Builder::Environment(environment) => vec![environment.hosts.join(" ")],
        Builder::Source(source) => vec![source.tree.to_string()],
        Builder::Download(download) => vec![download.url.clone(), download.sha256.clone()],
        Builder::Extract(extract) => vec![format!("{extract:?}")],
        Builder::Run(run) => {
            let variables = run.environment.iter().map(|(name, value)| format!("with {name}={value}"));
            let commands = run.commands.iter().map(|command| format!("{command:?}"));
            commands.chain(variables).chain([format!("to `{}`", run.output)]).collect()
        }
    }
}
