//! Hostile descriptions: whatever the text, there is a located answer, soon, and no panic.
use std::collections::BTreeMap;

use plc_lang::{CheckOptions, Checked, FileError, Files};
use proptest::prelude::*;

/// A project in memory.
struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<String, FileError> {
        self.0.get(path).cloned().ok_or(FileError::NotFound)
    }
}

fn check(entry: &str, files: &dyn Files) -> Checked {
    plc_lang::check(entry, files, &CheckOptions::default())
}

fn checked(text: impl Into<String>) -> Checked {
    check("env.pl", &Memory(BTreeMap::from([("env.pl".to_owned(), text.into())])))
}

/// The code of the only kind of message that a text gets, which must be located. Nothing here looks at the clock: what
/// takes more than linear time or memory does not end in any time that a test may take.
fn refused(what: &str, text: String) -> &'static str {
    let checked = checked(text);
    assert!(checked.program.is_none(), "{what} was accepted");
    let first = checked.diagnostics.first().expect("a refusal has a reason");
    assert!(!first.labels.is_empty(), "{what} has no place");
    first.code
}

const MILLION: usize = 1_000_000;

#[test]
fn deep_nesting_is_refused() {
    for open in ["(", "[", "{ a = ", "-", "not ", "if ", "{", "\"{", "a.", "1 + ", "1 * (", "x: List<"] {
        let code = refused(open, format!("let a = {}", open.repeat(MILLION)));
        assert!(["E0109", "E0104", "E0101", "E0107", "E0108"].contains(&code), "{open}: {code}");
    }
    refused("closed brackets", format!("let a = {}1{}", "(".repeat(MILLION / 2), ")".repeat(MILLION / 2)));
    refused("types", format!("let a: {}Int{} = 1", "List<".repeat(MILLION / 10), ">".repeat(MILLION / 10)));
    refused("blocks", "component A { service x { a = { ".repeat(MILLION / 30));
}

#[test]
fn left_nested_operators_are_refused() {
    for op in ["+", "-", "*", "/", "and", "or", "=="] {
        assert_eq!(refused(op, format!("let a = 1{}", format!(" {op} 1").repeat(MILLION / 5))), "E0109");
    }
    assert_eq!(refused("members", format!("let a = b{}", ".c".repeat(MILLION / 2))), "E0109");
}

#[test]
fn long_chains_are_refused() {
    let mut text = String::from("let a0 = 1\n");
    for i in 0..50_000 {
        text.push_str(&format!("let b{i} = b{}\n", i + 1));
    }
    assert_eq!(refused("a chain of lets", text), "E0109");
    let mut text = String::new();
    for i in 0..20_000 {
        text.push_str(&format!("let a{} = {{ x = a{i}, y = [a{i}] }}\n", i + 1));
    }
    refused("a chain of records", format!("let a0 = 1\n{text}"));
}

#[test]
fn large_sources_are_refused() {
    assert_eq!(refused("a large file", " ".repeat(9 * 1024 * 1024)), "E0101");
    assert_eq!(refused("a large string", format!("let a = \"{}\"", "x".repeat(9 * 1024 * 1024))), "E0101");
    assert_eq!(refused("a long name", format!("let {} = 1", "x".repeat(MILLION))), "E0103");
    assert_eq!(refused("a large number", format!("let a = 1{}", "0".repeat(400))), "E0106");
    refused("a larger number", format!("let a = {}", "9".repeat(MILLION)));
    refused("a large fraction", format!("let a = 1.{}GiB", "9".repeat(MILLION)));
    refused("many tokens", "( ) ".repeat(MILLION * 2));
    refused("many mistakes", "let = \n".repeat(MILLION));
    refused("many members", format!("component A {{ {} }}", "package \"a\"\n".repeat(MILLION / 10)));
    refused("many names", format!("let a = [{}]", "unknown_name, ".repeat(MILLION / 10)));
    refused("many uses", "use std.web { Nothing }\n".repeat(MILLION / 10));
    refused("a large file elsewhere", "use lib.a { b }".to_owned());
}

