//! A locked package: fetched by hash, then unpacked once ever.

use std::sync::Arc;

use plc_store::DerivationHash;

use super::{LowerError, Lowering};
use crate::{
    derivation::{Builder, Derivation, Input, PackageVersion, Role},
    lock::LockedPackage,
};

/// The derivation that fetches the `.deb` of a locked package; `platform` is Debian's name of the architecture.
pub fn fetch_of(package: &LockedPackage, platform: &Arc<str>) -> Derivation {
    let path = &package.file.path;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let builder = Builder::Fetch(package.file.clone());
    Derivation { name, platform: platform.clone(), inputs: Vec::new(), builder }
}

/// The derivation that unpacks a package.
pub(super) fn unpacked(
    lowering: &mut Lowering<'_>,
    key: &PackageVersion,
) -> Result<DerivationHash, LowerError> {
    let incomplete = || LowerError::Incomplete(key.clone());
    let position = lowering.lookup.position(key).ok_or_else(incomplete)?;
    if let Some(Some(done)) = lowering.unpacked.get(position) {
        return Ok(*done);
    }
    let package = lowering.lock.packages.get(position).ok_or_else(incomplete)?;
    let fetch = fetch_of(package, &lowering.platform);
    let fetch = lowering.add(fetch.name, fetch.inputs, fetch.builder);
    let unpack = lowering.add(
        format!("{} {}", key.name, key.version),
        vec![Input { role: Role::Deb, derivation: fetch }],
        Builder::Unpack(package.key.clone()),
    );
    if let Some(slot) = lowering.unpacked.get_mut(position) {
        *slot = Some(unpack);
    }
    Ok(unpack)
}
