//! Trees that no package has: sources, downloads, and what commands make of them.
//!
//! ```text
//! run ─ source ─→ extract ─ file ─→ download          (or source, whose content is known)
//!  └── root ───→ rootfs of the packages ─ base ─→ rootfs of the archive's base
//! ```

use std::sync::Arc;

use plc_lang::topology::{Build, Host, Source, Tree, TreeMount};
use plc_store::DerivationHash;

use super::{LowerError, Lowering, rootfs};
use crate::{
    derivation::{Builder, Derivation, Download, Extract, Input, Mount, Role, RunArguments, SourceTree},
    sources,
};

/// The trees of a host, sorted by path: their derivations, and where each goes.
pub(super) fn of_host(
    lowering: &mut Lowering<'_>,
    host: &Host,
) -> Result<(Vec<Input>, Vec<Mount>), LowerError> {
    // What is deeper is laid over what is above it.
    let mut trees: Vec<&TreeMount> = host.instances.iter().flat_map(|instance| &instance.trees).collect();
    trees.sort_by(|a, b| a.path.cmp(&b.path));
    let mut inputs = Vec::new();
    let mut mounts = Vec::new();
    for TreeMount { path, tree, user, group, .. } in trees {
        inputs.push(Input { role: Role::Tree, derivation: lowered(lowering, tree)? });
        mounts.push(Mount { path: path.clone(), user: user.clone(), group: group.clone() });
    }
    Ok((inputs, mounts))
}

fn lowered(lowering: &mut Lowering<'_>, tree: &Tree) -> Result<DerivationHash, LowerError> {
    match tree {
        Tree::Source(source) => of_source(lowering, source),
        Tree::Build(build) => of_build(lowering, build),
    }
}

/// The derivation that fetches a file which is in no archive of packages; `platform` is Debian's name of the architecture.
pub fn download_of(url: &str, sha256: &str, platform: &Arc<str>) -> Derivation {
    let builder = Builder::Download(Box::new(Download { url: url.to_owned(), sha256: sha256.to_owned() }));
    let name = sources::file_name(url).to_owned();
    Derivation { name, platform: platform.clone(), inputs: Vec::new(), builder }
}

fn of_source(lowering: &mut Lowering<'_>, source: &Source) -> Result<DerivationHash, LowerError> {
    let name = sources::name_of(source);
    if let Source::Download { url, sha256, unpack } = source {
        let file = download_of(url, sha256, &lowering.platform);
        let file = lowering.add(file.name, file.inputs, file.builder);
        let extract = if *unpack { Extract::Archive } else { Extract::File(name.clone()) };
        let inputs = vec![Input { role: Role::File, derivation: file }];
        return Ok(lowering.add(format!("files of {name}"), inputs, Builder::Extract(extract)));
    }
    let tree = lowering.sources.tree(source).ok_or_else(|| LowerError::NotRead(name.clone()))?;
    Ok(lowering.add(name, Vec::new(), Builder::Source(SourceTree { tree })))
}

fn of_build(lowering: &mut Lowering<'_>, build: &Build) -> Result<DerivationHash, LowerError> {
    let root = rootfs::tools(lowering, build)?;
    let mut inputs = vec![Input { role: Role::Root, derivation: root }];
    if let Some(from) = &build.from {
        inputs.push(Input { role: Role::Source, derivation: lowered(lowering, from)? });
    }
    let arguments = RunArguments {
        commands: build.run.clone(),
        environment: build.environment.clone(),
        output: build.output.clone(),
    };
    Ok(lowering.add(build_name(build), inputs, Builder::Run(arguments.into())))
}

/// The longest piece of a command that is taken for a name, in characters.
const NAME: usize = 40;

/// What a person calls what commands make: `build of ./src`.
pub(crate) fn build_name(build: &Build) -> String {
    match &build.from {
        Some(Tree::Source(source)) => format!("build of {}", sources::name_of(source)),
        Some(Tree::Build(below)) => format!("further {}", build_name(below)),
        None => {
            let command = build.run.first().and_then(|command| command.lines().next()).unwrap_or_default();
            format!("build by {}", command.chars().take(NAME).collect::<String>())
        }
    }
}
