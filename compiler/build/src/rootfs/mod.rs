//! Root file systems from unpacked packages: composition, dpkg's database, maintainer scripts, normalisation.
