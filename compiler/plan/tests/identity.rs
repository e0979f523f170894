//! What the identity hash tells apart, and what it does not, where that is easily got wrong: a decision that is taken by
//! looking at a part of something of which capacities reach another part.

use plc_lang::{CheckOptions, FileError, Files, Selection, Versions, check};
use plc_plan::identity::identity;

struct Entry(String);

impl Files for Entry {
    fn read(&self, path: &str) -> Result<String, FileError> {
        if path == "env.pl" { Ok(self.0.clone()) } else { Err(FileError::NotFound) }
    }
}

/// The identity hash of a component with this content of a file, and this argument of `run`.
fn hash_of(format: &str, content: &str, argument: &str) -> String {
    let text = format!(
        r#"
archive debian = apt {{ suites = ["bookworm"], components = ["main"], signed_by = "keyring" }}
fn fallback(n: Int) -> String = if n > 3 then "many" else "few"
component Web {{
  param title: String = "web"
  provides http: Http on 80
}}
component App {{
  capacity n: Int = 2
  capacity x: Int = 2
  capacity limit: Int?
  capacity names: List<String> = ["a"]
  capacity word: String = "w"
  requires ends: List<Http>
  file "/etc/app" = {format} {content}
}}
environment e {{
  base = debian
  capacity count: Int(1..) = 2
  host web * count {{ run web = Web }}
  host one {{ run web = Web }}
  host app {{ run app = App {{ ends = {argument} }} }}
}}
profile small of e {{ count = 1 }}
profile large of e {{ count = 5, app.app.n = 9 }}
"#
    );
    let checked = check("env.pl", &Entry(text), &CheckOptions::default());
    let program = checked.program.unwrap_or_else(|| panic!("{content}: {:#?}", checked.diagnostics));
    let hash = |profile: &str| {
        let selection = Selection { profile: profile.to_owned(), variants: Vec::new() };
        let form = program.identity(&selection, None).unwrap_or_else(|d| panic!("{content}: {d:#?}"));
        identity(&form, &[]).to_string()
    };
    assert_eq!(hash("small"), hash("large"), "profiles have one identity: {content}");
    hash("small")
}

const ENDS: &str = "[w.web.http for w in web]";

