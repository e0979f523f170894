//! What comes to a derivation from outside: packages, downloads, sources.

use std::collections::BTreeSet;

use plc_store::DerivationHash;

use crate::{
    derivation::{Builder, Download, Fetch, PackageVersion, Role, SourceTree},
    graph::{Graph, NodeId},
};

/// Something from outside, with the derivation that takes it.
pub(crate) struct Part<'a> {
    /// The derivation's name.
    pub(crate) name: &'a str,
    pub(crate) hash: DerivationHash,
    pub(crate) kind: PartKind<'a>,
}

/// What it is.
pub(crate) enum PartKind<'a> {
    /// A package, and its `.deb`.
    Package(&'a PackageVersion, &'a Fetch),
    Download(&'a Download),
    Source(&'a SourceTree),
}

/// All parts of a derivation, each once, through the inputs that are followed.
pub(crate) fn of(graph: &Graph, top: NodeId, is_followed: impl Fn(Role) -> bool) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = vec![top];
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = graph.node(id);
        let kind = match &node.derivation.builder {
            Builder::Unpack(package) => file_of(graph, id).map(|file| PartKind::Package(package, file)),
            Builder::Download(file) => Some(PartKind::Download(file)),
            Builder::Source(source) => Some(PartKind::Source(source)),
            _ => None,
        };
        parts.extend(kind.map(|kind| Part { name: &node.derivation.name, hash: node.hash, kind }));
        next.extend(graph.inputs(id).filter(|(role, _)| is_followed(*role)).map(|(_, id)| id));
    }
    parts
}

/// The `.deb` that is unpacked.
fn file_of(graph: &Graph, unpack: NodeId) -> Option<&Fetch> {
    graph.inputs(unpack).find_map(|(_, id)| match &graph.node(id).derivation.builder {
        Builder::Fetch(file) => Some(&**file),
        _ => None,
    })
}

/// A package's URL of type `deb` (purl specification).
pub(crate) fn url(package: &PackageVersion) -> String {
    let PackageVersion { name, version, architecture } = package;
    format!("pkg:deb/debian/{}@{}?arch={}", encoded(name), encoded(version), encoded(architecture))
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
        assert_eq!(url(&package), "pkg:deb/debian/libstdc%2B%2B6@1%3A2.3~rc1-4%2Bb1?arch=amd64");
    }
}
