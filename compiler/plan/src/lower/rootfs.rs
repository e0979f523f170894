//! The three layers of a host's root file system: the archive's base, the host's packages, the host's trees and
//! configuration. Commands that make a tree run in the first two.

use plc_lang::topology::{Build, Host};
use plc_store::DerivationHash;

use super::{LowerError, Lowering, config, package, tree};
use crate::{
    derivation::{Builder, Input, Role, RootfsArguments},
    lock::{Closure, ClosureOf},
};

/// A host's root file system, and how many packages it holds.
pub(super) fn host(
    lowering: &mut Lowering<'_>,
    environment: &str,
    host: &Host,
) -> Result<(DerivationHash, usize), LowerError> {
    let base = closure(lowering, &ClosureOf::Base(host.archive.clone()))?;
    let own = closure(lowering, &ClosureOf::Host(host.name.clone()))?;
    check_wants(host, own)?;
    let base_root = base_root(lowering, &host.archive, base)?;
    let packages_root = packages_root(lowering, base_root, own)?;
    let root = configured(lowering, environment, host, packages_root)?;
    Ok((root, base.packages.len() + own.packages.len()))
}

/// The root file system that a build's commands run in.
pub(super) fn tools(lowering: &mut Lowering<'_>, build: &Build) -> Result<DerivationHash, LowerError> {
    let base = closure(lowering, &ClosureOf::Base(build.archive.clone()))?;
    let base_root = base_root(lowering, &build.archive, base)?;
    if build.packages.is_empty() {
        return Ok(base_root);
    }
    let own = closure(lowering, &ClosureOf::Tools(build.archive.clone(), tools_wants(build)))?;
    packages_root(lowering, base_root, own)
}

/// The package names that a build asks for, sorted, each once.
pub fn tools_wants(build: &Build) -> Vec<String> {
    let mut names = build.packages.clone();
    names.sort();
    names.dedup();
    names
}

fn base_root<'a>(
    lowering: &mut Lowering<'a>,
    archive: &str,
    base: &'a Closure,
) -> Result<DerivationHash, LowerError> {
    if let Some(done) = lowering.bases.get(archive) {
        return Ok(*done);
    }
    let made = layer(lowering, format!("base of {archive}"), None, base)?;
    lowering.bases.insert(archive.to_owned(), made);
    Ok(made)
}

fn packages_root<'a>(
    lowering: &mut Lowering<'a>,
    base_root: DerivationHash,
    own: &'a Closure,
) -> Result<DerivationHash, LowerError> {
    if own.packages.is_empty() {
        return Ok(base_root);
    }
    layer(lowering, format!("packages of {}", own.wants.join(", ")), Some(base_root), own)
}

fn closure<'a>(lowering: &Lowering<'a>, of: &ClosureOf) -> Result<&'a Closure, LowerError> {
    lowering.closures.get(of).copied().ok_or_else(|| {
        LowerError::NotLocked(match of {
            ClosureOf::Base(archive) => format!("the base of archive `{archive}`"),
            ClosureOf::Host(host) => format!("host `{host}`"),
            ClosureOf::Tools(_, packages) => format!("a build with {}", super::quoted(packages)),
        })
    })
}

/// The package names that a host asks for, sorted, each once: what a lock is made for.
pub fn wants(host: &Host) -> Vec<String> {
    let mut names: Vec<String> = host.instances.iter().flat_map(|i| i.packages.iter().cloned()).collect();
    names.sort();
    names.dedup();
    names
}

fn check_wants(host: &Host, locked: &Closure) -> Result<(), LowerError> {
    let wanted = wants(host);
    let without = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|name| !those.contains(name)).cloned().collect()
    };
    let missing = without(&wanted, &locked.wants);
    let extra = without(&locked.wants, &wanted);
    if missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(LowerError::Stale { host: host.name.clone(), missing, extra })
}

fn layer<'a>(
    lowering: &mut Lowering<'a>,
    name: String,
    base: Option<DerivationHash>,
    closure: &'a Closure,
) -> Result<DerivationHash, LowerError> {
    let mut inputs: Vec<Input> =
        base.map(|derivation| Input { role: Role::Base, derivation }).into_iter().collect();
    for key in &closure.packages {
        let derivation = package::unpacked(lowering, key)?;
        inputs.push(Input { role: Role::Package, derivation });
    }
    let arguments = RootfsArguments { manual: closure.wants.clone(), owners: Vec::new(), mounts: Vec::new() };
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