/// Pairs of expressions that some profile can tell apart.
const DIFFERENT: [(&str, &str); 24] = [
    // A branch that another amount takes.
    (r#"if n > 3 then "a" else "b""#, r#"if n > 3 then "c" else "b""#),
    (r#"match n { 1 => "a", _ => "b" }"#, r#"match n { 2 => "a", _ => "b" }"#),
    // A list that holds an amount is not looked at.
    (r#"if contains(["{n}"], "5") then "a" else "b""#, r#"if contains(["{n}"], "5") then "c" else "b""#),
    (r#"if join([n], "") == "5" then "a" else "b""#, r#"if join([n], "") == "5" then "c" else "b""#),
    (
        r#"if unique([n, x]).length == 1 then "a" else "b""#,
        r#"if unique([n, x]).length == 1 then "c" else "b""#,
    ),
    (
        r#"if present([limit]).length == 0 then "a" else "b""#,
        r#"if present([limit]).length == 0 then "c" else "b""#,
    ),
    (r#"flatten([names, ["a"]])"#, r#"flatten([["a"]])"#),
    ("sort([n, 1])", "sort([1, n])"),
    // Nor is one whose elements an amount chooses.
    ("[i for i in [1, 2] if n > i].length", "[i for i in [1, 2] if n < i].length"),
    (
        r#"if [i for i in [1, 2] if n > i].length == 1 then "a" else "b""#,
        r#"if [i for i in [1, 2] if n > i].length == 1 then "c" else "b""#,
    ),
    (
        r#"{ "k{i}" = i for i in [1, 2] if n > i }["k1"] ?? 7"#,
        r#"{ "k{i}" = i for i in [1, 2] if n > i }["k1"] ?? 8"#,
    ),
    (r#"{ "k{n}" = 1 for i in [1] }["k1"] ?? 7"#, r#"{ "k{n}" = 1 for i in [1] }["k1"] ?? 8"#),
    ("[i for i in [1, 2] if n > i]", "[i for i in [1, 2]]"),
    // Nor one of all replicas, nor the name of one.
    ("ends.length * 2", "ends.length + 1"),
    (r#"if ends.length > 1 then "a" else "b""#, r#"if ends.length > 1 then "c" else "b""#),
    (
        r#"[if starts_with(end.host, "web-1") then "a" else "b" for end in ends]"#,
        r#"[if starts_with(end.host, "web-1") then "c" else "b" for end in ends]"#,
    ),
    ("[end.port for end in ends]", "[80]"),
    // What stands in brackets.
    ("(if n > 1 then 1min else 1s).seconds", "(if n > 1 then 1min else 2s).seconds"),
    ("-(n + 1)", "-n + 1"),
    // Names of elements are not those of capacities.
    ("[i for i in range(n)]", "[n for i in range(n)]"),
    ("[[i for j in range(n)] for i in range(n)]", "[[j for j in range(n)] for i in range(n)]"),
    // What a text says itself is no expression.
    (r#""⟨app.app.n⟩""#, r#""{n}""#),
    (r#""⟨app.app.n⟩ {x}""#, r#""{n} {x}""#),
    (r#"fallback(n)"#, r#"fallback(x)"#),
];

#[test]
fn what_some_profile_tells_apart_has_another_identity() {
    for (one, other) in DIFFERENT {
        let content = |value: &str| format!("{{ v = {value} }}");
        for format in ["json", "yaml", "toml", "php"] {
            let (one, other) = (content(one), content(other));
            assert_ne!(hash_of(format, &one, ENDS), hash_of(format, &other, ENDS), "{one} and {other}");
        }
    }
    assert_ne!(hash_of("lines", "[word]", ENDS), hash_of("lines", r#"["app.app.word"]"#, ENDS));
    let (one, other) =
        (r#"(if n > 1 then { a = 1 } else { a = 2 })"#, r#"(if n > 1 then { a = 1 } else { a = 3 })"#);
    for format in ["ini", "json", "yaml", "toml", "php"] {
        assert_ne!(hash_of(format, one, ENDS), hash_of(format, other, ENDS), "{format}");
    }
}

#[test]
fn connections_of_several_hosts_are_told_from_those_of_one() {
    let hash = |argument: &str| hash_of("lines", "[end.address for end in ends]", argument);
    let all = [
        hash("[w.web.http for w in web]"),
        hash("[one.web.http for w in web]"),
        hash("[one.web.http]"),
        hash("[one.web.http] + [w.web.http for w in web]"),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(all.iter().skip(at + 1).all(|other| other != one), "{at}");
    }
}

/// What is not asked for in any profile does not keep a program from having an identity.
#[test]
fn faults_that_an_amount_prevents_are_no_faults() {
    hash_of("json", "{ v = if x == 0 then 0 else 10 / x }", ENDS);
    hash_of("json", "{ v = if n > 100 then 10 / 0 else 1 }", ENDS);
    hash_of("json", "{ v = [10 / i for i in [0, 1] if n == i] }", ENDS);
    hash_of("json", "{ v = match limit { none => 0, l => 1 / 0 } }", ENDS);
}

/// Whatever type a capacity has, what is computed from it stands as an expression.
#[test]
fn capacities_of_every_type_have_an_identity() {
    let text = r#"
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "keyring" }
fn made(path: String) -> Source = local { path = path }
component Db {
  capacity word: String = "a"
  capacity ends: List<Endpoint<MySql>> = []
  capacity peer: Db?
  capacity src: Source = made("a")
  capacity v: Version?
  capacity asked: Package?
  capacity tree: Tree = made("b")
  capacity from_there: Archive?
  capacity rec: { a: Int, b: String? } = { a = 1 }
  capacity variables: Map<Int> = { A = 1 }
  service db { exec = ["/bin/db"], environment = variables }
  provides sql: MySql on 3306
  file "/a" = json {
    made = [made(word)].length, matched = match made(word) { s => 1 }, b = rec.b, rec = rec, v = v
    ends = [e.address for e in ends]
    peer = match peer { none => "n", p => p.sql.address }
    asked = match asked { none => "a", p => p.name }
    sources = [src].length + [tree, made("x")].length + [apt { suites = ["a"] } for x in [src]].length
  }
}
environment e {
  base = debian
  capacity n: Int(1..) = 2
  host web * n { run db = Db }
  host db * n { run db = Db { ends = [d.db.sql for d in web], asked = package("x") } }
}
profile small of e { n = 1 }
profile large of e { n = 4, web.db.word = "b", web.db.rec = { a = 1, b = "c" }, web.db.variables = { B = 2 } }
"#;
    let checked = check("env.pl", &Entry(text.to_owned()), &CheckOptions::default());
    let program = checked.program.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    let form = |profile: &str| {
        let selection = Selection { profile: profile.to_owned(), variants: Vec::new() };
        let form = program.identity(&selection, None).unwrap_or_else(|d| panic!("{d:#?}"));
        identity(&form, &[]).to_string()
    };
    assert_eq!(form("small"), form("large"));
}

struct Eight;

impl Versions for Eight {
    fn version(&self, _host: &str, _package: &str) -> Option<String> {
        Some("8.0-1".to_owned())
    }
}

/// A fault that is met first where an amount may prevent it, and then where nothing does, is told: no identity form lacks
/// a file without a word.
#[test]
fn no_identity_form_lacks_what_failed() {
    let text = r#"
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "keyring" }
component App {
  capacity n: Int = 2
  package "php-fpm"
  let x = 10 / (package("php-fpm").version.major - 8)
  file "/etc/app" = json { a = if n > 100 then x else 0, b = x }
}
environment e {
  base = debian
  host app { run app = App }
}
profile small of e {}
"#;
    let checked = check("env.pl", &Entry(text.to_owned()), &CheckOptions::default());
    let program = checked.program.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    let selection = Selection { profile: "small".to_owned(), variants: Vec::new() };
    let found = program.identity(&selection, Some(&Eight)).expect_err("it divides by zero");
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), ["E0502"]);
}

/// Where something stands in the file is no part of what it says.
#[test]
fn places_are_not_hashed() {
    let (one, other) =
        (r#"{ v = match n { 1 => "a", m => "b" } }"#, r#"{ v =   match n   { 1 => "a", k => "b" } }"#);
    assert_eq!(hash_of("json", one, ENDS), hash_of("json", other, ENDS));
}
