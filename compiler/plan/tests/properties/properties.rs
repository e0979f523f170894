//! The properties.

use std::collections::BTreeMap;

use plc_lang::diag::Diagnostic;
use plc_lang::topology::Topology;
use plc_lang::{CheckOptions, Checked, FileError, Files, Selection, Versions, check};
use plc_plan::identity::identity;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::code::{Kind, Reading};
use crate::mutate;
use crate::program::{DOUBLED, PROFILES, Program, program};

/// How many programs each property is tried on, unless `PROPTEST_CASES` says it.
const CASES: u32 = 300;

struct Entry<'a>(&'a str);

impl Files for Entry<'_> {
    fn read(&self, path: &str) -> Result<String, FileError> {
        if path == "env.pl" { Ok(self.0.to_owned()) } else { Err(FileError::NotFound) }
    }
}

/// Every package that is asked for, at a version of this epoch.
struct Locked(usize);

impl Versions for Locked {
    fn version(&self, _host: &str, package: &str) -> Option<String> {
        Some(format!("{0}:{1}.{0}.1-3", self.0, package.len() + self.0))
    }
}

fn checked(text: &str) -> Checked {
    check("env.pl", &Entry(text), &CheckOptions::default())
}

/// What a program comes to.
struct Meaning {
    /// The identity form of each profile, as JSON, and its hash.
    forms: Vec<(String, String)>,
    /// The topology of each profile.
    topologies: Vec<Topology>,
}

/// What a program comes to under all profiles; the messages where it is refused.
fn meaning(text: &str) -> Result<Meaning, String> {
    let checked = checked(text);
    let Some(program) = checked.program else {
        return Err(all(&checked.diagnostics, text));
    };
    let mut meaning = Meaning { forms: Vec::new(), topologies: Vec::new() };
    for profile in PROFILES {
        let selection = Selection { profile: profile.to_owned(), variants: Vec::new() };
        let topology = program.evaluate(&selection, Some(&Locked(2))).map_err(|d| all(&d, text))?;
        let form = program.identity(&selection, Some(&Locked(2))).map_err(|d| all(&d, text))?;
        let hash = identity(&form, &[]).to_string();
        let form = Topology { profile: String::new(), ..form };
        meaning.forms.push((json(&form), hash));
        meaning.topologies.push(Topology::clone(&topology));
    }
    Ok(meaning)
}

fn all(diagnostics: &[Diagnostic], text: &str) -> String {
    diagnostics.iter().map(|d| told(d, text)).collect::<Vec<_>>().join("\n")
}

/// Fails with the lines in which two texts differ, and the program that they come from.
fn same(one: &str, other: &str, program: &str) -> Result<(), TestCaseError> {
    if one == other {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(one, other);
    Err(TestCaseError::fail(format!("{}\n{program}", diff.unified_diff().context_radius(4))))
}

/// A message with the text that it is about.
fn told(diagnostic: &Diagnostic, text: &str) -> String {
    let span = diagnostic.labels.first().map(|label| label.span).unwrap_or_default();
    let about = text.get(span.start as usize..span.end as usize).unwrap_or("?");
    format!("{} {}: {about}", diagnostic.code, diagnostic.message)
}

/// What a program comes to under one profile.
struct Found {
    form: String,
    hash: String,
    sinks: String,
    /// What is found without a lock, and with two of them.
    asked: Vec<String>,
}

impl Found {
    fn of(program: &plc_lang::Program, profile: &str) -> Result<Self, Vec<Diagnostic>> {
        let selection = Selection { profile: profile.to_owned(), variants: Vec::new() };
        let evaluate = |versions| program.evaluate(&selection, versions);
        let form = program.identity(&selection, Some(&Locked(2)))?;
        let mut asked = Vec::new();
        for versions in [None, Some(&Locked(2) as &dyn Versions), Some(&Locked(5))] {
            let topology = evaluate(versions)?;
            asked.push(self::asked(&topology));
        }
        let topology = evaluate(Some(&Locked(2)))?;
        let (hash, form) = (identity(&form, &[]).to_string(), json(&form));
        Ok(Self { form, hash, sinks: sinks(&topology), asked })
    }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).expect("topologies can be written")
}

/// All that labels hold to identity, of a topology.
fn sinks(topology: &Topology) -> String {
    let mut bare = stripped(topology);
    for host in &mut bare.hosts {
        (host.replicas, host.memory, host.cpus, host.disk) = (0, None, None, None);
        host.addresses.clear();
        for instance in &mut host.instances {
            for file in &mut instance.files {
                file.content.clear();
            }
            let services = instance.services.iter_mut().flat_map(|service| &mut service.environment);
            let jobs = instance.jobs.iter_mut().flat_map(|job| &mut job.environment);
            for (_, value) in services.chain(jobs) {
                value.clear();
            }
        }
    }
    json(&bare)
}

/// A topology without what capacities are set to, and what is said about them.
fn stripped(topology: &Topology) -> Topology {
    let mut bare = topology.clone();
    bare.profile.clear();
    bare.parameters.retain(|parameter| !parameter.capacity);
    for host in &mut bare.hosts {
        for instance in &mut host.instances {
            instance.parameters.retain(|parameter| !parameter.capacity);
            instance.cliffs.clear();
        }
    }
    bare
}

/// What packages and sources are found from, before there is a lock.
fn asked(topology: &Topology) -> String {
    let mut all = vec![json(&topology.archives)];
    for host in &topology.hosts {
        all.push(format!("{} {}", host.name, host.archive));
        for instance in &host.instances {
            let trees: Vec<_> = instance.trees.iter().map(|mount| &mount.tree).collect();
            all.push(json(&(
                &instance.name,
                &instance.packages,
                &instance.provides,
                &instance.requires,
                trees,
            )));
            all.extend(instance.parameters.iter().filter(|p| !p.capacity).map(json));
        }
    }
    all.join("\n")
}

