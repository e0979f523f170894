//! What hosts need beside their root file systems to run as virtual machines: a kernel, and a disk to boot from.
//!
//! ```text
//! environment ── kernel ─→ kernel ── package ─→ unpack of linux-image-…
//!      └──────── disk ───→ image ─── root ────→ rootfs HOST
//! ```
//!
//! The root file system is that of a container, to the last byte: its kernel lies beside it, and is never configured.

use plc_lang::topology::Host;
use plc_store::DerivationHash;

use super::{LowerError, Lowering, package};
use crate::{
    derivation::{Builder, ImageArguments, ImageFormat, Input, Role},
    request::PackageRequest,
};

/// What packages with a kernel, and those with its modules, are called.
const KERNELS: [&str; 2] = ["linux-image-", "linux-modules-"];

/// The kernel and the disk of a host that runs as a virtual machine.
pub(super) fn of_host(
    lowering: &mut Lowering<'_>,
    host: &Host,
    root: DerivationHash,
) -> Result<Option<(DerivationHash, DerivationHash)>, LowerError> {
    let Some(request) = PackageRequest::of_kernel(host) else { return Ok(None) };
    let not_locked = || LowerError::NotLocked(format!("the kernel of host `{}`: {request}", host.name));
    lowering.lookup.closure(&request).ok_or_else(not_locked)?;
    // What a kernel's package depends on makes a boot disk of a running system, and is not needed to boot directly.
    let is_kernel = |name: &str| KERNELS.iter().any(|prefix| name.starts_with(prefix));
    let packages: Vec<_> =
        lowering.lookup.packages(&request).filter(|key| is_kernel(&key.name)).cloned().collect();
    let mut inputs = Vec::with_capacity(packages.len());
    for key in &packages {
        inputs.push(Input { role: Role::Package, derivation: package::unpacked(lowering, key)? });
    }
    let name = format!("kernel of {}", request.names().join(", "));
    let kernel = lowering.add(name, inputs, Builder::Kernel);
    // Not compressed: what a machine reads, it would have to decompress, and it may be an emulated one. Hosts with the same root
    // file system share it, as it is never written.
    let of = lowering.growing.get(&root).map_or("", |derivation| &derivation.name);
    let name = format!("disk of {of}");
    let inputs = vec![Input { role: Role::Root, derivation: root }];
    let disk = lowering.add(name, inputs, Builder::Image(ImageArguments { format: ImageFormat::Ext4 }));
    Ok(Some((kernel, disk)))
}
