//! Any text as a project of two files: it is checked and, if it compiles, evaluated under each of its profiles. All
//! profiles of an environment have one identity.
#![no_main]

#[path = "../told.rs"]
mod told;

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use plc_lang::source::Sources;
use plc_lang::topology::Topology;
use plc_lang::{CheckOptions, Date, FileError, Files, Program, Selection, check};

/// What stands between `env.pl` and `lib/a.pl` in an input: a comment, as it begins the second file as well.
const BETWEEN: &str = "//// lib/a.pl\n";

/// The two files of an input.
struct Project<'a> {
    entry: &'a str,
    module: Option<&'a str>,
}

impl<'a> Project<'a> {
    fn of(text: &'a str) -> Self {
        match text.split_once(BETWEEN) {
            Some((entry, module)) => Self { entry, module: Some(module) },
            None => Self { entry: text, module: None },
        }
    }
}

impl Files for Project<'_> {
    fn read(&self, path: &str) -> Result<String, FileError> {
        let text = match path {
            "env.pl" => Some(self.entry),
            "lib/a.pl" => self.module,
            _ => None,
        };
        text.map(str::to_owned).ok_or(FileError::NotFound)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let options = CheckOptions { today: Date::new(2026, 1, 1), with: Vec::new(), unused: true };
    let checked = check("env.pl", &Project::of(&text), &options);
    told::hold(&checked.diagnostics, &checked.sources);
    let Some(program) = checked.program else {
        assert!(!checked.diagnostics.is_empty(), "refused without a word");
        return;
    };
    let mut identities: BTreeMap<String, Topology> = BTreeMap::new();
    for selection in program.selections() {
        let topology = program.evaluate(&selection, None);
        if !selection.variants.is_empty() {
            told::hold(topology.as_ref().err().map_or(&[], Vec::as_slice), &checked.sources);
            continue;
        }
        let Ok(topology) = topology else { panic!("accepted, then refused as {selection:?}: {topology:?}") };
        assert_eq!(
            Ok(&topology),
            program.evaluate(&selection, None).as_ref(),
            "another topology the second time"
        );
        origins(&program, &topology, &selection, &checked.sources);
        let identity = identity(&program, &selection);
        let known = identities.entry(topology.environment.clone()).or_insert_with(|| identity.clone());
        assert_eq!(*known, identity, "profiles that differ in more than capacities, without a reason");
    }
});

/// The identity form of a selection, without the name that it goes by and what it declares to differ.
fn identity(program: &Program, selection: &Selection) -> Topology {
    match program.plain_identity(selection, None) {
        Ok(form) => Topology { profile: String::new(), ..form },
        Err(found) => panic!("accepted, and has no identity as {selection:?}: {found:?}"),
    }
}

/// The first lines of each file come from somewhere, and so do replicas.
fn origins(program: &Program, topology: &Topology, selection: &Selection, sources: &Sources) {
    for host in topology.hosts.iter().take(8) {
        let replicas = program.explain(selection, &format!("{}.replicas", host.name), None);
        told::hold(replicas.as_ref().err().map_or(&[], Vec::as_slice), sources);
        for file in host.instances.iter().flat_map(|instance| &instance.files).take(8) {
            for line in 1..=file.content.lines().count().min(8) {
                let origin = program.line_origin(topology, &host.name, &file.path, line);
                assert!(origin.is_ok(), "line {line} of {} comes from nowhere: {origin:?}", file.path);
            }
        }
    }
}
