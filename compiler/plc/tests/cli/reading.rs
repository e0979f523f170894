//! Commands that read: `show`, `diff`, `log`, `check`, for people and for programs.

use std::collections::BTreeMap;

use plc_plan::derivation::{Builder, Derivation, TreeArguments};
use plc_store::Store;
use serde_json::Value;

use crate::{
    archive::Package,
    fixture::{archive, build, build_args, built, distribution, mirror, place},
};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[test]
fn show_tells_what_a_hash_and_a_description_are() {
    let place = built();
    let result = build(&place, &[]);
    let back = &result["hosts"][2];
    let hash = text(&back["derivation"]);
    let shown = place.run(["show", &hash[..10]], 0).out;
    for part in [
        "rootfs",
        "small.back",
        hash,
        text(&back["tree"]),
        "/var/lib/keeper keeper:root",
        "packages of keeper",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let json = place.run(["show", hash, "--json"], 0).json();
    assert_eq!((text(&json["hash"]), &json["output"]["tree"]), (hash, &back["tree"]));
    assert!(json["derivation"]["builder"]["rootfs"].is_object(), "{json}");
    let topology = place.run(["show", "env.pl", "--profile", "local"], 0).json();
    assert_eq!(topology["hosts"].as_array().unwrap().len(), 3);
    let ran = place.run(["show", "ffffffffffff"], 2);
    assert!(ran.err.contains("no derivation in this store begins with `ffffffffffff`"), "{}", ran.err);
    let ran = place.run(["show", "xyzzy"], 2);
    assert!(ran.err.contains("`xyzzy` is not the beginning of a hash"), "{}", ran.err);
}

#[test]
fn a_prefix_of_several_hashes_names_them() {
    let place = built();
    let store = Store::open(&place.store()).unwrap();
    // Among some hundred there are two that begin alike.
    let mut seen = BTreeMap::new();
    let (prefix, one, other) = (0..)
        .find_map(|number| {
            let derivation = Derivation {
                name: format!("number {number}"),
                platform: "all".into(),
                inputs: Vec::new(),
                builder: Builder::Tree(TreeArguments { files: Vec::new() }),
            };
            let hash = derivation.hash();
            store.put_derivations(&[(hash, derivation.encode())]).unwrap();
            let prefix = hash.to_hex()[..4].to_owned();
            let before = seen.insert(prefix.clone(), derivation.name.clone())?;
            Some((prefix, before, derivation.name))
        })
        .unwrap();
    let ran = place.run(["show", &prefix], 2);
    assert!(ran.err.contains(&format!("2 derivations begin with `{prefix}`")), "{}", ran.err);
    assert!(
        ran.err.contains(&format!(" is {one}\n")) && ran.err.contains(&format!(" is {other}\n")),
        "{}",
        ran.err
    );
    let ran = place.run(["show", &prefix[..3]], 2);
    assert!(ran.err.contains("at least 4"), "{}", ran.err);
}

#[test]
fn diff_tells_versions_then_configuration() {
    let place = place();
    let before = build(&place, &[]);
    let mut newer = distribution();
    for package in &mut newer.packages {
        if package.name == "keeper" {
            "1.0-1".clone_into(&mut package.version);
        }
    }
    newer.packages.push(Package::new("extra", "2.0"));
    let newer = newer.write(&place.path("newer"));
    place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"extra\"]");
    place.edit("env.pl", "verbose no", "verbose yes");
    let args = ["lock", "env.pl", "--json", "--update", "keeper", "--mirror", &newer.url()];
    let locked = place.run(args, 0).json();
    let changes = locked["changes"].as_array().unwrap().iter();
    let changes: Vec<_> =
        changes.map(|change| [&change["package"], &change["from"], &change["to"]]).collect();
    assert_eq!(
        serde_json::json!(changes),
        serde_json::json!([["extra", null, "2.0"], ["keeper", "0.9~rc2-1", "1.0-1"]])
    );
    let after =
        place.run(["build", "env.pl", "--profile", "local", "--json", "--mirror", &newer.url()], 0).json();
    let (a, b) = (text(&before["derivation"]), text(&after["derivation"]));
    let ran = place.run(["diff", &a[..12], &b[..12]], 1);
    for part in [
        "host back",
        "↑  keeper",
        "0.9~rc2-1 → 1.0-1",
        "+  extra",
        "/etc/keeper/keeper.conf",
        "- verbose no",
        "+ verbose yes",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(!ran.out.contains("host front") && !ran.out.contains("host middle"), "{}", ran.out);
    assert!(ran.out.find("keeper.conf") > ran.out.find("extra"), "versions first: {}", ran.out);
    let back = place.run(["diff", b, a], 1).out;
    assert!(back.contains("↓  keeper") && back.contains("-  extra"), "{back}");
    let json = place.run(["diff", a, b, "--json"], 1).json();
    assert_eq!(json["hosts"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(json["hosts"][0]["host"], "back");
    let same = place.run(["diff", a, a], 0);
    assert_eq!((same.out.as_str(), same.err.as_str()), ("", ""));
    let drift = place.run(["diff", "env.pl@local", "env.pl@production"], 1).out;
    assert!(drift.contains("workers") && !drift.contains('↑'), "{drift}");
    assert_eq!(place.run(["diff", b, "env.pl@local"], 0).out, "");
}

#[test]
fn log_tells_what_was_said_and_what_has_none() {
    let place = built();
    let all = place.run(["show", "env.pl", "--profile", "local", "--stage", "derivations"], 0).json();
    let of = |name: &str| {
        let all = all.as_array().unwrap();
        text(&all.iter().find(|node| node["derivation"]["name"] == name).unwrap()["hash"]).to_owned()
    };
    let log = place.run(["log", &of("packages of keeper")], 0).out;
    assert!(log.contains("Setting up keeper (0.9~rc2-1)"), "{log}");
    let ran = place.run(["log", &of("small.back configuration")], 2);
    assert!(ran.err.contains("`small.back configuration`") && ran.err.contains("has no log"), "{}", ran.err);
}

#[test]
fn check_tells_profiles() {
    let place = place();
    let json = place.run(["check", "env.pl", "--json"], 0).json();
    assert_eq!(
        json,
        serde_json::json!({ "ok": true, "profiles": ["production", "local"], "variants": [], "diagnostics": [] })
    );
    place.edit("env.pl", "base = tiny", "base = tny");
    let json = place.run(["check", "env.pl", "--json"], 2).json();
    let diagnostic = &json["diagnostics"][0];
    assert_eq!((&json["ok"], &diagnostic["code"]), (&Value::Bool(false), &"E0201".into()));
    assert!(json.to_string().contains("env.pl"), "{json}");
}

#[test]
fn output_is_plain_and_quiet_unless_somebody_watches() {
    let place = place();
    let ran = place.run(build_args(&[]), 0);
    assert_eq!(ran.err, "", "nobody watches");
    assert!(ran.out.contains("front") && ran.out.contains("result-local") && ran.out.contains("small@local"));
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
    let colored = place.run(build_args(&["--color", "always"]), 0);
    assert!(colored.out.contains("\u{1b}[1msmall@local\u{1b}[0m"), "{:?}", colored.out);
    let plain = place.run(build_args(&["--color", "never", "--quiet"]), 0);
    assert_eq!(plain.out, ran.out);
    place.edit("env.pl", "base = tiny", "base = tny");
    let ran = place.run(["check", "env.pl"], 2);
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
    let ran = place.run(["check", "env.pl", "--color", "always"], 2);
    assert!(ran.err.contains('\u{1b}'), "{:?}", ran.err);
    assert!(mirror() == archive().url());
}
