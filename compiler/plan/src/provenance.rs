//! Provenance, as an in-toto Statement v1 with an SLSA Provenance v1 predicate: what a root file system or an image was made
//! from, as its derivations say it. After `spec/v1/statement.md` of in-toto's attestations and `provenance.md` of SLSA 1.0.
//!
//! It says nothing of the time or the machine, so that the same build has the same provenance whoever makes it. It is not
//! signed: whoever vouches for it does that.

use std::collections::BTreeMap;

use plc_lang::topology::{Source, Topology};
use plc_store::DerivationHash;
use serde_json::{Value, json};

use crate::{
    graph::Graph,
    lock::Lock,
    parts::{self, Part, PartKind},
    sources,
};

/// What the parameters and dependencies are to be understood by: `spec/images.md` describes it.
pub const BUILD_TYPE: &str = "urn:x-plc:build:1";
/// Who built it where nobody says: this program, on a machine that nobody vouches for.
pub const UNNAMED_BUILDER: &str = "urn:x-plc:builder:unnamed";

/// Something that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `web`, `web.squashfs`.
    pub name: String,
    /// Digests by algorithm, in hexadecimal; at least one.
    pub digests: BTreeMap<&'static str, String>,
}

/// A file of the project that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile {
    /// Relative to the project.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What a statement is made from besides the derivations.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The host's name.
    pub host: &'a str,
    /// What was selected of the description.
    pub topology: &'a Topology,
    /// Settings of the command line, `PATH=VALUE` each.
    pub with: &'a [String],
    /// The lock.
    pub lock: &'a Lock,
    /// What is built: `root`, or an image's format.
    pub output: &'a str,
    /// The description and what it uses, the entry file first, and the lock.
    pub files: Vec<ReadFile>,
    /// The URI of who builds.
    pub builder: &'a str,
    /// The version of the program.
    pub version: &'a str,
}

/// The statement about what a derivation of a graph comes to; none where the graph does not have it.
pub fn statement(
    graph: &Graph,
    made: &DerivationHash,
    subjects: &[Subject],
    about: &About<'_>,
) -> Option<Value> {
    let top = graph.find(made)?;
    let platform = &*graph.node(top).derivation.platform;
    let subjects: Vec<Value> =
        subjects.iter().map(|subject| json!({ "name": subject.name, "digest": subject.digests })).collect();
    Some(json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": external(about),
                "internalParameters": {
                    "derivation": made.to_hex(),
                    "platform": platform,
                    "archives": archives(about),
                },
                "resolvedDependencies": dependencies(graph, top, about),
            },
            "runDetails": { "builder": { "id": about.builder, "version": { "plc": about.version } } },
        },
    }))
}

/// What whoever asks for a build can set: enough to ask for the same again.
fn external(about: &About<'_>) -> Value {
    let topology = about.topology;
    json!({
        "description": about.files.first().map(|file| &file.name),
        "environment": topology.environment,
        "profile": topology.profile,
        "variants": topology.variants,
        "with": about.with,
        "host": about.host,
        "output": about.output,
    })
}

/// The archives that were believed when the lock was made, and whose signatures that hung on.
fn archives(about: &About<'_>) -> Vec<Value> {
    let used = |name: &String| about.topology.archives.iter().any(|archive| archive.name == *name);
    let archives = about.lock.archives.iter().filter(|archive| used(&archive.name));
    let suites = archives.flat_map(|archive| archive.suites.iter().map(move |suite| (archive, suite)));
    let said = suites.map(|(archive, suite)| {
        json!({
            "archive": archive.name,
            "suite": suite.suite,
            "codename": suite.codename,
            "date": suite.date,
            "signedBy": archive.signed_by,
            "signers": suite.signers,
        })
    });
    said.collect()
}

/// All that went into it, tools included: the files of the project, then packages, downloads and sources, by name.
fn dependencies(graph: &Graph, top: crate::graph::NodeId, about: &About<'_>) -> Vec<Value> {
    let read =
        about.files.iter().map(|file| json!({ "name": file.name, "digest": { "sha256": file.sha256 } }));
    let parts = parts::of(graph, top, |_| true);
    let mut others: Vec<Value> = parts.iter().map(|part| dependency(part, about)).collect();
    others.sort_by_cached_key(Value::to_string);
    others.dedup();
    read.chain(others).collect()
}

/// A URL without the name and password that it may have: a statement is handed on.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

fn dependency(part: &Part<'_>, about: &About<'_>) -> Value {
    match part.kind {
        PartKind::Package(package, file) => json!({
            "name": part.name,
            "uri": parts::url(package),
            "digest": { "sha256": file.sha256 },
            "annotations": {
                "archive": &*file.archive,
                "suite": &*file.suite,
                "path": file.path,
                "size": file.size,
            },
        }),
        PartKind::Download(file) => json!({
            "name": part.name,
            "uri": without_credentials(&file.url),
            "digest": { "sha256": file.sha256 },
        }),
        PartKind::Source(source) => {
            let mut said = json!({
                "name": without_credentials(part.name),
                "digest": { "plcTree": source.tree.to_hex() },
            });
            if let Some((repository, revision, commit)) = revision(part.name, about) {
                said["digest"]["gitCommit"] = commit.into();
                if repository.contains("://") {
                    said["uri"] = format!("git+{}@{revision}", without_credentials(repository)).into();
                }
            }
            said
        }
    }
}

/// The repository, revision and commit of a source that has such a name.
fn revision<'a>(name: &str, about: &About<'a>) -> Option<(&'a str, &'a str, &'a str)> {
    sources::sources_of(about.topology).into_iter().find_map(|source| match source {
        Source::Git { repository, revision } if sources::name_of(source) == name => {
            Some((repository.as_str(), revision.as_str(), about.lock.commit(repository, revision)?))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_tells_no_password() {
        for (url, told) in [
            ("https://user:token@example.org/x?a=b@c", "https://example.org/x?a=b@c"),
            ("https://a:b@c@example.org main", "https://example.org main"),
            ("https://example.org/@scope/x", "https://example.org/@scope/x"),
            ("./local@place", "./local@place"),
        ] {
            assert_eq!(without_credentials(url), told);
        }
    }
}
