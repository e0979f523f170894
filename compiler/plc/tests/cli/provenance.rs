//! Provenance: in-toto statements with SLSA's predicate.

use std::{collections::BTreeSet, fs, path::Path};

use plc_plan::lock::{ClosureOf, Lock, Lookup};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    fixture::{build, built, mirror},
    support::Place,
    trees,
};

const LOCAL: [&str; 4] = ["provenance", "env.pl", "--profile", "local"];

fn sha256(path: &Path) -> String {
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of(place: &Place, further: &[&str]) -> Value {
    let statement = place.run(LOCAL.iter().chain(further), 0).json();
    is_well_formed(&statement);
    statement
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Has what the specifications require, and nothing that they do not know: `spec/v1/statement.md`, `resource_descriptor.md`
/// and `digest_set.md` of in-toto's attestations, `provenance.md` of SLSA 1.0.
fn is_well_formed(statement: &Value) {
    assert_eq!(keys(statement), ["_type", "predicate", "predicateType", "subject"].into());
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    let predicate = &statement["predicate"];
    assert_eq!(keys(predicate), ["buildDefinition", "runDetails"].into());
    let definition = &predicate["buildDefinition"];
    let of_definition = ["buildType", "externalParameters", "internalParameters", "resolvedDependencies"];
    assert_eq!(keys(definition), of_definition.into());
    let (external, internal) =
        (keys(&definition["externalParameters"]), keys(&definition["internalParameters"]));
    assert!(external.is_disjoint(&internal));
    let builder = &predicate["runDetails"]["builder"];
    for uri in [&definition["buildType"], &builder["id"]] {
        assert!(uri.as_str().unwrap().contains(':'), "{uri}");
    }
    assert!(builder["version"].as_object().unwrap().values().all(Value::is_string));
    let subjects = statement["subject"].as_array().unwrap();
    assert!(!subjects.is_empty() && subjects.iter().all(|subject| subject["digest"].is_object()));
    let known = ["annotations", "content", "digest", "downloadLocation", "mediaType", "name", "uri"];
    for descriptor in subjects.iter().chain(definition["resolvedDependencies"].as_array().unwrap()) {
        assert!(keys(descriptor).is_subset(&known.into()), "{descriptor}");
        for (algorithm, digest) in descriptor["digest"].as_object().unwrap() {
            let digest = digest.as_str().unwrap();
            let length = if algorithm == "gitCommit" { 40 } else { 64 };
            assert!(digest.len() == length && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{descriptor}");
        }
        if let Some(uri) = descriptor.get("uri") {
            assert!(uri.as_str().unwrap().split_once(':').is_some(), "{descriptor}");
        }
    }
}

fn dependencies(statement: &Value) -> &Vec<Value> {
    statement["predicate"]["buildDefinition"]["resolvedDependencies"].as_array().unwrap()
}

#[test]
fn all_hosts_have_the_packages_of_the_lock_and_what_was_read() {
    let place = built();
    place.run(LOCAL.iter().chain(&["--out", "out"]), 0);
    let lock = Lock::parse(&place.read("env.lock")).unwrap();
    let lookup = Lookup::new(&lock);
    let mut seen = 0;
    for closure in &lock.closures {
        let ClosureOf::Host(host) = &closure.of else { continue };
        let statement = of(&place, &[host]);
        let text = place.read(&format!("out/{host}.intoto.json"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), statement);
        let (read, others) = dependencies(&statement).split_at(2);
        for (file, name) in read.iter().zip(["env.pl", "env.lock"]) {
            let digest = sha256(&place.path(name));
            assert_eq!(file, &json!({ "name": name, "digest": { "sha256": digest } }));
        }
        let told: BTreeSet<(String, String)> = others
            .iter()
            .map(|package| {
                assert!(package["uri"].as_str().unwrap().starts_with("pkg:deb/debian/"), "{package}");
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                (text(&package["annotations"]["path"]), text(&package["digest"]["sha256"]))
            })
            .collect();
        let locked = lookup.packages(&closure.request).map(|key| {
            let file = &lock.packages[lookup.position(key).unwrap()].file;
            (file.path.clone(), file.sha256.clone())
        });
        assert_eq!(told, locked.collect(), "{host}");
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn subject_and_parameters_are_what_was_built_and_asked_for() {
    let place = built();
    let result = build(&place, &[]);
    let host = &result["hosts"][0];
    let statement = of(&place, &["front"]);
    let digests = json!({ "plcDerivation": host["derivation"], "plcTree": host["tree"] });
    assert_eq!(statement["subject"], json!([{ "name": "front", "digest": digests }]));
    let definition = &statement["predicate"]["buildDefinition"];
    let external = json!({
        "description": "env.pl", "environment": result["environment"], "profile": "local", "variants": [],
        "with": [], "host": "front", "output": "root",
    });
    assert_eq!(definition["externalParameters"], external);
    assert_eq!(definition["internalParameters"]["derivation"], host["derivation"]);
    let archive = &definition["internalParameters"]["archives"][0];
    assert_eq!(archive["signedBy"], "keyring.asc");
    assert_eq!(archive["signers"][0].as_str().unwrap().len(), 40);
    let builder =
        json!({ "id": "urn:x-plc:builder:unnamed", "version": { "plc": env!("CARGO_PKG_VERSION") } });
    assert_eq!(statement["predicate"]["runDetails"], json!({ "builder": builder }));
    let named = of(&place, &["front", "--builder", "https://ci.example.org/plc"]);
    assert_eq!(named["predicate"]["runDetails"]["builder"]["id"], "https://ci.example.org/plc");
    let ran = place.run(LOCAL.iter().chain(&["front", "--builder", "nobody"]), 2);
    assert!(ran.err.contains("a URI begins with a scheme"), "{}", ran.err);
    // What is not built has no tree, and all else the same.
    let other =
        place.plc(LOCAL.iter().chain(&["front"])).env("PLC_STORE", place.path("empty")).output().unwrap();
    let mut other: Value = serde_json::from_slice(&other.stdout).unwrap();
    assert_eq!(other["subject"][0]["digest"], json!({ "plcDerivation": host["derivation"] }));
    other["subject"] = statement["subject"].clone();
    assert_eq!(other, statement);
}

#[test]
fn an_image_is_told_by_its_digest() {
    let place = built();
    let ran = place.run(LOCAL.iter().chain(&["front", "--image", "squashfs"]), 2);
    assert!(ran.err.contains("the squashfs image of `front` is not built"), "{}", ran.err);
    for format in ["tar", "squashfs"] {
        build(&place, &["--image", format, "--out", "images"]);
        let statement = of(&place, &["front", "--image", format]);
        let name = format!("front.{format}");
        assert_eq!(statement["subject"][0]["name"], name);
        assert_eq!(statement["subject"][0]["digest"]["sha256"], sha256(&place.path("images").join(name)));
        assert_eq!(statement["predicate"]["buildDefinition"]["externalParameters"]["output"], format);
        assert_eq!(dependencies(&statement), dependencies(&of(&place, &["front"])));
    }
    build(&place, &["--image", "oci", "--out", "layout"]);
    let index: Value = serde_json::from_str(&place.read("layout/index.json")).unwrap();
    let image = &index["manifests"][0];
    let digest = of(&place, &["front", "--image", "oci"])["subject"][0]["digest"]["sha256"].clone();
    assert_eq!(image["digest"], format!("sha256:{}", digest.as_str().unwrap()));
}

#[test]
fn a_revision_is_told_with_its_commit() {
    let place = trees::place();
    let repository = place.path("src");
    trees::git(&repository, &["init", "--quiet"]);
    trees::commit(&repository, "one");
    place.edit(
        "env.pl",
        "param files: Source = local { path = \"./src\", ignore = [\"*.log\"] }",
        "param files: Source = git { repository = \"./src\", revision = \"main\" }",
    );
    place.run(["lock", "env.pl", "--mirror", mirror()], 0);
    let statement = of(&place, &["front"]);
    let source = dependencies(&statement).iter().find(|part| part["name"] == "./src main").unwrap();
    assert_eq!(source["digest"]["gitCommit"], trees::git(&repository, &["rev-parse", "main"]));
}

#[test]
fn sources_are_in_it_and_so_are_tools() {
    let place = trees::place();
    place.run(["lock", "env.pl", "--mirror", mirror()], 0);
    let statement = of(&place, &["back"]);
    let sources: Vec<&Value> =
        dependencies(&statement).iter().filter(|part| part["digest"]["plcTree"].is_string()).collect();
    assert_eq!(sources.len(), 1, "{sources:#?}");
    let tool =
        |part: &&Value| part["uri"].as_str().is_some_and(|uri| uri.starts_with("pkg:deb/debian/site-maker@"));
    assert_eq!(dependencies(&statement).iter().filter(tool).count(), 1);
}
