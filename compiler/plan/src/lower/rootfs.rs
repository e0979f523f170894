//! The three layers of a host's root file system: the archive's base, the host's packages, the host's trees and
//! configuration. Commands that make a tree run in the first two.

use plc_lang::topology::{Build, Host};
use plc_store::DerivationHash;

use super::{LowerError, Lowering, config, package, tree};
use crate::{
    derivation::{Builder, Input, Role, RootfsArguments},
    lock::{Closure, PackageKey},
    request::{PackageRequest, TOOLS},
};

/// A host's root file system, and how many packages it holds.
pub(super) fn host(
    lowering: &mut Lowering<'_>,
    environment: &str,
    host: &Host,
    request: &PackageRequest,
) -> Result<(DerivationHash, usize), LowerError> {
    let own = closure(lowering, &host.name, &format!("host `{}`", host.name), request)?;
    let (base_root, in_base) = base(lowering, own)?;
    let packages_root = packages_root(lowering, base_root, own)?;
    let root = configured(lowering, environment, host, packages_root)?;
    Ok((root, in_base + own.packages.len()))
}

/// The root file system that a build's commands run in.
pub(super) fn tools(lowering: &mut Lowering<'_>, build: &Build) -> Result<DerivationHash, LowerError> {
    if build.packages.is_empty() {
        return Ok(shared_base(lowering, &build.archive)?.0);
    }
    let request = PackageRequest::of_build(build);
    let own = closure(lowering, TOOLS, "a build", &request)?;
    let (base_root, _) = base(lowering, own)?;
    packages_root(lowering, base_root, own)
}

fn packages_root<'a>(
    lowering: &mut Lowering<'a>,
    base_root: DerivationHash,
    own: &'a Closure,
) -> Result<DerivationHash, LowerError> {
    if own.packages.is_empty() {
        return Ok(base_root);
    }
    let name = format!("packages of {}", own.request.names().join(", "));
    layer(lowering, name, Some(base_root), own.request.names(), &own.packages)
}

/// What a request comes to; `name` is what the lock calls who makes it, `who` what a message does.
fn closure<'a>(
    lowering: &Lowering<'a>,
    name: &str,
    who: &str,
    request: &PackageRequest,
) -> Result<&'a Closure, LowerError> {
    // Builds have no names by which one could be held against another.
    let nearest = || lowering.lookup.nearest(name, request).filter(|_| name != TOOLS);
    lowering.lookup.host(request).ok_or_else(|| match nearest() {
        Some(nearest) => {
            LowerError::Stale { host: name.to_owned(), difference: request.differs_from(&nearest.request) }
        }
        None => LowerError::NotLocked(format!("{who}, which asks for {request}")),
    })
}

/// The layer that a closure is made upon, and how many packages it holds: the one that the hosts of its archive share,
/// or one of its own.
fn base<'a>(lowering: &mut Lowering<'a>, own: &'a Closure) -> Result<(DerivationHash, usize), LowerError> {
    let archive = own.request.archive();
    if own.base.is_empty() {
        return shared_base(lowering, archive);
    }
    base_layer(lowering, format!("mixed base of {archive}"), &own.base)
}

/// The layer that the hosts of an archive share.
fn shared_base(lowering: &mut Lowering<'_>, archive: &str) -> Result<(DerivationHash, usize), LowerError> {
    let missing = || LowerError::NotLocked(format!("the base of archive `{archive}`"));
    let shared = lowering.lookup.base(archive).ok_or_else(missing)?;
    base_layer(lowering, format!("base of {archive}"), &shared.packages)
}

fn base_layer<'a>(
    lowering: &mut Lowering<'a>,
    name: String,
    packages: &'a [PackageKey],
) -> Result<(DerivationHash, usize), LowerError> {
    if let Some(done) = lowering.bases.get(packages) {
        return Ok((*done, packages.len()));
    }
    let made = layer(lowering, name, None, Vec::new(), packages)?;
    lowering.bases.insert(packages, made);
    Ok((made, packages.len()))
}

fn layer<'a>(
    lowering: &mut Lowering<'a>,
    name: String,
    base: Option<DerivationHash>,
    manual: Vec<String>,
    packages: &'a [PackageKey],
) -> Result<DerivationHash, LowerError> {
    let mut inputs: Vec<Input> =
        base.map(|derivation| Input { role: Role::Base, derivation }).into_iter().collect();
    for key in packages {
        let derivation = package::unpacked(lowering, key)?;
        inputs.push(Input { role: Role::Package, derivation });
    }
    let arguments = RootfsArguments { manual, owners: Vec::new(), mounts: Vec::new() };
    Ok(lowering.add(name, inputs, Builder::Rootfs(arguments)))
}

/// The host's trees, and its configuration over them.
fn configured(
    lowering: &mut Lowering<'_>,
    environment: &str,
    host: &Host,
    packages_root: DerivationHash,
) -> Result<DerivationHash, LowerError> {
    let (files, owners) = config::of_host(host);
    let (trees, mounts) = tree::of_host(lowering, host)?;
    if files.files.is_empty() && trees.is_empty() {
        return Ok(packages_root);
    }
    let mut inputs = vec![Input { role: Role::Base, derivation: packages_root }];
    inputs.extend(trees);
    if !files.files.is_empty() {
        let name = format!("{environment}.{} configuration", host.name);
        let tree = lowering.add(name, Vec::new(), Builder::Tree(files));
        inputs.push(Input { role: Role::Overlay, derivation: tree });
    }
    let arguments = RootfsArguments { manual: Vec::new(), owners, mounts };
    Ok(lowering.add(format!("{environment}.{}", host.name), inputs, Builder::Rootfs(arguments)))
}
