//! The three layers of a host's root file system: the archive's base, the host's packages, the host's configuration.

use plc_lang::topology::Host;
use plc_store::DerivationHash;

use super::{LowerError, Lowering, config, package};
use crate::{
    derivation::{Builder, Input, Role, RootfsArguments},
    lock::{Closure, PackageKey},
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
    let (base_root, in_base) = base(lowering, own)?;
    let packages_root = if own.packages.is_empty() {
        base_root
    } else {
        let name = format!("packages of {}", own.request.names().join(", "));
        layer(lowering, name, Some(base_root), own.request.names(), &own.packages)?
    };
    let root = configured(lowering, environment, host, packages_root);
    Ok((root, in_base + own.packages.len()))
}

fn closure<'a>(
    lowering: &Lowering<'a>,
    host: &Host,
    request: &PackageRequest,
) -> Result<&'a Closure, LowerError> {
    lowering.lookup.host(request).ok_or_else(|| match lowering.lookup.nearest(&host.name, request) {
        Some(nearest) => {
            LowerError::Stale { host: host.name.clone(), difference: request.differs_from(&nearest.request) }
        }
        None => LowerError::NotLocked(format!("host `{}`, which asks for {request}", host.name)),
    })
}

/// The layer that a closure is made upon, and how many packages it holds: the one that the hosts of its archive share,
/// or one of its own.
fn base<'a>(lowering: &mut Lowering<'a>, own: &'a Closure) -> Result<(DerivationHash, usize), LowerError> {
    let archive = own.request.archive();
    let (name, packages) = if own.base.is_empty() {
        let shared = lowering.lookup.base(archive);
        let missing = || LowerError::NotLocked(format!("the base of archive `{archive}`"));
        (format!("base of {archive}"), &shared.ok_or_else(missing)?.packages)
    } else {
        (format!("mixed base of {archive}"), &own.base)
    };
    if let Some(done) = lowering.bases.get(packages.as_slice()) {
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
    let arguments = RootfsArguments { manual, owners: Vec::new() };
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