#[test]
fn large_results_are_refused() {
    const ARCHIVE: &str =
        "archive debian = apt { suites = [\"s\"], components = [\"main\"], signed_by = \"k\" }\n";
    let hosts: String = (0..1000).map(|i| format!("host h{i} * 10000 {{ }}\n")).collect();
    let code = refused("ten million hosts", format!("{ARCHIVE}environment e {{ base = debian\n{hosts} }}"));
    assert_eq!(code, "E0508");
    let code =
        refused("replicas", format!("{ARCHIVE}environment e {{ base = debian\nhost h * 1000000 {{ }} }}"));
    assert_eq!(code, "E0304");
    let lists: String = (0..60).map(|i| format!("let l{} = l{i} + l{i}\n", i + 1)).collect();
    let component = format!("component C {{ let l0 = [1]\n{lists} file \"/a\" = json l60 }}\n");
    let environment = "environment e { base = debian\nhost h { run c = C } }";
    assert_eq!(refused("doubled lists", format!("{ARCHIVE}{component}{environment}")), "E0508");
    let loops = "component C { let l = [0,1,2,3,4,5,6,7,8,9]\n file \"/a\" = json [[[[[[[[ 1 for a in l] for b in l] for c in l] for d in l] for e in l] for f in l] for g in l] for h in l] }\n";
    assert_eq!(refused("loops in loops", format!("{ARCHIVE}{loops}{environment}")), "E0508");
    let profiles: String = (0..5000).map(|i| format!("profile p{i} of e {{ }}\n")).collect();
    let costly = "component C { let l = [0,1,2,3,4,5,6,7,8,9]\n file \"/a\" = json [[[ 1 for a in l] for b in l] for c in l] }\n";
    assert_eq!(refused("many profiles", format!("{ARCHIVE}{costly}{environment}\n{profiles}")), "E0508");
    let shared: String = (0..60).map(|i| format!("let l{} = [l{i}, l{i}]\n", i + 1)).collect();
    let component = format!("component C {{ let l0 = \"x\"\n{shared} file \"/a\" = lines l60 }}\n");
    refused("shared lists", format!("{ARCHIVE}{component}{environment}"));
}

#[test]
fn what_is_shared_is_charged_each_time() {
    const HEAD: &str = "archive d = apt { suites = [\"s\"], components = [\"main\"], signed_by = \"k\" }\n";
    let hosts = |arguments: &str| -> String {
        (0..700).map(|i| format!("host h{i} {{ run c = C{arguments} }}\n")).collect()
    };
    let environment = format!("environment e {{ base = d\n{} }}", hosts(""));
    let texts = format!("let l = [{}]\n", (0..20_000).map(|i| format!("\"a{i}\",")).collect::<String>());
    let code = refused("packages", format!("{HEAD}{texts}component C {{ package l }}\n{environment}"));
    assert_eq!(code, "E0508");
    let component = "component C { service s { exec = [\"/bin/x\"] + l } }\n";
    assert_eq!(refused("arguments", format!("{HEAD}{texts}{component}{environment}")), "E0508");
    let all: String = (0..700).map(|i| format!("h{i}.c.x,")).collect();
    let component = "component C { requires p: List<Http>\n provides x: Http on 80 }\n";
    let mesh = format!("environment e {{ base = d\nlet all = [{all}]\n{} }}", hosts(" { p = all }"));
    let code = refused("a mesh of all with all", format!("{HEAD}{component}{mesh}"));
    assert_eq!(code, "E0508");
    let variables: String = (0..1000).map(|i| format!("V{i} = l,")).collect();
    let component = format!(
        "let l = \"{}\"\ncomponent C {{ service s {{ exec = [\"/a\"], environment = {{ {variables} }} }} }}\n",
        "x".repeat(100_000)
    );
    assert_eq!(refused("variables", format!("{HEAD}{component}{environment}")), "E0508");
    let profiles: String = (0..2000).map(|i| format!("profile p{i} of e {{ }}\n")).collect();
    let component = "component C { file \"/a\" = json [[x for x in [1,2,3,4,5]] for y in [1,2,3,4,5]] }\n";
    let code = refused("profiles", format!("{HEAD}{component}{environment}\n{profiles}"));
    assert_eq!(code, "E0508");
}

#[test]
fn what_is_compared_is_charged_each_time() {
    let of = |letter: &str| (0..4000).map(|i| format!("\"{letter}{i}\"")).collect::<Vec<_>>().join(" | ");
    let same: String = (0..2000).map(|i| format!("let l{i}: B = a\n")).collect();
    let text = format!("type A = {}\ntype B = {}\nlet a: A = \"x1\"\n{same}", of("x"), of("x"));
    assert!(checked(text).diagnostics.is_empty(), "the same values by another name");
    let arms: String = (0..4000).map(|i| format!("\"x{i}\" => {i}\n")).collect();
    let many = |list: &str| format!("component C {{ file \"/a\" = lines [{list}] }}\n");
    let rest = "archive d = apt { suites = [\"s\"], components = [\"m\"], signed_by = \"k\" }\n\
                environment e { base = d\nhost h { run c = C } }";
    let matches = format!(
        "type A = {}\nfn f(a: A) -> Int = match a {{ {arms} }}\n{}{rest}",
        of("x"),
        many("\"{f(\"x3999\")}\" for n in range(1000000)")
    );
    assert_eq!(refused("matches of many arms", matches), "E0508");
    let long = format!("let a = \"{0}\"\nlet b = \"{0}\"\n", "x".repeat(MILLION));
    for list in
        ["\"{a == b}\" for n in range(1000000)", "match a { \"x\" => a, _ => b } for n in range(1000000)"]
    {
        assert_eq!(refused(list, format!("{long}{}{rest}", many(list))), "E0508");
    }
    let version = format!("let a = \"1{}\"\n{}{rest}", "0".repeat(MILLION), many("\"{version(a)}\""));
    assert_eq!(refused("a long version", version), "E0514");
}

