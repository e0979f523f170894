//! A locked package: fetched by hash, then unpacked once ever.

use plc_store::DerivationHash;

use super::{LowerError, Lowering};
use crate::{
    derivation::{Builder, Fetch, Input, PackageVersion, Role},
    lock::PackageKey,
};

/// The derivation that unpacks a package.
pub(super) fn unpacked<'a>(
    lowering: &mut Lowering<'a>,
    key: &'a PackageKey,
) -> Result<DerivationHash, LowerError> {
    if let Some(done) = lowering.unpacked.get(key) {
        return Ok(*done);
    }
    let package = lowering.lookup.package(key).ok_or_else(|| LowerError::Incomplete(key.clone()))?;
    let file = package.path.rsplit('/').next().unwrap_or(&package.path).to_owned();
    let fetch = lowering.add(
        file,
        Vec::new(),
        Builder::Fetch(Fetch {
            archive: package.archive.clone(),
            suite: package.suite.clone(),
            path: package.path.clone(),
            sha256: package.sha256.clone(),
            size: package.size,
        }),
    );
    let version = PackageVersion {
        name: key.name.clone(),
        version: key.version.clone(),
        architecture: key.architecture.clone(),
    };
    let unpack = lowering.add(
        format!("{} {}", key.name, key.version),
        vec![Input { role: Role::Deb, derivation: fetch }],
        Builder::Unpack(version),
    );
    lowering.unpacked.insert(key, unpack);
    Ok(unpack)
}
