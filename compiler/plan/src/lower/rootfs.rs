//! The three layers of a host's root file system: the archive's base, the host's packages, the host's trees and
//! configuration. Commands that make a tree run in the first two.

use std::sync::Arc;

use plc_lang::topology::{Build, Host};
use plc_store::DerivationHash;

use super::{LowerError, Lowering, config, package, tree};
use crate::{
    derivation::{Builder, Input, PackageVersion, Role, RootfsArguments},
    lock::Closure,
    request::PackageRequest,
};

/// A host's root file system, and how many packages it holds.
pub(super) fn host(
    lowering: &mut Lowering<'_>,
    environment: &str,
    host: &Host,
    request: &PackageRequest,
) -> Result<(DerivationHash, usize), LowerError> {
    let own = closure(lowering, host, request)?;
    let answers = config::answers(lowering, host);
    let (packages_root, packages) = packages_root(lowering, own, answers)?;
    let root = configured(lowering, environment, host, packages_root)?;
    Ok((root, packages))
}

/// The root file system that a build's commands run in.
pub(super) fn tools(lowering: &mut Lowering<'_>, build: &Build) -> Result<DerivationHash, LowerError> {
    let request = PackageRequest::of_build(build);
    if build.packages.is_empty() {
        return Ok(shared_base(lowering, &build.archive)?.0);
    }
    let own = lowering.lookup.closure(&request);
    let own = own.ok_or_else(|| LowerError::NotLocked(format!("a build with {request}")))?;
    Ok(packages_root(lowering, own, None)?.0)
}

/// A closure's packages upon its base, told what they ask for, and how many both are.
fn packages_root<'a>(
    lowering: &mut Lowering<'a>,
    own: &'a Closure,
    answers: Option<DerivationHash>,
) -> Result<(DerivationHash, usize), LowerError> {
    let (base_root, in_base) = if own.base.is_empty() {
        shared_base(lowering, own.request.archive())?
    } else {
        base(lowering, format!("mixed base of {}", own.request.archive()), &own.base)?
    };
    // Answers that nobody has asked for are an error of the builder, which knows who asks for what.
    if own.packages.is_empty() && answers.is_none() {
        return Ok((base_root, in_base));
    }
    let names = own.request.names();
    let name = RootfsArguments::name_of_packages(&names);
    let below = Below { base: Some(base_root), answers };
    let root = layer(lowering, name, below, names, &own.packages)?;
    Ok((root, in_base + own.packages.len()))
}

fn closure<'a>(
    lowering: &Lowering<'a>,
    host: &Host,
    request: &PackageRequest,
) -> Result<&'a Closure, LowerError> {
    lowering.lookup.closure(request).ok_or_else(|| match lowering.lookup.nearest(&host.name, request) {
        Some(nearest) => {
            LowerError::Stale { host: host.name.clone(), difference: request.differs_from(&nearest.request) }
        }
        None => LowerError::NotLocked(format!("host `{}`, which asks for {request}", host.name)),
    })
}

/// The base that the hosts of an archive share, and how many packages it holds.
fn shared_base(lowering: &mut Lowering<'_>, archive: &str) -> Result<(DerivationHash, usize), LowerError> {
    let shared = lowering.lookup.base(archive);
    let missing = || LowerError::NotLocked(format!("the base of archive `{archive}`"));
    base(lowering, format!("base of {archive}"), &shared.ok_or_else(missing)?.packages)
}

/// A layer without one below it, made once however many are made upon it, and how many packages it holds.
fn base<'a>(
    lowering: &mut Lowering<'a>,
    name: String,
    packages: &'a [Arc<PackageVersion>],
) -> Result<(DerivationHash, usize), LowerError> {
    if let Some(done) = lowering.bases.get(packages) {
        return Ok((*done, packages.len()));
    }
    let made = layer(lowering, name, Below::default(), Vec::new(), packages)?;
    lowering.bases.insert(packages, made);
    Ok((made, packages.len()))
}

/// What a layer of packages finds.
#[derive(Default)]
struct Below {
    base: Option<DerivationHash>,
    answers: Option<DerivationHash>,
}

fn layer<'a>(
    lowering: &mut Lowering<'a>,
    name: String,
    below: Below,
    manual: Vec<String>,
    packages: &'a [Arc<PackageVersion>],
) -> Result<DerivationHash, LowerError> {
    let mut inputs = Vec::with_capacity(packages.len() + 2);
    inputs.extend(below.base.map(|derivation| Input { role: Role::Base, derivation }));
    inputs.extend(below.answers.map(|derivation| Input { role: Role::Answers, derivation }));
    for key in packages {
        let derivation = package::unpacked(lowering, key)?;
        inputs.push(Input { role: Role::Package, derivation });
    }
    let arguments = RootfsArguments { manual, owners: Vec::new(), mounts: Vec::new() };
    Ok(lowering.add(name, inputs, Builder::Rootfs(arguments.into())))
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
    Ok(lowering.add(format!("{environment}.{}", host.name), inputs, Builder::Rootfs(arguments.into())))
}
