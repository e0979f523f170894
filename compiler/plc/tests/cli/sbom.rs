//! Bills of materials.

use std::{collections::BTreeSet, fs};

use plc_plan::lock::{ClosureOf, Lock, Lookup};
use serde_json::Value;

use crate::{
    fixture::{built, mirror},
    trees,
};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The packages of a bill, with the hashes of their files.
fn packages(bill: &Value) -> BTreeSet<(String, String, String)> {
    let components = bill["components"].as_array().unwrap().iter();
    let packages = components.filter(|component| component["type"] == "library");
    let said = |component: &Value| {
        let hash = &component["hashes"][0];
        assert_eq!(hash["alg"], "SHA-256");
        (
            text(&component["name"]).to_owned(),
            text(&component["version"]).to_owned(),
            text(&hash["content"]).to_owned(),
        )
    };
    packages.map(said).collect()
}

#[test]
fn a_bill_has_the_packages_of_the_lock_with_their_hashes() {
    let place = built();
    place.run(["sbom", "env.pl", "--profile", "local", "--out", "bills"], 0);
    let lock = Lock::parse(&place.read("env.lock")).unwrap();
    let lookup = Lookup::new(&lock);
    let mut seen = 0;
    for closure in &lock.closures {
        let ClosureOf::Host(host) = &closure.of else { continue };
        let locked = lookup.packages(&closure.request).map(|key| {
            let package = &lock.packages[lookup.position(key).unwrap()];
            (key.name.clone(), key.version.clone(), package.file.sha256.clone())
        });
        let bill = fs::read_to_string(place.path(&format!("bills/{host}.cdx.json"))).unwrap();
        let bill: Value = serde_json::from_str(&bill).unwrap();
        assert_eq!((text(&bill["bomFormat"]), text(&bill["specVersion"])), ("CycloneDX", "1.6"));
        assert_eq!(packages(&bill), locked.collect(), "{host}");
        let held = bill["dependencies"][0]["dependsOn"].as_array().unwrap();
        let components = bill["components"].as_array().unwrap();
        assert_eq!(
            held.iter().collect::<Vec<_>>(),
            components.iter().map(|c| &c["bom-ref"]).collect::<Vec<_>>()
        );
        let printed = place.run(["sbom", "env.pl", host, "--profile", "local"], 0).json();
        assert_eq!(printed, bill);
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn sources_are_in_it_and_tools_are_not() {
    let place = trees::place();
    place.run(["lock", "env.pl", "--mirror", mirror()], 0);
    let bill = place.run(["sbom", "env.pl", "back", "--profile", "local"], 0).json();
    let components = bill["components"].as_array().unwrap();
    let sources: Vec<&Value> = components.iter().filter(|component| component["type"] == "file").collect();
    assert_eq!(sources.len(), 1, "{sources:#?}");
    assert_eq!(text(&sources[0]["properties"][0]["value"]).len(), 64);
    assert!(packages(&bill).iter().all(|(name, ..)| name != "site-maker"));
    assert!(place.read("env.lock").contains("package site-maker"));
}

#[test]
fn which_host_is_asked() {
    let place = built();
    let ran = place.run(["sbom", "env.pl", "--profile", "local"], 2);
    assert!(ran.err.contains("which host?") && ran.err.contains("`front`, `middle`, `back`"), "{}", ran.err);
    let ran = place.run(["sbom", "env.pl", "frnt", "--profile", "local"], 2);
    assert!(ran.err.contains("there is no host `frnt`"), "{}", ran.err);
}
