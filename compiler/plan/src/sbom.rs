//! Bills of materials, as CycloneDX 1.6 in JSON: what a root file system is made of, as its derivations say it, and not as
//! somebody guesses from the files.
//!
//! It says nothing of the time or the machine, so the same root file system has the same bill.

use std::collections::{BTreeMap, BTreeSet};

use plc_store::DerivationHash;
use serde_json::{Value, json};

use crate::{
    derivation::{Builder, Derivation, PackageVersion, Role},
    graph::{Graph, NodeId},
};

/// The bill of a root file system of a graph; none where the graph does not have it.
///
/// Its components are the packages with the SHA-256 of their `.deb`s, the files that were downloaded, and the sources that went
/// into trees. The packages that commands of a build run with are no part of what comes out, and are left out.
pub fn cyclonedx(graph: &Graph, root: &DerivationHash) -> Option<Value> {
    let top = graph.find(root)?;
    let mut components = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut next = vec![top];
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        let inputs: Vec<(Role, NodeId)> = graph.inputs(id).collect();
        let node = graph.node(id);
        if let Some(component) = component(&node.derivation, &node.hash, graph, &inputs) {
            components.insert(component["bom-ref"].to_string(), component);
        }
        next.extend(inputs.into_iter().filter(|(role, _)| is_held(*role)).map(|(_, id)| id));
    }
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
    !matches!(role, Role::Root | Role::Check | Role::Layer)
}

fn component(
    derivation: &Derivation,
    hash: &DerivationHash,
    graph: &Graph,
    inputs: &[(Role, NodeId)],
) -> Option<Value> {
    match &derivation.builder {
        Builder::Unpack(package) => {
            let files = inputs.iter().map(|(_, id)| &graph.node(*id).derivation.builder);
            let sha256 = files.filter_map(|builder| match builder {
                Builder::Fetch(file) => Some(file.sha256.as_str()),
                _ => None,
            });
            Some(of_package(package, sha256.into_iter().next()?))
        }
        Builder::Download(file) => Some(json!({
            "type": "file",
            "bom-ref": hash.to_hex(),
            "name": derivation.name,
            "hashes": [{ "alg": "SHA-256", "content": file.sha256 }],
            "externalReferences": [{ "type": "distribution", "url": file.url }],
        })),
        Builder::Source(source) => Some(json!({
            "type": "file",
            "bom-ref": hash.to_hex(),
            "name": derivation.name,
            "properties": [{ "name": "plc:tree", "value": source.tree.to_hex() }],
        })),
        _ => None,
    }
}

/// A package, by its URL of type `deb` (purl specification).
fn of_package(package: &PackageVersion, sha256: &str) -> Value {
    let PackageVersion { name, version, architecture } = package;
    let purl =
        format!("pkg:deb/debian/{}@{}?arch={}", encoded(name), encoded(version), encoded(architecture));
    json!({
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{ "alg": "SHA-256", "content": sha256 }],
    })
}

/// As a part of a package URL: all but letters, digits and `.-_~` as percent and two digits.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_url_is_encoded() {
        let package = PackageVersion::new("libstdc++6", "1:2.3~rc1-4+b1", "amd64");
        let made = of_package(&package, "00");
        assert_eq!(made["purl"], "pkg:deb/debian/libstdc%2B%2B6@1%3A2.3~rc1-4%2Bb1?arch=amd64");
        assert_eq!(made["version"], "1:2.3~rc1-4+b1");
    }
}