/// A description of `n` hosts with one instance each, and what follows it.
fn hosts(n: usize, rest: &str) -> String {
    let hosts: String = (0..n).map(|i| format!("host h{i} {{ run c = C {{ p = \"a\" }} }}\n")).collect();
    format!(
        "archive d = apt {{ suites = [\"s\"], components = [\"main\"], signed_by = \"k\" }}\n\
         component C {{ param p: String = \"a\", requires peer: Http?, provides x: Http on 80 }}\n\
         environment e {{ base = d\n{hosts} }}\n{rest}"
    )
}

#[test]
fn many_differences_are_answered() {
    const N: usize = 4000;
    let all = |of: &dyn Fn(usize) -> String| -> String { (0..N).map(of).collect() };
    let absent = all(&|i| format!("absent h{i} because \"x\"\n"));
    let double = all(&|i| format!("double h{i} with C because \"x\"\n"));
    let deviate = all(&|i| format!("deviate h{i}.c.p = \"b\" because \"x\"\n"));
    let set = all(&|i| format!("h{i}.c.p = \"b\"\n h{i}.base = apt {{ suites = [\"s{i}\"] }}\n"));
    let pins = all(&|i| format!("package \"p{i}\" = \"1\"\n"));
    for (what, text) in [
        ("absences", format!("profile p of e {{ {absent} }}")),
        ("doubles", format!("profile p of e {{ {double} }}")),
        ("deviations", format!("profile p of e {{ {deviate} }}")),
        ("pins", format!("variant p of e {{ {pins} }}")),
    ] {
        let checked = checked(hosts(N, &text));
        assert!(checked.program.is_some(), "{what}: {:?}", checked.diagnostics.first());
    }
    let set: String = set.lines().take(4900).map(|line| format!("{line}\n")).collect();
    let archives = checked(hosts(N, &format!("variant p of e {{ {set} }}")));
    assert!(archives.program.is_some(), "{:?}", archives.diagnostics.first());
    let again = format!("profile p of e {{ {absent} }} profile q of e {{ {double} {absent} }}");
    assert_eq!(refused("differences twice", hosts(N, &again)), "E0101");
    let again = format!("profile p of e {{ {} }}", "absent h1 because \"x\"\n".repeat(N));
    assert_eq!(refused("one difference again and again", hosts(N, &again)), "E0202");
    let heirs: String = (0..20_000).map(|i| format!("profile p{i} of e extends p {{ }}\n")).collect();
    assert_eq!(refused("heirs", hosts(N, &format!("profile p of e {{ {deviate} }}\n{heirs}"))), "E0508");
    let variants: String = (0..20_000).map(|i| format!("variant v{i} of e {{ }}\n")).collect();
    assert_eq!(refused("variants", hosts(N, &format!("profile p of e {{ }}\n{variants}"))), "E0508");
}

#[test]
fn the_command_line_is_answered() {
    for with in [
        "",
        "=",
        "a",
        "a=",
        "=a",
        ".=.",
        "a.b.c.d=1",
        "p=\"",
        "p={",
        "p=[",
        "p=\u{202e}",
        "p=\0",
        "é=é",
        "package:=",
        "package:é=é",
        "package:a=\"",
        "h.c.p=é",
        "h.c.p=./é",
        "h.c.p=\"{",
        "h.c.p=\n1",
        "\n",
        "h.c.p=1\n2",
        "base=é",
        "h.c.from=",
        "h.base=apt {",
        "h.c.p=p",
        "h.c.p=a//b",
        "h.c.p=e",
    ] {
        let options =
            CheckOptions { today: None, with: vec![with.to_owned(), with.to_owned()], unused: true };
        let text = hosts(1, "let p = \"é\"\n").replace("h0", "h");
        let files = Memory(BTreeMap::from([("env.pl".to_owned(), text)]));
        located(&plc_lang::check("env.pl", &files, &options));
    }
}

