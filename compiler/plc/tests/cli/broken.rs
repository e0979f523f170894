//! Broken descriptions and locks: one message each, with its place and a mend, and nothing is left behind.

use std::fs;

use crate::{
    fixture::{build_args, built, mirror, place},
    support::Place,
};

/// A mistake: what of the description becomes what; then what the message says, where it points, and what the mend names.
struct Mistake {
    from: &'static str,
    to: &'static str,
    code: &'static str,
    line: &'static str,
    mend: &'static str,
}

const fn mistake(
    from: &'static str,
    to: &'static str,
    code: &'static str,
    line: &'static str,
    mend: &'static str,
) -> Mistake {
    Mistake { from, to, code, line, mend }
}

const MISTAKES: &[Mistake] = &[
    // A misspelt component.
    mistake("run keeper = Keeper", "run keeper = Keper", "E0208", "run keeper = Keper", "`Keeper`"),
    // A misspelt parameter.
    mistake("Web { backends", "Web { greting = \"hi\", backends", "E0209", "greting", "`greeting`"),
    // A misspelt host.
    mistake("back.keeper.api }", "bak.keeper.api }", "E0201", "bak.keeper", "`back`"),
    // A misspelt endpoint.
    mistake("back.keeper.api }", "back.keeper.apy }", "E0210", "apy", "`api`"),
    // A wrong unit.
    mistake("replicas = 3", "replicas = 3MiB", "E0301", "3MiB", ""),
    // A missing connection.
    mistake("App { keeper = back.keeper.api }", "App", "E0303", "run app = App", "keeper"),
    // A connection of another kind.
    mistake("keeper = back.keeper.api }", "keeper = front.web.http }", "E0305", "front.web.http", ""),
    // A host with replicas where one is meant.
    mistake("[m.app.http for m in middle]", "[middle.app.http]", "E0306", "middle.app.http", ""),
    // A port twice on a host.
    mistake("run keeper = Keeper\n", "run keeper = Keeper\n    run other = Keeper2\n", "E0507", "7000", ""),
    // A profile that sets what is no capacity.
    mistake("front.web.workers = 2", "front.web.greeting = \"hi\"", "E0402", "greeting", ""),
    // Capacity that reaches what is installed.
    mistake("package \"web-server\"", "package \"web-{workers}\"", "E0401", "workers", ""),
    // Out of range.
    mistake("front.web.workers = 2", "front.web.workers = 0", "E0304", "0", ""),
    // Defined twice.
    mistake("profile local", "profile production", "E0202", "production", ""),
    // A block that is not closed.
    mistake("  front.web.workers = 2\n}", "  front.web.workers = 2\n", "E0108", "profile local", ""),
    // A path that none of a root file system is.
    mistake("\"/etc/app.json\"", "\"etc/../app.json\"", "E0509", "etc/../app.json", ""),
    // An archive that there is none.
    mistake("base = tiny", "base = tny", "E0201", "tny", "`tiny`"),
    // A module that there is none.
    mistake("archive tiny", "use std.wep { Web }\narchive tiny", "E0203", "std.wep", ""),
];

/// Mistakes whose message shows what is declared and what is there instead, which says how to mend it without a line of
/// its own.
const BOTH_SIDES: [&str; 3] = ["E0301", "E0304", "E0305"];

