//! The three layers of a host's root file system: the archive's base, the host's packages, the host's configuration.

use plc_lang::topology::Host;
use plc_store::DerivationHash;

use super::{LowerError, Lowering, config, package};
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
    let base_root = match lowering.bases.get(&host.archive) {
        Some(done) => *done,
        None => {
            let made = layer(lowering, format!("base of {}", host.archive), None, base)?;
            lowering.bases.insert(host.archive.clone(), made);
            made
        }
    };
    let packages_root = if own.packages.is_empty() {
        base_root
    } else {
        layer(lowering, format!("packages of {}", own.wants.join(", ")), Some(base_root), own)?
    };
    let root = configured(lowering, environment, host, packages_root);
    Ok((root, base.packages.len() + own.packages.len()))
}

fn closure<'a>(lowering: &Lowering<'a>, of: &ClosureOf) -> Result<&'a Closure, LowerError> {
    lowering.closures.get(of).copied().ok_or_else(|| {
        LowerError::NotLocked(match of {
            ClosureOf::Base(archive) => format!("the base of archive `{archive}`"),
            ClosureOf::Host(host) => format!("host `{host}`"),
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
    let arguments = RootfsArguments { manual: closure.wants.clone(), owners: Vec::new() };
    Ok(lowering.add(name, inputs, Builder::Rootfs(arguments)))
}

fn configured(
    lowering: &mut Lowering<'_>,
    environment: &str,
    host: &Host,
    packages_root: DerivationHash,
) -> DerivationHash {
    let (files, owners) = config::of_host(host);
    if files.files.is_empty() {
        return packages_root;
    }
    let tree =
        lowering.add(format!("{environment}.{} configuration", host.name), Vec::new(), Builder::Tree(files));
    let inputs = vec![
        Input { role: Role::Base, derivation: packages_root },
        Input { role: Role::Overlay, derivation: tree },
    ];
    let arguments = RootfsArguments { manual: Vec::new(), owners };
    lowering.add(format!("{environment}.{}", host.name), inputs, Builder::Rootfs(arguments))
}
