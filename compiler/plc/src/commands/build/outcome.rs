//! What a build came to: the table of hosts, and the environment's hash.

use std::path::Path;

use plc_build::schedule::Built;
use plc_lang::topology::Topology;
use plc_plan::Lowered;
use plc_store::{DerivationHash, IdentityHash, Output, Realisation, Store, TreeDigest};
use serde_json::json;

use crate::{
    exit::CliError,
    machine,
    render::{self, Table, Terminal},
};

/// The tree that a derivation came to, as far as the build had to look.
pub(super) fn tree_of<'a>(built: &'a Built, hash: &DerivationHash) -> Option<(TreeDigest, &'a Realisation)> {
    let realisation = built.realisations.get(hash)?;
    match realisation.output {
        Output::Tree(digest) => Some((digest, realisation)),
        Output::Blob { .. } => None,
    }
}

/// The tree of a host's root file system. A build with nothing to do looked no further than the environment.
pub(super) fn tree_of_host(
    built: &Built,
    hash: &DerivationHash,
    store: &Store,
) -> Result<Option<TreeDigest>, CliError> {
    if let Some((tree, _)) = tree_of(built, hash) {
        return Ok(Some(tree));
    }
    match store.realised(hash).map_err(|error| machine::store_error(&error))? {
        Some(Realisation { output: Output::Tree(tree), .. }) => Ok(Some(tree)),
        _ => Ok(None),
    }
}

/// What is printed at the end.
pub(super) struct Summary<'a> {
    pub(super) topology: &'a Topology,
    /// Profile and variants, as the link has them.
    pub(super) name: &'a str,
    /// What the environment is, whatever its capacities.
    pub(super) identity: IdentityHash,
    pub(super) lowered: &'a Lowered,
    pub(super) built: &'a Built,
    pub(super) store: &'a Store,
    pub(super) link: &'a Path,
}

impl Summary<'_> {
    fn size(&self, hash: &DerivationHash) -> Result<(Option<TreeDigest>, u64), CliError> {
        let root = tree_of_host(self.built, hash, self.store)?;
        let size = match &root {
            Some(digest) => {
                self.store.read_tree(digest).map_err(|error| machine::store_error(&error))?.size()
            }
            None => 0,
        };
        Ok((root, size))
    }

    pub(super) fn print(&self, terminal: &Terminal) -> Result<(), CliError> {
        let mut table = Table::new(&["HOST", ">REPLICAS", ">PACKAGES", ">SIZE", "DERIVATION"]);
        for (host, lowered) in self.topology.hosts.iter().zip(&self.lowered.hosts) {
            table.row([
                host.name.clone(),
                host.replicas.to_string(),
                lowered.packages.to_string(),
                render::bytes(self.size(&lowered.root)?.1),
                lowered.root.short(),
            ]);
        }
        for (index, line) in table.lines().iter().enumerate() {
            terminal.line(if index == 0 { terminal.dim(line) } else { line.clone() });
        }
        let name = format!("{}@{}", self.topology.environment, self.name);
        terminal.line(format!("\n{}  {}", terminal.bold(&name), self.lowered.environment));
        let label = format!("{:<width$}", "identity", width = name.chars().count());
        terminal.line(format!("{}  {}", terminal.dim(&label), self.identity));
        terminal.line(format!("{} shows what is in it", self.link.display()));
        Ok(())
    }

    pub(super) fn print_json(&self, terminal: &Terminal) -> Result<(), CliError> {
        let mut hosts = Vec::new();
        for (host, lowered) in self.topology.hosts.iter().zip(&self.lowered.hosts) {
            let (tree, size) = self.size(&lowered.root)?;
            hosts.push(json!({
                "name": host.name,
                "replicas": host.replicas,
                "packages": lowered.packages,
                "size": size,
                "derivation": lowered.root,
                "tree": tree,
            }));
        }
        terminal.line(json!({
            "environment": self.topology.environment,
            "profile": self.topology.profile,
            "variants": self.topology.variants,
            "derivation": self.lowered.environment,
            "identity": self.identity,
            "tree": tree_of(self.built, &self.lowered.environment).map(|(tree, _)| tree),
            "result": self.link.display().to_string(),
            "built": self.built.built,
            "same_as_before": self.built.cut_off,
            "hosts": hosts,
        }));
        Ok(())
    }
}
