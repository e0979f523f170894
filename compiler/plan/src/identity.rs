//! The identity hash: what an environment is, whatever the capacities of its profiles.
//!
//! It is taken over the identity form of the topology (`plc_lang::Program::identity`), in which each capacity stands as
//! the expression that it comes from and one host for all its replicas, and over the exact packages that the lock gives
//! each host. What only says where, when or why is left out: names of profiles and variants, documentation, mirrors,
//! reasons.

use std::sync::Arc;

use plc_lang::topology::{Host, Topology};
use plc_store::{IdentityHash, encode};

use crate::derivation::PackageVersion;
use crate::lock::{Lock, Lookup};
use crate::request::PackageRequest;

/// The domain of an identity hash.
pub const DOMAIN: &str = "plc 1 identity";

/// The packages of a host, base included, in the order of their names.
pub type HostPackages = (String, Vec<Arc<PackageVersion>>);

/// The packages that a lock gives the hosts of a topology; of a host that it does not know, none.
pub fn packages(topology: &Topology, lock: &Lock) -> Vec<HostPackages> {
    let lookup = Lookup::new(lock);
    let of_host = |host: &Host| {
        let keys = lookup.packages(&PackageRequest::of(topology, host));
        let mut packages: Vec<Arc<PackageVersion>> = keys.cloned().collect();
        packages.sort();
        packages.dedup();
        (host.name.clone(), packages)
    };
    topology.hosts.iter().map(of_host).collect()
}

/// The hash of an identity form, with the packages that its hosts have; none before there is a lock.
pub fn identity(form: &Topology, packages: &[HostPackages]) -> IdentityHash {
    let bare = bare(form);
    // Topologies leave out what is empty, so their JSON is encoded, which is as canonical: fields in the order of
    // their declaration, lists in theirs.
    let json = serde_json::to_string(&bare).unwrap_or_default();
    IdentityHash::from_bytes(encode::hash(DOMAIN, &encode::encode(&(json, packages))))
}

/// What of an identity form is hashed.
pub(crate) fn bare(form: &Topology) -> Topology {
    let mut bare = form.clone();
    bare.profile.clear();
    bare.variants.clear();
    bare.exceptions.clear();
    bare.doc.clear();
    for secret in &mut bare.secrets {
        secret.doc.clear();
    }
    for archive in &mut bare.archives {
        archive.mirror = None;
    }
    for host in &mut bare.hosts {
        host.doc.clear();
        for instance in &mut host.instances {
            instance.cliffs.clear();
        }
    }
    bare
}
