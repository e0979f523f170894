//! A locked package: fetched by hash, then unpacked once ever.

use plc_store::DerivationHash;

use super::{LowerError, Lowering};
use crate::derivation::{Builder, Input, PackageVersion, Role};

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
    let path = &package.file.path;
    let file = path.rsplit('/').next().unwrap_or(path).to_owned();
    let fetch = lowering.add(file, Vec::new(), Builder::Fetch(package.file.clone()));
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
