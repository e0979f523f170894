//! Sees that the scripts have done their work: a root file system is either wholly installed or an error.

use plc_store::Store;

use super::{
    RootfsError,
    draft::{Draft, fixed},
    installed::packages,
    users::read_text,
};

/// Refuses a database in which a package is not installed or a trigger not processed.
pub(super) fn installed(store: &Store, draft: &Draft) -> Result<(), RootfsError> {
    let status = read_text(store, draft, &fixed("var/lib/dpkg/status"))?;
    let unfinished = packages(&status)?
        .into_iter()
        .find(|package| package.status != "install ok installed" || package.triggers);
    match unfinished {
        Some(package) => Err(RootfsError::NotInstalled { package: package.name, status: package.status }),
        None => Ok(()),
    }
}

/// The packages that dpkg says it has failed on.
pub(super) fn blamed(said: &str) -> Vec<String> {
    let mut packages: Vec<String> = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("dpkg: error processing package "))
        .filter_map(|rest| rest.split(' ').next())
        .map(str::to_owned)
        .collect();
    packages.sort();
    packages.dedup();
    packages
}

#[cfg(test)]
mod tests {
    use super::blamed;

    #[test]
    fn dpkg_names_the_package() {
        let said = "Setting up a (1) ...\ndpkg: error processing package a (--configure):\n installed a package \
                    post-installation script subprocess returned error exit status 1\n";
        assert_eq!(blamed(said), ["a"]);
    }
}