fn programs(reckless: bool) -> impl Strategy<Value = Program> {
    prop::collection::vec(any::<u8>(), 0..1500).prop_map(move |bytes| program(bytes, reckless))
}

fn config() -> ProptestConfig {
    let given = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if given { ProptestConfig::default().cases } else { CASES };
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 6000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// Each program is accepted; its profiles have one identity, and differ in nothing that labels hold to it, whatever
    /// its capacities are.
    #[test]
    fn profiles_differ_in_capacities_only(program in programs(false)) {
        let text = program.0.read(Reading::default());
        let meaning = meaning(&text).map_err(TestCaseError::fail)?;
        for form in &meaning.forms {
            same(&form.0, &meaning.forms[0].0, &text)?;
            prop_assert_eq!(&form.1, &meaning.forms[0].1);
        }
        for topology in &meaning.topologies {
            same(&sinks(topology), &sinks(&meaning.topologies[0]), &text)?;
        }
        for variation in 1..3 {
            let text = program.0.read(Reading { variation, ..Reading::default() });
            let other = self::meaning(&text).map_err(TestCaseError::fail)?;
            same(&other.forms[0].0, &meaning.forms[0].0, &text)?;
            prop_assert_eq!(&other.forms[0].1, &meaning.forms[0].1);
        }
    }

    /// What is changed of the identity changes the hash: always where it is certain to matter, and else whenever some
    /// topology changes.
    #[test]
    fn the_identity_is_all_else(program in programs(false), picks in prop::collection::vec(any::<Index>(), 4)) {
        let meaning = meaning(&program.0.read(Reading::default())).map_err(TestCaseError::fail)?;
        let groups: Vec<(usize, Kind)> = program.0.groups().into_iter().collect();
        for pick in picks {
            let (group, kind) = *pick.get(&groups);
            let text = program.0.read(Reading { changed: Some(group), ..Reading::default() });
            let Ok(other) = self::meaning(&text) else { continue };
            let pairs = meaning.topologies.iter().zip(&other.topologies);
            let differs = pairs.into_iter().any(|(one, other)| json(&stripped(one)) != json(&stripped(other)));
            if kind != Kind::Expression || differs {
                prop_assert_ne!(&other.forms[0].1, &meaning.forms[0].1, "{:?} {}\n{}", kind, group, text);
            }
        }
    }

    /// Programs that disregard labels in some places are refused, or they keep to them all the same, also under a double:
    /// whatever capacities and versions are, what is installed and connected is the same.
    #[test]
    fn whatever_is_accepted_keeps_to_its_labels(program in programs(true)) {
        let text = program.0.read(Reading::default());
        let checked = checked(&text);
        let labels = ["E0401", "E0404", "E0409"];
        let told = all(&checked.diagnostics, &text);
        prop_assert!(checked.diagnostics.iter().all(|d| labels.contains(&d.code)), "{}\n{}", told, text);
        let Some(accepted) = checked.program else { return Ok(()) };
        let other = program.0.read(Reading { variation: 1, ..Reading::default() });
        let other = self::checked(&other);
        // What a double lacks is found once something asks for it, which other capacities and versions may do.
        let lacks = |found: &[Diagnostic]| !found.is_empty() && found.iter().all(|d| d.code == "E0404");
        prop_assert_eq!(other.program.is_none(), lacks(&other.diagnostics));
        let Some(other) = other.program else { return Ok(()) };
        let mut all_hashes = Vec::new();
        for profile in PROFILES.into_iter().chain([DOUBLED]) {
            let [one, other] = match [&accepted, &other].map(|program| Found::of(program, profile)) {
                [Ok(one), Ok(other)] => [one, other],
                [Err(found), _] | [_, Err(found)] if profile == DOUBLED && lacks(&found) => break,
                [Err(found), _] | [_, Err(found)] => return Err(TestCaseError::fail(all(&found, &text))),
            };
            same(&one.form, &other.form, &text)?;
            same(&one.sinks, &other.sinks, &text)?;
            for asked in one.asked.iter().chain(&other.asked) {
                same(asked, &one.asked[0], &text)?;
            }
            all_hashes.push(one.hash);
        }
        prop_assert!(all_hashes.iter().take(PROFILES.len()).all(|hash| *hash == all_hashes[0]));
    }

    /// A program that was accepted and is then cut up is answered; where it is accepted still, its profiles have one
    /// identity still.
    #[test]
    fn what_is_cut_up_is_answered(program in programs(false), cuts in mutate::cuts()) {
        let text = mutate::cut(&program.0.read(Reading::default()), &cuts);
        let checked = checked(&text);
        prop_assert_eq!(checked.program.is_none(), !checked.diagnostics.is_empty());
        for diagnostic in &checked.diagnostics {
            prop_assert_ne!(diagnostic.code, "E0599", "{}\n{}", told(diagnostic, &text), text);
        }
        let Some(program) = checked.program else { return Ok(()) };
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for profile in program.profiles() {
            let selection = Selection { profile: profile.name, variants: Vec::new() };
            let form = match program.identity(&selection, Some(&Locked(2))) {
                Ok(form) => form,
                Err(found) => {
                    prop_assert!(found.iter().all(|d| d.code != "E0599"), "{}\n{}", all(&found, &text), text);
                    continue;
                }
            };
            let hash = identity(&form, &[]).to_string();
            let first = known.entry(profile.environment).or_insert_with(|| hash.clone());
            prop_assert_eq!(&hash, first, "{}", text);
        }
    }
}