#[test]
fn each_mistake_is_told_once_with_its_place_and_a_mend() {
    let place = place();
    let good = place.read("env.pl");
    let mut wrong = Vec::new();
    for m in MISTAKES {
        place.write("env.pl", &good);
        place.edit("env.pl", m.from, m.to);
        if m.to.contains("Keeper2") {
            let second = "component Keeper2 { provides api: Tcp on 7000 }\n/// The environment.\n";
            place.edit("env.pl", "/// The environment.\n", second);
        }
        let ran = place.run(build_args(&[]), 2);
        let mend = if BOTH_SIDES.contains(&m.code) { "declared here" } else { "help: " };
        let mend = if m.code == "E0305" { "required here" } else { mend };
        let parts = [m.code, m.line, m.mend, "env.pl:", mend];
        let missing: Vec<_> = parts.into_iter().filter(|part| !ran.err.contains(part)).collect();
        if !missing.is_empty() || ran.err.matches('\u{d7}').count() != 1 || !ran.out.is_empty() {
            wrong.push(format!("{missing:?} not in, or not one message: {}", ran.err));
        }
        nothing_left(&place);
        let check = place.run(["check", "env.pl", "--json"], 2).json();
        assert_eq!((&check["ok"], &check["diagnostics"][0]["code"]), (&false.into(), &m.code.into()));
        assert_eq!(check["diagnostics"].as_array().unwrap().len(), 1, "{check}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn several_mistakes_are_told_at_once() {
    let place = place();
    place.edit("env.pl", "run keeper = Keeper", "run keeper = Keper");
    place.edit("env.pl", "base = tiny", "base = tny");
    let ran = place.run(["check", "env.pl"], 2);
    assert_eq!(ran.err.matches('\u{d7}').count(), 2, "{}", ran.err);
    assert_eq!(ran.out, "env.pl: 2 mistakes\n");
}

#[test]
fn what_is_asked_for_must_be_there() {
    let place = place();
    let ran = place.run(["build", "env.pl", "--profile", "lokal"], 2);
    assert!(ran.err.contains("there is no profile `lokal`"), "{}", ran.err);
    assert!(ran.err.contains("`production`, `local`"), "{}", ran.err);
    let ran = place.run(["build", "env.pl"], 2);
    assert!(ran.err.contains("which profile?") && ran.err.contains("`production`, `local`"), "{}", ran.err);
    let ran = place.run(["build", "enw.pl", "--profile", "local"], 2);
    assert!(ran.err.contains("there is no file `enw.pl`") && ran.err.contains("help: "), "{}", ran.err);
    place.run(["build", "env.pl", "--no-such-option"], 2);
    place.run(["bild", "env.pl"], 2);
    nothing_left(&place);
}

#[test]
fn a_broken_lock_is_told_with_its_line_and_left_alone() {
    let place = built();
    let good = place.read("env.lock");
    let merge = good.replacen("host front\n", "<<<<<<< ours\nhost front\n=======\n>>>>>>> theirs\n", 1);
    assert_ne!(good, merge);
    let line = format!("env.lock:{}:", good.lines().position(|line| line == "host front").unwrap() + 1);
    let unknown = good.replacen("  components main", "  components main\n  trusted yes", 1);
    let other = good.replacen("plc lock 1", "plc lock 7", 1);
    let outside = good.replacen("  path pool/", "  path ../pool/", 1);
    for (text, says) in [
        ("garbage\n", ["env.lock:1:", "lock"]),
        ("", ["env.lock:1:", "lock"]),
        (&merge, [&line, "merge"]),
        (&unknown, ["env.lock:5:", "`trusted`"]),
        (&other, ["env.lock:1:", "7"]),
        (&outside, ["env.lock:", "inside an archive"]),
    ] {
        place.write("env.lock", text);
        for command in ["build", "plan"] {
            let ran = place.run([command, "env.pl", "--profile", "local"], 2);
            for part in says.iter().chain(&["help: ", "`plc lock`"]) {
                assert!(ran.err.contains(part), "{part}: {}", ran.err);
            }
        }
        assert_eq!(place.read("env.lock"), text);
        assert!(!place.path("result-local").exists());
    }
    // And the help helps.
    for (text, how) in [(&*merge, "note: settled: "), ("garbage\n", "made anew")] {
        place.write("env.lock", text);
        let ran = place.run(["lock", "env.pl", "--mirror", mirror()], 0);
        assert!(ran.err.starts_with("warning: env.lock:") && ran.err.contains(how), "{}", ran.err);
        assert_eq!(place.read("env.lock"), good);
    }
}

/// What was not built leaves neither store nor lock nor result.
fn nothing_left(place: &Place) {
    let mut names: Vec<_> = fs::read_dir(&place.directory).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["env.pl", "keyring.asc"]);
}