#[test]
fn many_interpolations_are_refused() {
    assert_eq!(refused("interpolations", format!("let a = \"{}\"", "{1}".repeat(MILLION))), "E0101");
    for quote in ["'", "/*\n", "#\n", "\u{201e}", "&&"] {
        assert_eq!(refused(quote, quote.repeat(MILLION)), "E0103");
    }
    assert_eq!(refused("NULs", "\0".repeat(4 * MILLION)), "E0102");
    assert_eq!(refused("items", (0..60_000).map(|i| format!("let a{i} = 1\n")).collect()), "E0101");
}

#[test]
fn many_modules_are_refused() {
    let mut files = BTreeMap::from([("env.pl".to_owned(), "use m.a0 { x }".to_owned())]);
    for i in 0..2000 {
        files.insert(format!("m/a{i}.pl"), format!("use m.a{} {{ y }}\nlet x = 1", i + 1));
    }
    let checked = check("env.pl", &Memory(files));
    assert!(checked.diagnostics.iter().any(|d| d.code == "E0101"));
}

#[test]
fn a_diamond_of_modules_is_loaded_once() {
    let files = [
        ("env.pl", "use a { x }\nuse b { y }"),
        ("a.pl", "use c { z }\nlet x = z"),
        ("b.pl", "use c { z }\nlet y = z"),
        ("c.pl", "let z = 1"),
    ];
    let checked = check("env.pl", &Memory(files.map(|(a, b)| (a.to_owned(), b.to_owned())).into()));
    // The four, and the protocols that everybody knows.
    assert_eq!(checked.diagnostics, []);
    assert_eq!(checked.sources.iter().count(), 5);
}

const EXAMPLE: &str = include_str!("../../../examples/three-tier/env.pl");

/// Pieces that descriptions are made of, in any order.
fn fragment() -> impl Strategy<Value = String> {
    let words = [
        "let a = ",
        "component C {",
        "environment e {",
        "host h * 2 {",
        "run c = C {",
        "}",
        "{",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "\"\"\"",
        "\"{",
        "r\"",
        "///doc\n",
        "//!doc\n",
        "//x\n",
        "\n",
        "=",
        ".",
        ",",
        ":",
        "..",
        "..=",
        "1",
        "64MiB",
        "70%",
        "30s",
        "0755",
        "1.5",
        "param p: Int(1..) = ",
        "capacity k: Size = ",
        "package ",
        "file \"/a\" = ini ",
        "file \"/b\" = lines ",
        "text ",
        "json ",
        "provides x: Http on ",
        "requires y: List<Http>",
        "state ",
        "service s {",
        "job j {",
        "check ",
        "link ",
        "double c with C because ",
        "absent h.c because \"x\"",
        "deviate h.c.p = ",
        " until 2027-06-30",
        "variant v of e {",
        "package \"x\" from d",
        "from = apt { suites = ",
        "h.base = ",
        "profile p of e {",
        "every host",
        "extends ",
        "use std.web { HAProxy }",
        "archive d = apt {",
        "base = d",
        "expose c.x",
        "if ",
        " then ",
        " else ",
        " for x in ",
        " and ",
        "not ",
        "-",
        "+",
        "*",
        "/",
        "==",
        "a",
        "e",
        "h",
        "c",
        "x",
        "é",
        "\u{202e}",
        "\0",
        "\\",
        "\\u{",
        "\r\n",
        "@",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|parts| parts.concat())
}

/// The example with one stretch of it replaced by another.
fn mutation() -> impl Strategy<Value = String> {
    (0..EXAMPLE.len(), 0usize..40, fragment()).prop_map(|(at, length, new)| {
        let boundary = |mut at: usize| {
            while !EXAMPLE.is_char_boundary(at) {
                at += 1;
            }
            at
        };
        let (from, to) = (boundary(at), boundary((at + length).min(EXAMPLE.len())));
        format!("{}{new}{}", EXAMPLE.get(..from).unwrap_or(""), EXAMPLE.get(to..).unwrap_or(""))
    })
}

/// Whatever was found stands somewhere in the sources.
fn located(checked: &Checked) {
    assert_eq!(checked.program.is_none(), !checked.diagnostics.is_empty());
    for diagnostic in &checked.diagnostics {
        assert!(diagnostic.code != "E0599", "{diagnostic:?}");
        for label in &diagnostic.labels {
            let text = &checked.sources.get(label.span.source).expect("a source that was read").text;
            assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{diagnostic:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        located(&checked(text));
    }

    #[test]
    fn any_fragments_are_answered(text in fragment()) {
        located(&checked(text));
    }

    #[test]
    fn any_mutation_is_answered(text in mutation()) {
        located(&checked(text));
    }
}
