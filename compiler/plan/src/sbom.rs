//! Bills of materials, as CycloneDX 1.6 in JSON: what a root file system is made of, as its derivations say it, and not as
//! somebody guesses from the files.
//!
//! It says nothing of the time or the machine, so the same root file system has the same bill.

use std::collections::BTreeMap;

use plc_store::DerivationHash;
use serde_json::{Value, json};

use crate::{
    derivation::{PackageVersion, Role},
    graph::Graph,
    parts::{self, Part, PartKind},
};

/// The bill of a root file system of a graph; none where the graph does not have it.
///
/// Its components are the packages with the SHA-256 of their `.deb`s, the files that were downloaded, and the sources that went
/// into trees. The packages that commands of a build run with are no part of what comes out, and are left out.
pub fn cyclonedx(graph: &Graph, root: &DerivationHash) -> Option<Value> {
    let top = graph.find(root)?;
    let components: BTreeMap<String, Value> = parts::of(graph, top, is_held)
        .iter()
        .map(component)
        .map(|component| (component["bom-ref"].to_string(), component))
        .collect();
    let this = graph.node(top);
    let reference = this.hash.to_hex();
    let held: Vec<Value> = components.values().map(|component| component["bom-ref"].clone()).collect();
    Some(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "container",
                "bom-ref": reference,
                "name": this.derivation.name,
                "version": reference,
            },
        },
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": [{ "ref": reference, "dependsOn": held }],
    }))
}

/// Whether what an input comes to is part of what takes it: a command's root file system is only where it runs.
fn is_held(role: Role) -> bool {
    !matches!(role, Role::Root | Role::Check | Role::Layer | Role::Kernel | Role::Disk)
}

fn component(part: &Part<'_>) -> Value {
    match part.kind {
        PartKind::Package(package, file) => of_package(package, &file.sha256),
        PartKind::Download(file) => json!({
            "type": "file",
            "bom-ref": part.hash.to_hex(),
            "name": part.name,
            "hashes": [{ "alg": "SHA-256", "content": file.sha256 }],
            "externalReferences": [{ "type": "distribution", "url": file.url }],
        }),
        PartKind::Source(source) => json!({
            "type": "file",
            "bom-ref": part.hash.to_hex(),
            "name": part.name,
            "properties": [{ "name": "plc:tree", "value": source.tree.to_hex() }],
        }),
    }
}

/// A package, by its URL of type `deb` (purl specification).
fn of_package(package: &PackageVersion, sha256: &str) -> Value {
    let PackageVersion { name, version, .. } = package;
    let purl = parts::url(package);
    json!({
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{ "alg": "SHA-256", "content": sha256 }],
    })
}
