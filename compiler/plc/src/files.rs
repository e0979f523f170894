//! Files that are known by their SHA-256: which of them the store has, and how the others get there.

use std::collections::BTreeMap;

use plc_build::{
    debian::deb::{self, Control},
    job::Context,
    sandbox::Sandbox,
    schedule::{self, BuildError, Options},
};
use plc_plan::{
    derivation::{Builder, Derivation},
    fetch_of,
    graph::{Graph, Node},
    lock::LockedPackage,
};
use plc_store::{BlobDigest, BlobReader, Output};

use crate::{
    exit::CliError,
    machine::{self, Machine},
    mirrors::{DOWNLOADS, Network},
    progress::Progress,
};

/// Files in the store, as many as are to be had.
pub(crate) struct Files<'a> {
    machine: &'a Machine,
    /// By SHA-256.
    blobs: BTreeMap<String, BlobDigest>,
    /// Why others are missing; none where none is.
    pub(crate) failed: Option<BuildError>,
}

impl<'a> Files<'a> {
    /// Downloads what the store does not have yet. That some are not to be had is no error here.
    ///
    /// # Errors
    /// When the store fails, or there is no asking anybody.
    pub(crate) fn fetch(
        downloads: Vec<Derivation>,
        machine: &'a Machine,
        network: &Network,
        progress: &Progress<'_>,
    ) -> Result<Self, CliError> {
        let nodes: Vec<Node> =
            downloads.into_iter().map(|derivation| Node { hash: derivation.hash(), derivation }).collect();
        let store = &machine.store;
        let failed = |error: plc_store::StoreError| machine::store_error(&error);
        let encoded: Vec<_> = nodes.iter().map(|node| (node.hash, node.derivation.encode())).collect();
        store.put_derivations(&encoded).map_err(failed)?;
        let hashes: Vec<_> = nodes.iter().map(|node| node.hash).collect();
        let graph = Graph::new(nodes.iter().cloned()).map_err(CliError::build)?;
        // Nothing runs in it: a download needs no program.
        let sandbox = Sandbox::new(store, machine::this_program()?)
            .map_err(|error| CliError::build("there is no sandbox").because_of(&error))?;
        let context = Context { store, runner: &sandbox, source: network };
        let options = Options { jobs: 1, downloads: DOWNLOADS, keep_going: true, rebuild: false };
        let built = schedule::build(&graph, &hashes, &context, &options, progress);
        progress.finish();
        let mut blobs = BTreeMap::new();
        for node in &nodes {
            if let Some(realisation) = store.realised(&node.hash).map_err(failed)?
                && let Output::Blob { digest, .. } = realisation.output
                && let Some(sha256) = sha256_of(&node.derivation)
                && store.has_blob(&digest)
            {
                blobs.insert(sha256.to_owned(), digest);
            }
        }
        Ok(Self { machine, blobs, failed: built.err() })
    }

    /// Downloads the `.deb`s of locked packages as far as they are to be had.
    ///
    /// # Errors
    /// As [`Files::fetch`].
    pub(crate) fn debs(
        packages: &[&LockedPackage],
        machine: &'a Machine,
        network: &Network,
        progress: &Progress<'_>,
    ) -> Result<Self, CliError> {
        let platform = machine::platform()?.into();
        let downloads = packages.iter().map(|package| fetch_of(package, &platform)).collect();
        Self::fetch(downloads, machine, network, progress)
    }

    /// A file; none where it was not to be had.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn open(&self, sha256: &str) -> Result<Option<BlobReader>, CliError> {
        let Some(digest) = self.blobs.get(sha256) else { return Ok(None) };
        self.machine.store.open_blob(digest).map(Some).map_err(|error| machine::store_error(&error))
    }

    /// The control files of packages, by SHA-256; of a file that cannot be read, none.
    pub(crate) fn controls(&self, packages: &[&LockedPackage]) -> BTreeMap<String, Control> {
        let control = |package: &&LockedPackage| {
            let file = self.open(&package.file.sha256).ok().flatten()?;
            Some((package.file.sha256.clone(), deb::control_of(file).ok()?))
        };
        packages.iter().filter_map(control).collect()
    }
}

/// What a download must be.
fn sha256_of(derivation: &Derivation) -> Option<&str> {
    match &derivation.builder {
        Builder::Fetch(file) => Some(&file.sha256),
        Builder::Download(file) => Some(&file.sha256),
        _ => None,
    }
}
